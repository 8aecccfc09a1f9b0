//! The questions that a profile asks before it stops, archives or deletes something.

use super::{fields::CustomerTarget, leaving::Leaving, place::Task};
use crate::{
    api::customers::{CancelUnsent, DeleteCustomer, SetArchived, SetUnsubscribed},
    domain::{CustomerId, customer::Profile, stats::count},
    ui::{
        hooks::action::{leads_away, on_done, refusal},
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, FormFoot},
            field::FormNotice,
            toast::use_toasts,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// What will happen, to how much, in the button too.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Question {
    title: String,
    explanation: String,
    submit: String,
    /// Says what happens without it.
    close: &'static str,
    danger: bool,
}

/// The dialog of the tasks that only ask.
#[component]
pub fn ConfirmDialog(
    task: Task,
    /// As it was when the dialog opened.
    profile: Profile,
    slug: String,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    let question = question(task, &profile);
    let title = question.title.clone();
    view! {
        <AddressDialog title back>
            <div class="dialog-body">
                <p>{question.explanation.clone()}</p>
                {form(task, question, &profile, slug, back)}
            </div>
        </AddressDialog>
    }
}

/// Each task has a server function of its own.
fn form(task: Task, question: Question, profile: &Profile, slug: String, back: Signal<String>) -> AnyView {
    let id = profile.customer.id;
    match task {
        Task::Unsubscribe => {
            let on = profile.customer.unsubscribed.is_none();
            view! { <UnsubscribeForm question slug id on back /> }.into_any()
        }
        Task::Archive => {
            let on = profile.customer.archived.is_none();
            view! { <ArchiveForm question slug id on back /> }.into_any()
        }
        Task::Delete => view! { <DeleteForm question slug id back /> }.into_any(),
        Task::CancelUnsent => view! { <CancelForm question slug id back /> }.into_any(),
        // They do more than ask.
        Task::RequestReview | Task::Edit | Task::AddReview => ().into_any(),
    }
}

#[component]
fn CancelForm(question: Question, slug: String, id: CustomerId, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<CancelUnsent>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=refusal(action) />
            <CustomerTarget slug id />
            <FormFoot
                back
                close=question.close
                submit=question.submit
                danger=question.danger
                pending=action.pending()
            />
        </ActionForm>
    }
}

#[component]
fn UnsubscribeForm(question: Question, slug: String, id: CustomerId, on: bool, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<SetUnsubscribed>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=refusal(action) />
            <CustomerTarget slug id />
            <input type="hidden" name="on" value=on.to_string() />
            <FormFoot
                back
                close=question.close
                submit=question.submit
                danger=question.danger
                pending=action.pending()
            />
        </ActionForm>
    }
}

#[component]
fn ArchiveForm(question: Question, slug: String, id: CustomerId, on: bool, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<SetArchived>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=refusal(action) />
            <CustomerTarget slug id />
            <input type="hidden" name="on" value=on.to_string() />
            <FormFoot
                back
                close=question.close
                submit=question.submit
                danger=question.danger
                pending=action.pending()
            />
        </ActionForm>
    }
}

#[component]
fn DeleteForm(question: Question, slug: String, id: CustomerId, back: Signal<String>) -> impl IntoView {
    let action = ServerAction::<DeleteCustomer>::new();
    let toasts = use_toasts();
    // The answer leads to the customers by itself, and the dialog goes with its page, which has nothing left to read.
    let project = slug.clone();
    on_done(action, move |done| toasts.done(&project, &done));
    let pending = leads_away(action);
    Leaving::while_true(pending);
    view! {
        <ActionForm action>
            <FormNotice error=refusal(action) />
            <CustomerTarget slug id />
            <FormFoot
                back
                close=question.close
                submit=question.submit
                danger=question.danger
                pending
            />
        </ActionForm>
    }
}

fn question(task: Task, profile: &Profile) -> Question {
    let name = &profile.customer.name;
    let unsent = u64::from(profile.unsent);
    let is_unsubscribed = profile.customer.unsubscribed.is_some();
    let is_archived = profile.customer.archived.is_some();
    let stopped = match unsent {
        0 => "No message is waiting to be sent.".to_owned(),
        1 => "1 message is not sent yet and will be canceled.".to_owned(),
        n => format!("{} are not sent yet and will be canceled.", count(n, "message")),
    };
    let (title, explanation, submit) = match task {
        Task::CancelUnsent => (
            format!("Cancel the unsent messages to {name}"),
            format!("{stopped} What was sent already stays as it is. You can undo this."),
            format!("Cancel {}", count(unsent, "message")),
        ),
        Task::Unsubscribe if is_unsubscribed => (
            format!("Resubscribe {name}"),
            "Do this only where the customer asked for it. Canceled messages are not sent again.".to_owned(),
            "Resubscribe".to_owned(),
        ),
        Task::Unsubscribe => (
            format!("Unsubscribe {name}"),
            format!("{name} will get no more review requests. {stopped}"),
            "Unsubscribe".to_owned(),
        ),
        Task::Archive if is_archived => (
            format!("Unarchive {name}"),
            format!("{name} appears among the customers again and can be asked for reviews."),
            "Unarchive".to_owned(),
        ),
        Task::Archive => (
            format!("Archive {name}"),
            format!("{name} leaves the list of customers and is asked no more; the history stays. {stopped}"),
            "Archive".to_owned(),
        ),
        Task::Delete => (
            format!("Delete {name}"),
            format!(
                "The customer and {}, with all notes and reviews, are deleted for good. Deleting doesn't recall a sent message.",
                count(u64::from(profile.message_total), "message"),
            ),
            "Delete customer".to_owned(),
        ),
        Task::RequestReview | Task::Edit | Task::AddReview => Default::default(),
    };
    let is_mild = (task == Task::Unsubscribe && is_unsubscribed) || (task == Task::Archive && is_archived);
    let close = if task == Task::CancelUnsent { "Keep them" } else { "Cancel" };
    Question { title, explanation, submit, close, danger: !is_mild }
}
