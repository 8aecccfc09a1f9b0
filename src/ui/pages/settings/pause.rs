//! The switch that pauses all sending of the project.

use super::settings_action;
use crate::{
    api::sending::SetPaused,
    domain::{project::Frame, role::Role, sending::SendingPage},
    ui::{
        hooks::action::FormAction,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Pause(data: Memo<SendingPage>, frame: Frame) -> impl IntoView {
    let today = frame.today;
    let is_paused = Memo::new(move |_| data.with(|page| page.paused.is_some()));
    let sentence = move || {
        data.with(|page| match &page.paused {
            Some((since, by)) => {
                format!("Sending is paused since {} by {by}. Messages wait and none is lost.", since.inline(today))
            }
            None => {
                "Messages go out at their times. Pausing stops all of them until you resume; none is lost.".to_owned()
            }
        })
    };
    view! {
        <section class="card" aria-labelledby="pause-heading">
            <h2 id="pause-heading">"Pause"</h2>
            <p>{sentence}</p>
            <PauseForm is_paused frame />
        </section>
    }
}

/// Pauses sending, or resumes it. Nothing for whom may do neither.
#[component]
pub fn PauseForm(is_paused: Memo<bool>, frame: Frame) -> impl IntoView {
    frame.may(Role::Manager).then(|| {
        let action = settings_action::<SetPaused>(&frame.slug);
        let label = Signal::derive(move || if is_paused.get() { "Resume sending" } else { "Pause sending" }.to_owned());
        view! {
            <ActionForm action>
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <input type="hidden" name="on" value=move || (!is_paused.get()).to_string() />
                <FormNotice error=action.refusal() />
                <SubmitButton label class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    })
}
