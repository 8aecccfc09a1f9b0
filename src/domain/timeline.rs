//! The details of timeline events: stored as data, and put into words when they are read.

use super::{
    LocalTime, Timestamp,
    message::{CancelCause, EventKind},
    visit::Machine,
};

/// The detail of an event; the comments name the kind of event first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Canceled: why, if no person canceled it.
    Cause(CancelCause),
    /// Resent: the address that it is sent to now.
    Recipient(String),
    /// Rescheduled: the new time. Send now: the time that it had before.
    Time(Timestamp),
    /// Reviewed: the rating.
    Stars(i16),
    /// Opened: inferred from a followed link, not from the pixel.
    LinkFollowed,
    /// Opened, Clicked: why it is taken for a machine's, and what the machine calls itself.
    Machine(Machine, Option<String>),
    /// Stale: the late result, with the provider's words.
    Late(EventKind, String),
    /// The words of a provider or a person, shown as they are.
    Words(String),
}

const LINK_FOLLOWED: &str = "link-followed";

const CAUSES: [(CancelCause, &str); 9] = [
    (CancelCause::Staff, "staff"),
    (CancelCause::Unsubscribed, "unsubscribed"),
    (CancelCause::Reviewed, "reviewed"),
    (CancelCause::Archived, "archived"),
    (CancelCause::NoAddress, "no-address"),
    (CancelCause::Bounced, "bounced"),
    (CancelCause::Suppressed, "suppressed"),
    (CancelCause::Complained, "complained"),
    (CancelCause::Erased, "erased"),
];

/// The results that can arrive late.
const RESULTS: [(EventKind, &str); 3] =
    [(EventKind::Sent, "sent"), (EventKind::Deferred, "deferred"), (EventKind::Failed, "failed")];

