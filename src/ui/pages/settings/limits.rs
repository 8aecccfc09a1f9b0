//! How fast the project sends.

use super::settings_action;
use crate::{
    api::sending::SavePace,
    domain::{
        project::Frame,
        role::Role,
        sending::{SendingPage, Used},
        stats::count,
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Limits(data: Memo<SendingPage>, frame: Frame) -> impl IntoView {
    let per_minute = Memo::new(move |_| data.with(|page| page.per_minute));
    let sentence = move || match per_minute.get() {
        Some(n) => {
            format!("At most {} a minute are sent, by all channels together, evenly.", count(n.into(), "message"))
        }
        None => "The project has no limit of its own.".to_owned(),
    };
    let used = move || {
        data.with(|page| {
            let items = page.used.iter().map(Used::sentence).map(|words| view! { <li>{words}</li> }).collect_view();
            (!page.used.is_empty()).then(|| view! { <ul aria-label="Limits of connections">{items}</ul> }.into_any())
        })
    };
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SavePace>(&frame.slug);
        let error = action.refusal();
        let value = Signal::derive(move || per_minute.get().map_or_else(String::new, |n| n.to_string()));
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&["per_minute"] />
                <TextField
                    id="project-pace"
                    label="Limit (messages per minute)"
                    name="per_minute"
                    field="per_minute"
                    error
                    value
                    hint="Empty for no limit."
                />
                <SubmitButton label="Save pace" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="pace-heading">
            <h2 id="pace-heading">"Pace"</h2>
            <p>{sentence}</p>
            {used}
            {form}
        </section>
    }
}
