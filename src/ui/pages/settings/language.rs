//! In which language the project speaks to its customers.

use super::settings_action;
use crate::{
    api::language::SaveLanguage,
    domain::{language::Language, project::Frame, role::Role},
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
pub fn LanguageCard(language: Memo<Language>, frame: Frame) -> impl IntoView {
    let sentence = move || format!("The project speaks {} to its customers: ", language.get().name());
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveLanguage>(&frame.slug);
        let error = action.refusal();
        let slug = frame.slug.clone();
        let select = move || {
            let name = |language: Language| match language.own_name() {
                own if own == language.name() => own.to_owned(),
                own => format!("{own} ({})", language.name()),
            };
            let options = Language::ALL.map(|language| (language.tag().to_owned(), name(language))).to_vec();
            let chosen = language.get().tag().to_owned();
            view! {
                <SelectField id="language" label="Language" name="language" field="language" error options chosen />
            }
            .into_any()
        };
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=slug />
                <FormNotice error fields=&["language"] />
                {select}
                <SubmitButton label="Save language" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="language-heading">
            <h2 id="language-heading">"Language"</h2>
            <p>
                {sentence}
                "on the review page and the page to unsubscribe, in the answers to STOP, START and HELP, and in the default templates."
            </p>
            <p class="muted">
                "A change leaves alone what somebody wrote: templates that were changed, and your own words on the review page. Messages that were created already keep their text. Staff's own pages stay English."
            </p>
            {form}
        </section>
    }
}
