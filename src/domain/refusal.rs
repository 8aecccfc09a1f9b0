//! Why something was refused, in the words that the person reads.

use super::{
    AppError,
    message::Channel,
    retention::months_words,
    role::Role,
    status::{State, Status},
    suppression::SuppressionReason,
};

/// The change of a message that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Cancel,
    Delete,
    Reschedule,
    Resend,
    SendNow,
    UndoSendNow,
    Dismiss,
    Edit,
}

impl Change {
    fn done(self) -> &'static str {
        match self {
            Self::Cancel => "canceled",
            Self::Delete => "deleted",
            Self::Reschedule => "rescheduled",
            Self::Resend => "resent",
            Self::SendNow => "sent now",
            Self::UndoSendNow => "called back",
            Self::Dismiss => "dismissed",
            Self::Edit => "changed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The message's present state does not permit the change.
    Standing {
        state: State,
        status: Status,
        change: Change,
    },
    /// The message's customer has unsubscribed.
    Unsubscribed,
    /// The message's customer is archived.
    Archived,
    /// The message's customer no longer has an address for its channel.
    NoAddress(Channel),
    /// It failed because this address does not exist.
    UnknownAddress {
        channel: Channel,
        address: String,
    },
    /// The customer opted out at the provider.
    OptedOut,
    /// The project sends nothing to this address.
    Suppressed {
        address: String,
        reason: SuppressionReason,
    },
    /// The address that is to be suppressed is so already.
    AlreadySuppressed {
        reason: SuppressionReason,
    },
    /// What the message said was removed so many months after it had come to its end.
    ContentRemoved(u16),
    /// Its failure was dismissed already.
    Dismissed,
    /// None of the batch's messages is canceled or dismissed any more.
    NothingToUndo,
    /// As many bulk actions are under way as may be.
    ManyBulkActions,
    /// The bulk action has ended, so it can't be stopped.
    BulkEnded,
    /// A message to the customer is being sent.
    BeingSent,
    /// The request already has a review.
    Reviewed,
    /// Another customer has the address; `by` is their name.
    AddressTaken {
        channel: Channel,
        by: String,
    },
    UnknownLocation,
    /// A project keeps at least one owner.
    LastOwner,
    /// Whoever acts has `own`, and the role that is given or taken is above it.
    RoleAbove {
        own: Role,
        role: Role,
    },
    /// Who is invited is a member; the name.
    AlreadyMember(String),
    /// Who is invited is invited already.
    AlreadyInvited,
    ManyInvitations,
    /// The project has as many API keys as it may.
    ManyApiKeys,
    /// The Idempotency-Key of a request was used for another one.
    IdempotencyKeyUsed,
    /// The link of an invitation was used, withdrawn or is too old.
    InvitationSpent,
    /// The person behind the customer was erased.
    Erased,
    /// The address is one of a person who was erased.
    ErasedAddress(Channel),
    /// The same, where an address is to be suppressed.
    ErasedRecipient(Channel),
    /// A file of customers is being imported.
    Importing,
    SlugTaken(String),
    /// The operating system provides no random bytes.
    NoRandomness,
    /// The database did not answer in time.
    Busy,
    /// A text has a character that the database cannot store.
    Unstorable,
    /// The database's address is for another engine than this build's.
    OtherEngine {
        engine: &'static str,
        example: &'static str,
    },
    /// The database's address cannot be read; the driver's words.
    DatabaseUrl(String),
    /// This user may not write to the database.
    ReadOnlyDatabase,
    /// A newer release has migrated the database.
    NewerDatabase,
    /// A migration that was applied to the database differs from this release's.
    OtherSchema,
    /// Any other reason why the database cannot be opened; the driver's words.
    DatabaseNotOpened(String),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        let conflict = |sentence: &str| Self::Conflict(sentence.to_owned());
        match refusal {
            Refusal::Standing { state, status, change } => {
                Self::Conflict(format!("{}, so it can't be {}.", standing(state, status, change), change.done()))
            }
            Refusal::Unsubscribed => {
                conflict("This customer has unsubscribed. Nothing is sent to them until they are resubscribed.")
            }
            Refusal::Archived => conflict("This customer is archived. Unarchive them to send this message."),
            Refusal::NoAddress(channel) => Self::Conflict(format!(
                "This customer no longer has {}. Edit the customer, then try again.",
                match channel {
                    Channel::Email => "an email address",
                    Channel::Sms => "a phone number",
                }
            )),
            Refusal::UnknownAddress { channel, address } => Self::Conflict(format!(
                "{address} does not exist, so it would fail again. Edit the customer's {}, then resend.",
                field(channel)
            )),
            Refusal::OptedOut => {
                conflict("The customer opted out at the provider by replying STOP. Only the customer can opt in again.")
            }
            Refusal::Suppressed { address, reason } => Self::Conflict(format!(
                "{address} is suppressed: {}. Lift it on the Suppressed page to send messages there again.",
                reason.clause()
            )),
            Refusal::AlreadySuppressed { reason } => {
                Self::invalid("address", format!("This address is suppressed already: {}.", reason.clause()))
            }
            Refusal::ContentRemoved(months) => Self::Conflict(format!(
                "What this message said was removed {} after it had come to its end, so it can't be sent any more.",
                months_words(months)
            )),
            Refusal::Dismissed => conflict("This failure was already dismissed."),
            Refusal::NothingToUndo => Self::NotFound(
                "This can't be undone any more: none of its messages is still as it left them.".to_owned(),
            ),
            Refusal::ManyBulkActions => Self::TooMany(
                "Ten bulk actions are under way already. Wait until one has ended, or stop one on the Bulk actions page."
                    .to_owned(),
            ),
            Refusal::BulkEnded => conflict("This bulk action has ended already, so it can't be stopped."),
            Refusal::BeingSent => {
                conflict("A message to this customer is being sent right now. Try again in a minute.")
            }
            Refusal::Reviewed => conflict("A review was already left for this request. Thank you."),
            Refusal::AddressTaken { channel, by } => {
                Self::invalid(field(channel), format!("{by} already has this {}.", address_name(channel)))
            }
            Refusal::Erased => conflict("This person was erased, so nothing of it can be changed any more."),
            Refusal::ErasedAddress(channel) => Self::invalid(
                field(channel),
                format!("The person with this {} was erased at their request and can't be added again.", address_name(channel)),
            ),
            Refusal::ErasedRecipient(channel) => Self::invalid(
                "address",
                format!("The person with this {} was erased at their request. Nothing is sent to it, and it is not kept again.", address_name(channel)),
            ),
            Refusal::Importing => {
                conflict("Customers are being imported right now. Erase the person when the import has ended.")
            }
            Refusal::UnknownLocation => Self::invalid("location", "Choose one of the project's locations."),
            Refusal::LastOwner => conflict(
                "This is the project's only Owner, and a project keeps one. Make another member an Owner first.",
            ),
            Refusal::RoleAbove { own, role } => Self::Forbidden(format!(
                "You are {} of this project. Ask somebody with the {role} role to do this.",
                own.with_article()
            )),
            Refusal::AlreadyMember(name) => Self::invalid("email", format!("{name} is a member of this project already.")),
            Refusal::AlreadyInvited => Self::invalid(
                "email",
                "This person is invited already. Send the link again, or withdraw the invitation first.",
            ),
            Refusal::ManyInvitations => {
                Self::invalid("email", "There are 100 open invitations already. Withdraw some that are not needed.")
            }
            Refusal::ManyApiKeys => {
                Self::invalid("name", "There are 50 API keys already. Revoke one that is not used.")
            }
            Refusal::IdempotencyKeyUsed => Self::invalid(
                "Idempotency-Key",
                "This key was used for another request within the last 24 hours. Send the same body, or another key.",
            ),
            Refusal::InvitationSpent => Self::NotFound(
                "This invitation was used or withdrawn, or it is older than 7 days. Ask who invited you for a new link."
                    .to_owned(),
            ),
            Refusal::SlugTaken(slug) => Self::Conflict(format!("There is already a project {slug:?}.")),
            Refusal::NoRandomness => {
                Self::Unavailable("The server can't make secure links at the moment. Try again later.".to_owned())
            }
            Refusal::Busy => {
                Self::Unavailable("The database is busy, and nothing was changed. Try again in a moment.".to_owned())
            }
            Refusal::Unstorable => Self::invalid("", "This has a character that no text can have."),
            Refusal::OtherEngine { engine, example } => Self::invalid(
                "DATABASE_URL",
                format!("DATABASE_URL: this build is for {engine}, whose addresses are as in {example}."),
            ),
            Refusal::DatabaseUrl(why) => Self::invalid("DATABASE_URL", format!("DATABASE_URL: {why}.")),
            Refusal::ReadOnlyDatabase => Self::Unavailable(
                "The database cannot be opened for writing. Let the user who runs this program write to it (for SQLite: to \
                 the file and to its folder), or name another with DATA_DIR or DATABASE_URL."
                    .to_owned(),
            ),
            Refusal::NewerDatabase => Self::Unavailable(
                "The database was updated by a newer release of this program. Run that release, or restore a backup from \
                 before the update."
                    .to_owned(),
            ),
            Refusal::OtherSchema => Self::Unavailable(
                "The database was made by another build of this program, with other migrations. Run that build, or name \
                 another database with DATA_DIR or DATABASE_URL."
                    .to_owned(),
            ),
            Refusal::DatabaseNotOpened(why) => Self::Unavailable(format!(
                "The database cannot be opened: {why}. Check DATABASE_URL, or the file in DATA_DIR."
            )),
        }
    }
}

fn standing(state: State, status: Status, change: Change) -> &'static str {
    match (state, status) {
        (State::Sending, _) => "This message is being sent right now",
        (_, Status::Failed) => "This message has failed",
        (_, Status::Canceled) => "This message was already canceled",
        (_, Status::Scheduled) => "This message is waiting to be sent",
        // Only a page that is a moment old offers to stop a sent message.
        _ if matches!(change, Change::Cancel | Change::UndoSendNow) => "This message was just sent",
        _ => "This message was already sent",
    }
}

/// The form control that holds the address.
fn field(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "phone",
    }
}

fn address_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email address",
        Channel::Sms => "phone number",
    }
}
