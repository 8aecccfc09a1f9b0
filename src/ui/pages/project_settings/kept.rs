//! For how long the project keeps what its messages said, and their timelines.

use crate::{
    api::project_settings::SaveKept,
    domain::{
        project::Frame,
        project_settings::ProjectSettingsPage as Page,
        retention::{Kept as Chosen, months_words},
        role::Role,
    },
    ui::{
        hooks::action::FormAction,
        pages::settings::settings_action,
        parts::{
            field::{FormNotice, SelectField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Kept(data: Memo<Page>, frame: Frame) -> impl IntoView {
    let kept = Memo::new(move |_| data.with(|page| page.kept));
    let form = frame.may(Role::Admin).then(|| {
        let action = settings_action::<SaveKept>(&frame.slug);
        let error = action.refusal();
        let slug = frame.slug.clone();
        let choice = |months: u16| (months.to_string(), months_words(months));
        let options: Vec<_> =
            [(String::new(), "For ever".to_owned())].into_iter().chain(Chosen::MONTHS.map(choice)).collect();
        let chosen = |months: Option<u16>| months.map_or_else(String::new, |months| months.to_string());
        let selects = move || {
            let Chosen { content, events } = kept.get();
            view! {
                <SelectField
                    id="kept-content"
                    label="Keep what messages said and to whom"
                    name="form[content]"
                    field="content"
                    error
                    options=options.clone()
                    chosen=chosen(content)
                />
                <SelectField
                    id="kept-events"
                    label="Keep timelines"
                    name="form[events]"
                    field="events"
                    error
                    options=options.clone()
                    chosen=chosen(events)
                />
            }
            .into_any()
        };
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=slug />
                <FormNotice error fields=&["content", "events"] />
                {selects}
                <SubmitButton label="Save how long" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="kept-heading">
            <h2 id="kept-heading">"How long messages are kept"</h2>
            <p>{move || kept.get().sentence()}</p>
            <ul class="bullets">
                <li>
                    "A message has come to its end when it was sent, has failed, or was canceled. What waits is never touched."
                </li>
                <li>
                    "With the content go subject, text, address, and what providers and customers said about it. Such a message can't be sent again, and needs no attention any more."
                </li>
                <li>
                    "What is removed is gone for good. The numbers, statuses and dates of messages stay, and so do customers and reviews."
                </li>
                <li>"It begins within ten minutes after saving, in the background."</li>
            </ul>
            {form}
        </section>
    }
}
