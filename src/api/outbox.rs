//! The demo's outbox: what was "sent", as the customer would see it.

use crate::domain::{AppError, LocalTime, MessageId, message::Channel};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// The message's id; copies to staff have their own file and no id.
    pub message: Option<MessageId>,
    /// The file's name in the outbox folder: what `open_outbox_mail` takes.
    pub file: String,
    pub channel: Channel,
    pub to: String,
    pub subject: String,
    pub at: LocalTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMail {
    pub item: OutboxItem,
    pub text: String,
    /// Whether `/projects/{slug}/outbox/{file}/body` shows HTML.
    pub has_html: bool,
}

/// Role: viewer. Newest first, at most 200; in demo mode only.
#[server(endpoint = "load_outbox", input = GetUrl)]
pub async fn load_outbox(slug: String) -> Result<Vec<OutboxItem>, AppError> {
    use crate::server::{auth, outbox};
    let viewer = auth::viewer(&slug).await?;
    outbox::list(&viewer).await
}

/// Role: viewer; in demo mode only.
#[server(endpoint = "open_outbox_mail", input = GetUrl)]
pub async fn open_outbox_mail(slug: String, file: String) -> Result<OutboxMail, AppError> {
    use crate::server::{auth, outbox};
    let viewer = auth::viewer(&slug).await?;
    outbox::open(&viewer, &file).await
}
