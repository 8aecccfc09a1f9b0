//! The questions that a profile asks before it stops, archives or deletes something.

use super::{fields::CustomerTarget, leaving::Leaving, profile_address::Task};
use crate::{
    api::customers::{CancelUnsent, DeleteCustomer, EraseCustomer, SetArchived, SetUnsubscribed},
    domain::{
        AppError,
        customer::{Customer, ERASED_KEPT, Profile},
        stats::count,
    },
    ui::{
        hooks::action::{FormAction, FormFunction},
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::{FormNotice, TextField},
            toast::use_toasts,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// What is allowed towards somebody who opted out.
const ASK_IN_PERSON: &str = "Consent is needed, and no message may ask for it: nothing can be sent to somebody who opted out, \
    not even a link to subscribe again. Ask in person.";

/// What will happen, to how much, in the button too.
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
    let Question { title, explanation, submit, close, danger } = question(task, &profile);
    // There is nothing to confirm.
    let only_says = task == Task::Resubscribe && profile.customer.unsubscribed.is_none();
    let body = move || {
        if only_says {
            return view! {
                <div class="dialog-foot">
                    <CloseLink back label=close />
                </div>
            }
            .into_any();
        }
        view! { <ConfirmForm task customer=profile.customer slug submit close danger back /> }.into_any()
    };
    view! {
        <AddressDialog title back>
            <div class="dialog-body">
                <p>{explanation}</p>
                {body()}
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn ConfirmForm(
    task: Task,
    customer: Customer,
    slug: String,
    submit: String,
    close: &'static str,
    danger: bool,
    back: Signal<String>,
) -> impl IntoView {
    // These two are switches.
    let on = match task {
        Task::Unsubscribe | Task::Resubscribe => Some(customer.unsubscribed.is_none()),
        Task::Archive => Some(customer.archived.is_none()),
        _ => None,
    };
    let project = slug.clone();
    let content = move |error, pending| {
        let confirm = (task == Task::Erase).then(|| {
            let label = "Write ERASE to confirm";
            view! { <TextField id="erase-confirm" label name="confirm" field="confirm" error required=true /> }
                .into_any()
        });
        view! {
            <FormNotice error fields=&["confirm"] />
            <CustomerTarget slug=project id=customer.id />
            {confirm}
            {on.map(|on| view! { <input type="hidden" name="on" value=on.to_string() /> })}
            <FormFoot back close submit danger pending />
        }
        .into_any()
    };
    match task {
        Task::Delete => delete_form(slug, content),
        Task::Unsubscribe | Task::Resubscribe => change_form::<SetUnsubscribed>(slug, content),
        Task::Archive => change_form::<SetArchived>(slug, content),
        Task::Erase => change_form::<EraseCustomer>(slug, content),
        // `task_dialog` opens this dialog for no other task.
        Task::CancelUnsent | Task::RequestReview | Task::Edit | Task::EditEmail | Task::EditPhone | Task::AddReview => {
            change_form::<CancelUnsent>(slug, content)
        }
    }
}

/// `content` gets the last refusal, and whether the change is under way.
fn change_form<S>(slug: String, content: impl FnOnce(Signal<Option<AppError>>, Signal<bool>) -> AnyView) -> AnyView
where
    S: FormFunction,
{
    let action = dialog_action::<S>(slug, || {});
    let content = content(action.refusal(), action.pending().into());
    view! { <ActionForm action>{content}</ActionForm> }.into_any()
}

/// Its answer leads to the customers, and the dialog goes with its page.
fn delete_form(slug: String, content: impl FnOnce(Signal<Option<AppError>>, Signal<bool>) -> AnyView) -> AnyView {
    let action = ServerAction::<DeleteCustomer>::new();
    let toasts = use_toasts();
    // The page has nothing left to read, so it is not told.
    action.on_done(move |done| toasts.done(&slug, &done));
    let pending = action.leads_away();
    Leaving::while_true(pending);
    let content = content(action.refusal(), pending);
    view! { <ActionForm action>{content}</ActionForm> }.into_any()
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
        Task::Resubscribe if is_unsubscribed => (
            format!("Resubscribe {name}"),
            format!(
                "{ASK_IN_PERSON} Resubscribe {name} only where they told you that they want messages again. After a STOP they \
                 must also reply START. Canceled messages are not sent again: request a review afterwards."
            ),
            "Resubscribe".to_owned(),
        ),
        Task::Resubscribe => (
            format!("{name} opted out"),
            format!(
                "{ASK_IN_PERSON} {name} can opt in again by replying START to your number, and only they can. Request a review \
                 afterwards."
            ),
            String::new(),
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
            format!(
                "{name} leaves the list of customers and is no longer asked for reviews. The history stays. {stopped}"
            ),
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
        Task::Erase => (
            format!("Erase {name}"),
            format!(
                "For a person who asks that their data is erased. Name, company, addresses, notes, tags, charges, the texts of messages and \
                 reviews and what mail servers said are deleted for good, and so are the links in messages, the uploaded files and \
                 the results of the project's imports. {stopped} This can't be undone. {ERASED_KEPT} What was sent, exported or \
                 backed up before is not reached."
            ),
            "Erase the person".to_owned(),
        ),
        Task::RequestReview | Task::Edit | Task::EditEmail | Task::EditPhone | Task::AddReview => Default::default(),
    };
    let is_mild = task == Task::Resubscribe
        || (task == Task::Unsubscribe && is_unsubscribed)
        || (task == Task::Archive && is_archived);
    let close = match task {
        Task::CancelUnsent => "Keep them",
        Task::Resubscribe if !is_unsubscribed => "Close",
        _ => "Cancel",
    };
    Question { title, explanation, submit, close, danger: !is_mild }
}
