//! Changing one's password.

use super::{Account, two_factor::CodeField};
use crate::{
    api::account::ChangePassword,
    domain::account::TwoFactor,
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

const HEADING: &str = "password-heading";

#[component]
pub fn Password(context: Account) -> impl IntoView {
    let action = context.action::<ChangePassword>(HEADING);
    let error = action.refusal();
    // After a change the form is made anew, empty.
    let changes = RwSignal::new(0);
    action.on_done(move |_| changes.update(|n| *n += 1));
    let has_password = Memo::new(move |_| context.data.with(|page| page.has_password));
    let is_on = Memo::new(move |_| context.data.with(|page| matches!(page.two_factor, TwoFactor::On { .. })));
    let form = move || {
        changes.track();
        let code = is_on.get().then(|| view! { <CodeField id="password-code" error /> }.into_any());
        let has_password = has_password.get();
        let present = has_password.then(|| {
            view! {
                <TextField
                    id="present-password"
                    label="Present password"
                    name="present"
                    field="present"
                    error
                    kind="password"
                    autocomplete="current-password"
                />
            }
            .into_any()
        });
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=context.slug.get_value() />
                // For password managers.
                <input
                    class="visually-hidden"
                    type="email"
                    name="email"
                    value=context.data.with_untracked(|page| page.email.clone())
                    autocomplete="username"
                    tabindex="-1"
                    aria-hidden="true"
                    readonly
                />
                <FormNotice error fields=&["present", "password", "repeat", "code"] />
                {present}
                <TextField
                    id="new-password"
                    label="New password"
                    name="password"
                    field="password"
                    error
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 8 characters; a sentence is good."
                />
                <TextField
                    id="repeat-password"
                    label="New password again"
                    name="repeat"
                    field="repeat"
                    error
                    kind="password"
                    autocomplete="new-password"
                />
                {code}
                <SubmitButton
                    label=if has_password { "Change password" } else { "Set password" }
                    class=PLAIN
                    pending=action.pending()
                />
            </ActionForm>
        }
        .into_any()
    };
    let sentence = move || {
        if has_password.get() {
            "With a new password you are signed out in all other browsers, and sign-in links that were not used no longer work."
        } else {
            "You have no password: one-time links sign you in. Set one to sign in by yourself; you can do so for ten minutes after you signed in."
        }
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Password"
            </h2>
            <p>{sentence}</p>
            {form}
        </section>
    }
}
