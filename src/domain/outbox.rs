//! The demo's outbox: what was "sent", as the customer would see it.

use super::{LocalTime, MessageId, message::Channel};
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
