//! The project's messages, and what staff do with them.

use crate::domain::{
    AppError, BatchId, MessageId,
    bulk::{Outcome, SelectionForm},
    done::Done,
    filter::MessagesQuery,
    message::MessageDetail,
    messages_page::MessagesPage,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_messages", input = GetUrl)]
pub async fn load_messages(slug: String, #[server(default)] query: MessagesQuery) -> Result<MessagesPage, AppError> {
    use crate::server::{auth, store};
    let viewer = auth::viewer(&slug).await?;
    store::messages::page(&viewer, &auth::with_chosen_rows(query)).await
}

/// Role: viewer.
#[server(endpoint = "load_message", input = GetUrl)]
pub async fn load_message(slug: String, id: MessageId) -> Result<MessageDetail, AppError> {
    use crate::server::{auth, store};
    let viewer = auth::viewer(&slug).await?;
    store::messages::detail(&viewer, id).await
}

/// Role: operator. With `also_request`, the other unsent messages of its request too.
#[server(endpoint = "cancel_message")]
pub async fn cancel_message(
    slug: String,
    id: MessageId,
    #[server(default)] also_request: bool,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::cancel_message(&operator, id, also_request).await).await
}

/// Role: manager. Counts what [`cancel_messages`] would do, and changes nothing. POST, because an address is too short for
/// a thousand ids.
#[server(endpoint = "preview_cancel")]
pub async fn preview_cancel(slug: String, #[server(default)] selection: SelectionForm) -> Result<Outcome, AppError> {
    use crate::server::{auth, store};
    let manager = auth::manager(&slug).await?;
    store::steering::preview_cancel(&manager, &selection.check()?).await
}

/// Role: manager. Cancels the unsent messages of a selection.
#[server(endpoint = "cancel_messages")]
pub async fn cancel_messages(slug: String, #[server(default)] selection: SelectionForm) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, actions::cancel_selected(&manager, selection).await).await
}

/// Role: operator.
#[server(endpoint = "undo_cancel")]
pub async fn undo_cancel(slug: String, batch: BatchId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::undo_cancel(&operator, batch).await).await
}

/// Role: operator.
#[server(endpoint = "send_now")]
pub async fn send_now(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::send_now(&operator, id).await).await
}

/// Role: operator. `at` is wall time in the project's zone.
#[server(endpoint = "reschedule_message")]
pub async fn reschedule_message(slug: String, id: MessageId, #[server(default)] at: String) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::reschedule(&operator, id, &at).await).await
}

/// Role: operator.
#[server(endpoint = "resend_message")]
pub async fn resend_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::resend(&operator, id).await).await
}

/// Role: operator. To the email address of the person who asks; an SMS is sent as an email of its text.
#[server(endpoint = "send_copy")]
pub async fn send_copy(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::send_copy(&operator, id).await).await
}

/// Role: operator. For good; undoes no sending.
#[server(endpoint = "delete_message")]
pub async fn delete_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    let done = auth::answer(&operator, actions::delete_message(&operator, id).await).await?;
    auth::leave_for(&format!("/projects/{slug}/messages"));
    Ok(done)
}
