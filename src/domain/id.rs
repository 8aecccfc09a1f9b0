//! Identifiers: UUIDv7 (RFC 9562), one type for each noun so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.trim().parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// One business's workspace (a tenant).
    ProjectId,
    /// A person who signs in.
    UserId,
    /// A branch of the business.
    LocationId,
    /// A person who may be asked for a review.
    CustomerId,
    /// Asking one customer for a review once, with one or more messages.
    RequestId,
    /// One email or SMS.
    MessageId,
    /// An entry of a project's audit log.
    AuditId,
    /// An entry of a message's timeline, or of the history of a project's members.
    EventId,
    /// A rating with optional text.
    ReviewId,
    /// A named filter of the Messages page.
    ViewId,
    /// A staff note on a customer.
    NoteId,
    /// One cancel, of a single message or of many, which Undo takes back.
    BatchId,
    /// A bulk action. Of a cancel, also the batch that Undo takes back.
    BulkId,
    /// A way to a provider: a project's own, or one that the deployment gives to all projects.
    ConnectionId,
    /// An address to which a project sends nothing.
    SuppressionId,
    /// A process of the server, while it runs.
    ProcessId,
    /// What a customer paid once.
    ChargeId,
    /// A file of customers that is imported.
    ImportId,
    /// A link by which somebody joins a project.
    InvitationId,
    /// A browser in which a person is signed in.
    SessionId,
    /// A key of a person's device that signs them in.
    PasskeyId,
    /// A key by which another system uses a project's REST API.
    ApiKeyId,
    /// An address that is told what happens in a project.
    WebhookId,
    /// An event that webhooks are told of.
    DeliveryId,
}
