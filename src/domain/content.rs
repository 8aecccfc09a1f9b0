//! What a message says, and the message as it is handed to a provider.

use super::MessageId;

/// The content of a message, as it is stored and sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Empty for SMS.
    pub subject: String,
    pub text: String,
    /// Empty for SMS.
    pub html: String,
}

/// One message as it leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// None for a copy to staff, which is not part of the message's history.
    pub message: Option<MessageId>,
    pub project_slug: String,
    pub project_name: String,
    /// An email address, or a number in E.164.
    pub recipient: String,
    pub recipient_name: String,
    /// Empty for SMS.
    pub subject: String,
    pub text: String,
    /// Empty for SMS.
    pub html: String,
    /// The token of the unsubscribe page; without one, the mail has no List-Unsubscribe header.
    pub unsubscribe_token: Option<String>,
}
