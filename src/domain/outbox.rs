//! The demo's outbox: the messages that would have been sent, as customers would see them.

use super::{LocalTime, MessageId, message::Channel};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// None for a copy to staff.
    pub message: Option<MessageId>,
    /// The name of the file in the outbox folder, for `open_outbox_mail`.
    pub file: String,
    pub channel: Channel,
    /// Whether the file can be read; if not, `to` and `subject` are empty.
    pub is_readable: bool,
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
