//! The dialog that asks before all failed messages of a cause are sent again: how many can be, and why the others cannot.

use crate::{
    api::attention::ResendCause,
    domain::{attention::Cause, bulk::Outcome, stats::count},
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink},
            field::FormNotice,
            submit_button::SubmitButton,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn ResendDialog(
    cause: Cause,
    /// What resending would do now. None until it is counted.
    outcome: Memo<Option<Outcome>>,
    slug: String,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    view! {
        <AddressDialog title="Resend all of this kind" back>
            <Question cause outcome slug back />
        </AddressDialog>
    }
}

#[component]
fn Question(cause: Cause, outcome: Memo<Option<Outcome>>, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<ResendCause>(slug.clone(), || {});
    let sentence = move || {
        outcome.with(|outcome| outcome.as_ref().map_or_else(|| "Counting…".to_owned(), Outcome::resend_sentence))
    };
    let number = Memo::new(move |_| outcome.with(|outcome| outcome.as_ref().map_or(0, |outcome| outcome.done)));
    let label = Signal::derive(move || format!("Resend {}", count(number.get(), "message")));
    let can = Memo::new(move |_| number.get() > 0);
    let pending = action.pending();
    view! {
        <div class="dialog-body">
            <p>{format!("{}, {}.", cause.code.reason(cause.channel), cause.channel.name())}</p>
            <p role="status">{sentence}</p>
            <p class="muted">"Each goes to its customer's present address, within the project's sending window."</p>
            <ActionForm action>
                <FormNotice error=action.refusal() />
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="cause" value=cause.to_string() />
                <div class="dialog-foot">
                    <CloseLink back />
                    {move || can.get().then(|| view! { <SubmitButton label pending /> }.into_any())}
                </div>
            </ActionForm>
        </div>
    }
}
