//! The name that others see, and the email address.

use super::Account;
use crate::{
    api::account::SaveName,
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn Name(context: Account) -> impl IntoView {
    let action = ServerAction::<SaveName>::new();
    let error = action.refusal();
    let name = context.data.with_untracked(|page| page.name.clone());
    let email = move || context.data.with(|page| page.email.clone());
    view! {
        <section class="card" aria-labelledby="name-heading">
            <h2 id="name-heading">"You"</h2>
            <p class="account-email">
                "You sign in as " <strong>{email}</strong> "."
            </p>
            // The browser sends it, so that the page comes again with the new name, also in the sidebar.
            <form method="post" action=SaveName::PATH novalidate>
                <input type="hidden" name="slug" value=context.slug.get_value() />
                <FormNotice error fields=&["name"] />
                <TextField
                    id="account-name"
                    label="Name"
                    name="name"
                    field="name"
                    error
                    value=name
                    autocomplete="name"
                    hint="The others of your projects see it beside what you do."
                />
                <SubmitButton label="Save name" class=PLAIN pending=action.pending() />
            </form>
        </section>
    }
}
