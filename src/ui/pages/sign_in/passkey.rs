//! Signing in with a passkey: nobody has to say who they are, because the device does.

use crate::{
    api::session::{sign_in_by_passkey, start_passkey_sign_in},
    domain::{AppError, AppResult},
    ui::{
        hooks::passkeys::{Wanted, ask_browser},
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{ev, prelude::*, task::spawn_local};

/// Only with scripts: the browser must be asked in between.
#[component]
pub fn PasskeyForm(
    /// Where signing in leads to.
    next: String,
) -> impl IntoView {
    let error = RwSignal::new(None::<AppError>);
    let pending = RwSignal::new(false);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        error.set(None);
        let next = next.clone();
        spawn_local(async move {
            // The answer leads to another page; until that is shown nothing may be sent again.
            if let Err(refused) = sign_in(next).await {
                let _ = error.try_set(Some(refused));
                let _ = pending.try_set(false);
            }
        });
    };
    view! {
        <form class="js-only sign-in-passkey" on:submit=send>
            <FormNotice error />
            <SubmitButton label="Sign in with a passkey" class=PLAIN pending />
        </form>
    }
}

async fn sign_in(next: String) -> AppResult<()> {
    let options = start_passkey_sign_in().await?;
    let credential = ask_browser(Wanted::Proof, &options).await.map_err(|sentence| AppError::invalid("", sentence))?;
    sign_in_by_passkey(credential, next).await?;
    Ok(())
}
