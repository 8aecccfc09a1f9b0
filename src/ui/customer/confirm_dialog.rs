//! The questions that a profile asks before it stops, archives or deletes something.

use super::{fields::target, place::Task};
use crate::{
    api::customers::{CancelUnsent, DeleteCustomer, SetArchived, SetUnsubscribed},
    domain::{customer::Profile, stats::count},
    ui::parts::{
        dialog::{AddressDialog, dialog_foot},
        post::Post,
    },
};
use leptos::prelude::*;

/// A question: what will happen, to how much, in the button too.
struct Question {
    title: String,
    explanation: String,
    submit: String,
    danger: bool,
    post: Post,
    /// What is switched on or off.
    on: Option<bool>,
}

/// `back` is the address without the dialog. Nothing for the tasks that do more than ask.
pub fn confirm_dialog(task: Task, profile: &Profile, slug: &str, back: String) -> Option<impl IntoView + use<>> {
    let Question { title, explanation, submit, danger, post, on } = question(task, profile)?;
    let content = view! {
        {post.notice(&[])}
        <p>{explanation}</p>
        <form method="post" action=post.path>
            {target(slug, profile.customer.id)}
            {on.map(|on| view! { <input type="hidden" name="on" value=on.to_string() /> })}
            {dialog_foot(&back, &submit, danger)}
        </form>
    };
    Some(view! { <AddressDialog title back>{content}</AddressDialog> })
}

fn question(task: Task, profile: &Profile) -> Option<Question> {
    let name = &profile.customer.name;
    let unsent = u64::from(profile.unsent);
    let is_unsubscribed = profile.customer.unsubscribed.is_some();
    let is_archived = profile.customer.archived.is_some();
    let stopped = match unsent {
        0 => "No message is waiting to be sent.".to_owned(),
        n => format!("{} not sent yet will be canceled.", count(n, "message")),
    };
    let question = match task {
        Task::CancelUnsent => Question {
            title: format!("Cancel the unsent messages to {name}"),
            explanation: format!("{stopped} What was sent already stays as it is. You can undo this."),
            submit: format!("Cancel {}", count(unsent, "message")),
            danger: true,
            post: Post::to::<CancelUnsent>(),
            on: None,
        },
        Task::Unsubscribe if is_unsubscribed => Question {
            title: format!("Resubscribe {name}"),
            explanation: "Do this only where the customer asked for it. Canceled messages are not sent again.".into(),
            submit: "Resubscribe".into(),
            danger: false,
            post: Post::to::<SetUnsubscribed>(),
            on: Some(false),
        },
        Task::Unsubscribe => Question {
            title: format!("Unsubscribe {name}"),
            explanation: format!("{name} will get no more review requests. {stopped}"),
            submit: "Unsubscribe".into(),
            danger: true,
            post: Post::to::<SetUnsubscribed>(),
            on: Some(true),
        },
        Task::Archive if is_archived => Question {
            title: format!("Unarchive {name}"),
            explanation: format!("{name} appears among the customers again and can be asked for reviews."),
            submit: "Unarchive".into(),
            danger: false,
            post: Post::to::<SetArchived>(),
            on: Some(false),
        },
        Task::Archive => Question {
            title: format!("Archive {name}"),
            explanation: format!(
                "{name} leaves the list of customers and is asked no more; the history stays. {stopped}"
            ),
            submit: "Archive".into(),
            danger: true,
            post: Post::to::<SetArchived>(),
            on: Some(true),
        },
        Task::Delete => Question {
            title: format!("Delete {name}"),
            explanation: format!(
                "The customer and {}, with all notes and reviews, are deleted for good. This cannot be undone. Messages that were sent are not called back.",
                count(u64::from(profile.message_total), "message"),
            ),
            submit: "Delete customer".into(),
            danger: true,
            post: Post::to::<DeleteCustomer>(),
            on: None,
        },
        Task::RequestReview | Task::Edit | Task::AddReview => return None,
    };
    Some(question)
}
