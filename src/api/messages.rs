//! The project's messages, and what staff do with them.

use crate::domain::{
    AppError, BatchId, MessageId, customer::Done, message::MessageDetail, messages_page::MessagesPage,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer. `query` is the address's, without the question mark.
#[server(endpoint = "load_messages", input = GetUrl)]
pub async fn load_messages(slug: String, query: String) -> Result<MessagesPage, AppError> {
    use crate::{
        domain::filter::MessagesQuery,
        server::{auth, store},
    };
    let viewer = auth::viewer(&slug).await?;
    store::messages::page(&viewer, &MessagesQuery::parse(&query)).await
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
    auth::answer(actions::cancel_message(&operator, id, also_request).await)
}

/// Role: manager. `ids` is a comma-separated list of the ticked messages; with `all`, all that match `query` instead.
#[server(endpoint = "cancel_messages")]
pub async fn cancel_messages(
    slug: String,
    #[server(default)] ids: String,
    #[server(default)] all: bool,
    #[server(default)] query: String,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    auth::answer(actions::cancel_selected(&manager, &ids, all, &query).await)
}

/// Role: operator.
#[server(endpoint = "undo_cancel")]
pub async fn undo_cancel(slug: String, batch: BatchId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(actions::undo_cancel(&operator, batch).await)
}

/// Role: operator.
#[server(endpoint = "send_now")]
pub async fn send_now(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(actions::send_now(&operator, id).await)
}

/// Role: operator. `at` is wall time in the project's zone.
#[server(endpoint = "reschedule_message")]
pub async fn reschedule_message(slug: String, id: MessageId, #[server(default)] at: String) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(actions::reschedule(&operator, id, &at).await)
}

/// Role: operator.
#[server(endpoint = "resend_message")]
pub async fn resend_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(actions::resend(&operator, id).await)
}

/// Role: operator. To the email address of the person who asks; an SMS is sent as an email of its text.
#[server(endpoint = "send_copy")]
pub async fn send_copy(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(actions::send_copy(&operator, id).await)
}

/// Role: operator. For good; undoes no sending.
#[server(endpoint = "delete_message")]
pub async fn delete_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    let done = auth::answer(actions::delete_message(&operator, id).await)?;
    auth::leave_for(&format!("/projects/{slug}/messages"));
    Ok(done)
}
