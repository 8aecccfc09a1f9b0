//! The questions that a profile asks before it stops, archives or deletes something.

use super::{
    actions::CustomerActions,
    address_dialog::{AddressDialog, DialogFoot},
    form::{CustomerTarget, FormNotice},
    place::Task,
};
use crate::{
    domain::{
        customer::{Customer, Profile},
        stats::count,
    },
    ui::parts::post::PostForm,
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
    let (action, on) = match task {
        Task::CancelUnsent => (actions.cancel_unsent, None),
        Task::Unsubscribe => (actions.set_unsubscribed, Some(unsubscribed.is_none())),
        Task::Archive => (actions.set_archived, Some(archived.is_none())),
        Task::Delete => (actions.delete, None),
        Task::RequestReview | Task::Edit | Task::AddReview => return ().into_any(),
    };
    let switch = on.map(|on| view! { <input type="hidden" name="on" value=on.to_string() /> });
    view! {
        <AddressDialog title=question.title back>
            <div class="dialog-body">
                <FormNotice error=action.refusal() />
                <p>{question.explanation}</p>
                <PostForm to=action>
                    <CustomerTarget slug id />
                    {switch}
                    <DialogFoot back submit=question.submit danger=question.danger pending=action.pending() />
                </PostForm>
            </div>
        </AddressDialog>
    }
    .into_any()
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