fn code<T: PartialEq>(of: &[(T, &'static str)], item: &T) -> &'static str {
    of.iter().find(|(known, _)| known == item).map_or("", |(_, code)| code)
}

fn decoded<T: Copy>(of: &[(T, &'static str)], code: &str) -> Option<T> {
    of.iter().find(|(_, known)| *known == code).map(|(item, _)| *item)
}

impl Detail {
    /// The text that the database stores.
    pub fn stored(&self) -> String {
        match self {
            Self::Cause(cause) => code(&CAUSES, cause).to_owned(),
            Self::Recipient(address) => address.clone(),
            Self::Time(at) => at.0.to_string(),
            Self::Stars(stars) => stars.to_string(),
            Self::LinkFollowed => LINK_FOLLOWED.to_owned(),
            Self::Machine(machine, None) => machine.code().to_owned(),
            Self::Machine(machine, Some(name)) => format!("{}: {name}", machine.code()),
            Self::Late(result, words) => format!("{}: {words}", code(&RESULTS, result)),
            Self::Words(words) => words.clone(),
        }
    }

    /// None if the text is not the data of this kind of event, for example a sentence that an earlier version stored.
    fn parse(kind: EventKind, stored: &str) -> Option<Self> {
        match kind {
            EventKind::Canceled => decoded(&CAUSES, stored).map(Self::Cause),
            EventKind::Resent => (!stored.contains(char::is_whitespace)).then(|| Self::Recipient(stored.to_owned())),
            EventKind::Rescheduled | EventKind::SendNow => stored.parse().ok().map(|ms| Self::Time(Timestamp(ms))),
            EventKind::Reviewed => stored.parse().ok().map(Self::Stars),
            EventKind::Opened => (stored == LINK_FOLLOWED).then_some(Self::LinkFollowed),
            EventKind::Stale => {
                let (result, words) = stored.split_once(": ")?;
                Some(Self::Late(decoded(&RESULTS, result)?, words.to_owned()))
            }
            _ => None,
        }
    }

    /// The words that staff read; `local` converts an instant to the project's time zone.
    pub fn read(kind: EventKind, stored: String, local: impl Fn(Timestamp) -> LocalTime) -> String {
        match Self::parse(kind, &stored) {
            None | Some(Self::Words(_) | Self::Machine(..)) => stored,
            Some(Self::Cause(cause)) => cause.sentence().to_owned(),
            Some(Self::Recipient(address)) => format!("to {address}"),
            Some(Self::Time(at)) if kind == EventKind::SendNow => format!("instead of {}", local(at).full()),
            Some(Self::Time(at)) => local(at).full(),
            Some(Self::Stars(stars)) => format!("{stars} of 5 stars"),
            Some(Self::LinkFollowed) => "its link was followed".to_owned(),
            Some(Self::Late(result, words)) => format!("{}: {words}", result.name()),
        }
    }

    /// The same beside an open or a click of a machine. Earlier versions stored its name alone.
    pub fn read_machine(stored: Option<&str>) -> String {
        let stored = stored.unwrap_or_default();
        let (code, name) = stored.split_once(": ").unwrap_or((stored, ""));
        let (words, name) =
            Machine::from_code(code).map_or(("by a machine", stored), |machine| (machine.words(), name));
        let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
        format!("{words}{name}, not counted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: EventKind, stored: &str) -> String {
        Detail::read(kind, stored.to_owned(), |at| at.local(&chrono::Utc))
    }

    #[test]
    fn data_is_put_in_words() {
        let at = Timestamp(1_795_431_600_000);
        for (kind, detail, words) in [
            (EventKind::Canceled, Detail::Cause(CancelCause::Reviewed), "a review came first"),
            (EventKind::Resent, Detail::Recipient("ana@example.com".into()), "to ana@example.com"),
            (EventKind::Rescheduled, Detail::Time(at), "23 Nov 2026, 11:00:00 (UTC)"),
            (EventKind::SendNow, Detail::Time(at), "instead of 23 Nov 2026, 11:00:00 (UTC)"),
            (EventKind::Reviewed, Detail::Stars(4), "4 of 5 stars"),
            (EventKind::Opened, Detail::LinkFollowed, "its link was followed"),
            (EventKind::Stale, Detail::Late(EventKind::Sent, "250 OK: queued".into()), "Sent: 250 OK: queued"),
            (EventKind::Failed, Detail::Words("550 5.1.1 User unknown".into()), "550 5.1.1 User unknown"),
        ] {
            assert_eq!(read(kind, &detail.stored()), words);
        }
        for (cause, _) in CAUSES {
            assert_eq!(read(EventKind::Canceled, &Detail::Cause(cause).stored()), cause.sentence());
        }
    }

    #[test]
    fn sentences_of_earlier_versions_are_shown_as_they_are() {
        for (kind, stored) in [
            (EventKind::Canceled, "the customer unsubscribed"),
            (EventKind::Resent, "to ana@example.com"),
            (EventKind::Rescheduled, "24 Nov 2026, 09:00:00 (UTC+01:00)"),
            (EventKind::Reviewed, "4 of 5 stars"),
            (EventKind::Opened, "its link was followed"),
            (EventKind::Stale, "Sent: 250 OK"),
        ] {
            assert_eq!(read(kind, stored), stored);
        }
    }
    #[test]
    fn machines_are_said_to_be_machines() {
        let stored = |machine, name: Option<&str>| Detail::Machine(machine, name.map(str::to_owned)).stored();
        for (stored, words) in [
            (Some(stored(Machine::PrivacyProxy, None)), "by a mail privacy proxy, not counted"),
            (Some(stored(Machine::Scanner, Some("curl: 8"))), "by a link scanner (curl: 8), not counted"),
            (Some("python-requests/2.32".into()), "by a machine (python-requests/2.32), not counted"),
            (Some("a: b".into()), "by a machine (a: b), not counted"),
            (None, "by a machine, not counted"),
        ] {
            assert_eq!(Detail::read_machine(stored.as_deref()), words);
        }
    }
}
