//! Recovery codes that were just made: to be kept now, because they are not shown again.

use super::Account;
use crate::{
    api::account::ForgetRecoveryCodes,
    ui::{
        messages::actions_menu::copy_text,
        parts::{
            icon::Icon,
            submit_button::{PRIMARY, SubmitButton},
            toast::use_toasts,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn FreshCodes(codes: Vec<String>, context: Account, heading: &'static str) -> impl IntoView {
    let action = context.action::<ForgetRecoveryCodes>(heading);
    let toasts = use_toasts();
    let email = context.data.with_untracked(|page| page.email.clone());
    let text = format!(
        "Recovery codes of {email} for review-messages.\nEach signs in once, in the place of a code of the app.\n\n{}\n",
        codes.join("\n")
    );
    // It holds letters, digits and these signs only.
    let file = format!(
        "data:text/plain;charset=utf-8,{}",
        text.replace('%', "%25").replace('+', "%2B").replace('#', "%23").replace('\n', "%0A").replace(' ', "%20")
    );
    let copied = codes.join("\n");
    let copy = move |_| copy_text(toasts, copied.clone(), "Copied the recovery codes.".into());
    view! {
        <div class="fresh-codes">
            <h3>"Your recovery codes"</h3>
            <p>
                "Each signs you in once, in the place of a code of your app. Keep them where you find them without your phone. They are shown only now."
            </p>
            <ul class="recovery-codes" aria-label="Recovery codes">
                {codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
            <div class="buttons">
                <a class="button" href=file download="review-messages-recovery-codes.txt">
                    "Download codes"
                </a>
                <button type="button" class="button js-only" on:click=copy>
                    <Icon name="copy" />
                    "Copy codes"
                </button>
            </div>
            <ActionForm action>
                <input type="hidden" name="slug" value=context.slug.get_value() />
                <SubmitButton label="I have kept them" class=PRIMARY pending=action.pending() />
            </ActionForm>
        </div>
    }
}
