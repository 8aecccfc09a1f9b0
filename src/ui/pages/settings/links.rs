//! How long review links work: a card of the Settings page, and of the Strategy page.

use super::settings_action;
use crate::{
    api::sending::SaveLinkDays,
    domain::{project::Frame, role::Role, sending::LINK_DAYS},
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, SelectField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Links(days: Memo<Option<u16>>, frame: Frame) -> impl IntoView {
    let sentence = move || match days.get() {
        Some(days) => format!(
            "The review link of a message works for {days} days after it was sent. After that, it opens a page that says so."
        ),
        None => "The review link of a message works for ever.".to_owned(),
    };
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveLinkDays>(&frame.slug);
        let error = action.refusal();
        let slug = frame.slug.clone();
        let choice = |days: u16| (days.to_string(), format!("{days} days"));
        let options: Vec<_> = [(String::new(), "For ever".to_owned())].into_iter().chain(LINK_DAYS.map(choice)).collect();
        let select = move || {
            let chosen = days.get().map_or_else(String::new, |days| days.to_string());
            let options = options.clone();
            view! { <SelectField id="link-days" label="Review links work" name="days" field="days" error options chosen /> }
                .into_any()
        };
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=slug />
                <FormNotice error fields=&["days"] />
                {select}
                <SubmitButton label="Save links" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="links-heading">
            <h2 id="links-heading">"Review links"</h2>
            <p>{sentence} " The link to unsubscribe always works."</p>
            {form}
        </section>
    }
}
