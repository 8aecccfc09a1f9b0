//! The project's messages, and what staff do with them.

use super::client::PatientClient;
use crate::domain::{
    AppError, BatchId, MessageId,
    bulk::{Outcome, SelectionForm},
    chart::Chart,
    done::Done,
    filter::MessagesQuery,
    message::{MessageDetail, edit::EditForm},
    messages_page::MessagesPage,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_messages", client = PatientClient, input = GetUrl)]
pub async fn load_messages(slug: String, #[server(default)] query: MessagesQuery) -> Result<MessagesPage, AppError> {
    use crate::server::{auth, store};
    let viewer = auth::viewer(&slug).await?;
    store::messages::page(&viewer, &auth::with_chosen_rows(query)).await
}

/// Role: viewer. The chart of the messages that `query` matches, whatever their status.
#[server(endpoint = "load_chart", client = PatientClient, input = GetUrl)]
pub async fn load_chart(slug: String, #[server(default)] query: MessagesQuery) -> Result<Chart, AppError> {
    use crate::server::{auth, clock, store};
    let viewer = auth::viewer(&slug).await?;
    store::messages::chart::of(&viewer, &query.filter, query.chart.unwrap_or_default(), clock::now()).await
}

/// Role: viewer.
#[server(endpoint = "load_message", client = PatientClient, input = GetUrl)]
pub async fn load_message(slug: String, id: MessageId) -> Result<MessageDetail, AppError> {
    use crate::server::{auth, editing};
    editing::detail(&auth::viewer(&slug).await?, id).await
}

/// Role: operator. Changes what a message says that waits, and where it goes.
#[server(endpoint = "edit_message", client = PatientClient)]
pub async fn edit_message(slug: String, id: MessageId, #[server(default)] form: EditForm) -> Result<Done, AppError> {
    use crate::server::{auth, editing};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, editing::edit(&operator, id, &form).await).await
}

/// Role: operator. With `also_request`, also cancels the other unsent messages of its request.
#[server(endpoint = "cancel_message", client = PatientClient)]
pub async fn cancel_message(
    slug: String,
    id: MessageId,
    #[server(default)] also_request: bool,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::cancel_message(&operator, id, also_request).await).await
}

/// Role: manager. Returns the outcome that [`cancel_messages`] would have, and changes nothing. POST, because an address is
/// too short for a thousand ids.
#[server(endpoint = "preview_cancel", client = PatientClient)]
pub async fn preview_cancel(slug: String, #[server(default)] selection: SelectionForm) -> Result<Outcome, AppError> {
    use crate::server::{auth, store};
    let manager = auth::manager(&slug).await?;
    store::steering::preview_cancel(&manager, &selection.check()?).await
}

/// Role: manager. Cancels the unsent messages of a selection.
#[server(endpoint = "cancel_messages", client = PatientClient)]
pub async fn cancel_messages(
    slug: String,
    #[server(default)] selection: SelectionForm,
    #[server(default)] reason: String,
) -> Result<Done, AppError> {
    use crate::server::{auth, bulk};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, bulk::cancel(&manager, selection, &reason).await).await
}

/// Role: operator; manager for a Reschedule of many. Takes back what the batch names.
#[server(endpoint = "undo_cancel", client = PatientClient)]
pub async fn undo_cancel(slug: String, batch: BatchId) -> Result<Done, AppError> {
    use crate::server::{auth, bulk};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, bulk::undo(&operator, batch).await).await
}

/// Role: operator.
#[server(endpoint = "send_now", client = PatientClient)]
pub async fn send_now(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::send_now(&operator, id).await).await
}

/// Role: operator. `at` is wall time in the project's zone.
#[server(endpoint = "reschedule_message", client = PatientClient)]
pub async fn reschedule_message(slug: String, id: MessageId, #[server(default)] at: String) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::reschedule(&operator, id, &at).await).await
}

/// Role: operator.
#[server(endpoint = "resend_message", client = PatientClient)]
pub async fn resend_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::resend(&operator, id).await).await
}

/// Role: operator. Sends a copy to the email address of the person who asks; a copy of an SMS is an email with its text.
#[server(endpoint = "send_copy", client = PatientClient)]
pub async fn send_copy(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::send_copy(&operator, id).await).await
}

/// Role: operator. Deletes the message for good. A message that was sent stays sent.
#[server(endpoint = "delete_message", client = PatientClient)]
pub async fn delete_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    let done = auth::answer(&operator, actions::delete_message(&operator, id).await).await?;
    auth::leave_for(&format!("/projects/{slug}/messages"));
    Ok(done)
}
