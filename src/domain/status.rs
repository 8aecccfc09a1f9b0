//! What became of a message: facts gathered from events in any order, and the one status that its badge shows.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The furthest thing that happened to a message. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum Status {
    /// Queued: it will be sent at its time, or is being sent.
    Scheduled = 0,
    /// The provider accepted it.
    Sent = 1,
    /// A person opened the email.
    Opened = 2,
    /// A person followed the review link.
    Clicked = 3,
    /// It could not be delivered.
    Failed = 4,
    /// The customer marked it as spam, or complained.
    Complained = 5,
    /// Stopped by staff, an unsubscribe, or a review that came first.
    Canceled = 6,
}

impl Status {
    pub const ALL: [Self; 7] =
        [Self::Scheduled, Self::Sent, Self::Opened, Self::Clicked, Self::Failed, Self::Complained, Self::Canceled];

    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Sent => "Sent",
            Self::Opened => "Opened",
            Self::Clicked => "Clicked",
            Self::Failed => "Failed",
            Self::Complained => "Complained",
            Self::Canceled => "Canceled",
        }
    }

    /// The name in addresses, icons and CSS classes.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Sent => "sent",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Failed => "failed",
            Self::Complained => "complained",
            Self::Canceled => "canceled",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|x| x.slug() == s)
    }

    /// Whether the stat Sent counts it: the provider accepted it, and it has not failed since.
    pub fn is_sent(self) -> bool {
        matches!(self, Self::Sent | Self::Opened | Self::Clicked | Self::Complained)
    }
}

/// The state of a message in the sending queue. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum State {
    /// Waiting for its time; staff may cancel or reschedule it.
    Scheduled = 0,
    /// A worker has leased it: nothing may change until the result is known.
    Sending = 1,
    /// The provider accepted it.
    Sent = 2,
    /// The last attempt failed permanently, or the provider reported a bounce.
    Failed = 3,
    /// Stopped before it was sent.
    Canceled = 4,
}

/// What providers report about a message, and what customers do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    Sent,
    Delivered,
    Opened,
    Clicked,
    Failed,
    Complained,
}

/// The instants that decide a message's status, each the earliest of its kind. Opens and clicks by machines are not facts:
/// they are only in the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub sent: Option<Timestamp>,
    pub delivered: Option<Timestamp>,
    pub opened: Option<Timestamp>,
    pub clicked: Option<Timestamp>,
    pub failed: Option<Timestamp>,
    pub complained: Option<Timestamp>,
    pub canceled: Option<Timestamp>,
}

impl Facts {
    /// Adds one report. Reports may arrive late, twice and out of order: the result does not depend on the order.
    #[must_use]
    pub fn with(mut self, signal: Signal, at: Timestamp) -> Self {
        let slot = match signal {
            Signal::Sent => &mut self.sent,
            Signal::Delivered => &mut self.delivered,
            Signal::Opened => &mut self.opened,
            Signal::Clicked => &mut self.clicked,
            Signal::Failed => &mut self.failed,
            Signal::Complained => &mut self.complained,
        };
        *slot = Some(slot.map_or(at, |old| old.min(at)));
        self
    }

    /// A message that a person opened, clicked or complained about was delivered, so a failure reported for it is ignored; it
    /// is only in the timeline.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some() && self.opened.is_none() && self.clicked.is_none() && self.complained.is_none()
    }

    pub fn status(&self) -> Status {
        if self.complained.is_some() {
            Status::Complained
        } else if self.has_failed() {
            Status::Failed
        } else if self.clicked.is_some() {
            Status::Clicked
        } else if self.opened.is_some() {
            Status::Opened
        } else if self.sent.is_some() || self.delivered.is_some() {
            Status::Sent
        } else if self.canceled.is_some() {
            Status::Canceled
        } else {
            Status::Scheduled
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signal() -> impl Strategy<Value = (Signal, Timestamp)> {
        (
            prop_oneof![
                Just(Signal::Sent),
                Just(Signal::Delivered),
                Just(Signal::Opened),
                Just(Signal::Clicked),
                Just(Signal::Failed),
                Just(Signal::Complained),
            ],
            (0_i64..1_000).prop_map(Timestamp),
        )
    }

    fn fold(events: &[(Signal, Timestamp)]) -> Facts {
        events.iter().fold(Facts::default(), |f, (s, at)| f.with(*s, *at))
    }

    proptest! {
        #[test]
        fn any_order_and_any_repetition_give_the_same_state(
            (events, other) in prop::collection::vec(signal(), 0..12).prop_flat_map(|events| {
                // Some are delivered twice.
                let twice = events.iter().copied().take(4);
                let other: Vec<_> = events.iter().copied().chain(twice).collect();
                (Just(events), Just(other).prop_shuffle())
            }),
        ) {
            prop_assert_eq!(fold(&events), fold(&other));
            prop_assert_eq!(fold(&events).status(), fold(&other).status());
        }

        #[test]
        fn a_failure_never_hides_what_the_customer_did(events in prop::collection::vec(signal(), 0..12), at in 0_i64..1_000) {
            let before = fold(&events);
            let after = before.with(Signal::Failed, Timestamp(at));
            if before.opened.is_some() || before.clicked.is_some() || before.complained.is_some() {
                prop_assert_eq!(before.status(), after.status());
            } else {
                prop_assert_eq!(after.status(), Status::Failed);
            }
        }
    }

    #[test]
    fn the_badge_shows_the_furthest() {
        let at = Timestamp(1);
        let sent = Facts::default().with(Signal::Sent, at);
        assert_eq!(Facts::default().status(), Status::Scheduled);
        assert_eq!(Facts { canceled: Some(at), ..Facts::default() }.status(), Status::Canceled);
        assert_eq!(sent.status(), Status::Sent);
        assert_eq!(sent.with(Signal::Failed, at).status(), Status::Failed);
        assert_eq!(sent.with(Signal::Opened, at).status(), Status::Opened);
        assert_eq!(sent.with(Signal::Clicked, at).with(Signal::Opened, at).status(), Status::Clicked);
        assert_eq!(sent.with(Signal::Clicked, at).with(Signal::Complained, at).status(), Status::Complained);
    }

    #[test]
    fn slugs_round_trip() {
        for s in Status::ALL {
            assert_eq!(Status::from_slug(s.slug()), Some(s));
        }
    }
}
