//! The questions that a profile asks before it stops, archives or deletes something.

use super::{
    actions::{CustomerActions, refusal},
    address_dialog::{AddressDialog, DialogFoot},
    form::{CustomerTarget, FormNotice},
    place::Task,
};
use crate::domain::{
    AppError,
    customer::{Customer, Profile},
    stats::count,
};
use leptos::prelude::*;

/// A question: what will happen, to how much, in the button too.
struct Question {
    title: String,
    explanation: String,
    submit: String,
    danger: bool,
}

/// The dialog of one of the tasks that only ask; nothing for the others.
pub fn confirm_dialog(
    task: Task,
    slug: String,
    profile: &Profile,
    actions: CustomerActions,
    back: Signal<String>,
) -> AnyView {
    let Some(question) = question(task, profile) else { return ().into_any() };
    let Customer { id, unsubscribed, archived, .. } = profile.customer;
    let target = view! { <CustomerTarget slug id /> };
    match task {
        Task::CancelUnsent => {
            let action = actions.cancel_unsent;
            let foot = foot(&question, back, action.pending());
            let form = view! { <ActionForm action=action>{target} {foot}</ActionForm> };
            confirm(question, back, refusal(action), form.into_any())
        }
        Task::Unsubscribe => {
            let action = actions.set_unsubscribed;
            let foot = foot(&question, back, action.pending());
            let form =
                view! { <ActionForm action=action>{target} {switch(unsubscribed.is_none())} {foot}</ActionForm> };
            confirm(question, back, refusal(action), form.into_any())
        }
        Task::Archive => {
            let action = actions.set_archived;
            let foot = foot(&question, back, action.pending());
            let form = view! { <ActionForm action=action>{target} {switch(archived.is_none())} {foot}</ActionForm> };
            confirm(question, back, refusal(action), form.into_any())
        }
        Task::Delete => {
            let action = actions.delete;
            let foot = foot(&question, back, action.pending());
            let form = view! { <ActionForm action=action>{target} {foot}</ActionForm> };
            confirm(question, back, refusal(action), form.into_any())
        }
        Task::RequestReview | Task::Edit | Task::AddReview => ().into_any(),
    }
}

fn question(task: Task, profile: &Profile) -> Option<Question> {
    let name = &profile.customer.name;
    let unsent = u64::from(profile.unsent);
    let stopped = match unsent {
        0 => "No message is waiting to be sent.".to_owned(),
        n => format!("{} not sent yet will be canceled.", count(n, "message")),
    };
    let (title, explanation, submit, danger) = match task {
        Task::CancelUnsent => (
            format!("Cancel the unsent messages to {name}"),
            format!("{stopped} What was sent already stays as it is. You can undo this."),
            format!("Cancel {}", count(unsent, "message")),
            true,
        ),
        Task::Unsubscribe if profile.customer.unsubscribed.is_some() => (
            format!("Resubscribe {name}"),
            "Do this only where the customer asked for it. Canceled messages are not sent again.".to_owned(),
            "Resubscribe".to_owned(),
            false,
        ),
        Task::Unsubscribe => (
            format!("Unsubscribe {name}"),
            format!("{name} will get no more review requests. {stopped}"),
            "Unsubscribe".to_owned(),
            true,
        ),
        Task::Archive if profile.customer.archived.is_some() => (
            format!("Unarchive {name}"),
            format!("{name} appears among the customers again and can be asked for reviews."),
            "Unarchive".to_owned(),
            false,
        ),
        Task::Archive => (
            format!("Archive {name}"),
            format!("{name} leaves the list of customers and is asked no more; the history stays. {stopped}"),
            "Archive".to_owned(),
            true,
        ),
        Task::Delete => (
            format!("Delete {name}"),
            format!(
                "The customer and {}, with all notes and reviews, are deleted for good. This cannot be undone. Messages that were sent are not called back.",
                count(u64::from(profile.message_total), "message"),
            ),
            "Delete customer".to_owned(),
            true,
        ),
        Task::RequestReview | Task::Edit | Task::AddReview => return None,
    };
    Some(Question { title, explanation, submit, danger })
}

fn confirm(question: Question, back: Signal<String>, error: Signal<Option<AppError>>, form: AnyView) -> AnyView {
    view! {
        <AddressDialog title=question.title back>
            <div class="dialog-body">
                <FormNotice error />
                <p>{question.explanation}</p>
                {form}
            </div>
        </AddressDialog>
    }
    .into_any()
}

/// What the action switches on or off.
fn switch(on: bool) -> impl IntoView {
    view! { <input type="hidden" name="on" value=on.to_string() /> }
}

fn foot(question: &Question, back: Signal<String>, pending: Memo<bool>) -> impl IntoView + use<> {
    view! { <DialogFoot back submit=question.submit.clone() danger=question.danger pending /> }
}
