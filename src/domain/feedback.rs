//! What providers report about messages, in one form for all of them, and what a report makes of its message.

use super::{
    MessageId, Timestamp,
    message::FailureCode,
    status::{Facts, Signal, State, Status},
};

/// One event that a provider reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// What the provider calls the event. One that bears any of these was reported before: it changes nothing.
    pub names: Vec<String>,
    pub about: About,
    /// When it happened; when it was reported, where the provider does not say.
    pub at: Timestamp,
    pub kind: Report,
}

/// How to find the message, from the surest to the least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Our own id, which the provider was given with the message.
    pub message: Option<MessageId>,
    /// What the provider calls the message.
    pub provider_id: Option<String>,
    /// An email address in lower case, or a number in E.164. Alone it names no message, but whom an SMS came from.
    pub recipient: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    Delivered {
        words: String,
    },
    /// The provider could not deliver it, and has given up.
    Failed {
        failure: FailureCode,
        words: String,
    },
    /// It could not be delivered yet, or the provider does not say for certain that it can't.
    Delayed {
        words: String,
    },
    /// The customer marked it as spam.
    Complained {
        words: String,
    },
    /// The customer opted out at the provider.
    OptedOut {
        words: String,
    },
    /// An SMS of the customer.
    Texted {
        text: String,
        word: Option<Keyword>,
    },
}

/// What an SMS of a customer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    Stop,
    Start,
    Help,
}

/// A message as far as reports change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub status: Status,
    pub facts: Facts,
    pub failure: Option<Failure>,
    /// When the last attempt began whose outcome is unknown.
    pub in_doubt: Option<Timestamp>,
}

/// Of several, the earliest counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    pub at: Timestamp,
    /// `FailureCode::code`
    pub code: String,
    /// The provider's.
    pub words: String,
}

impl Standing {
    /// Adds one report; reports may come in any order. False if it changes nothing: the timeline has it all the same.
    ///
    /// While a message is being sent, its facts are only kept: the result of the attempt takes them into account.
    pub fn add(&mut self, report: &Report, at: Timestamp) -> bool {
        let before = self.clone();
        match report {
            Report::Delivered { .. } if self.has_left() => self.facts = self.facts.with(Signal::Delivered, at),
            Report::Failed { failure, words } if self.has_left() => {
                self.fail(Failure { at, code: failure.code().to_owned(), words: words.clone() });
            }
            Report::Complained { .. } => {
                self.has_left();
                self.facts = self.facts.with(Signal::Complained, at);
            }
            _ => return false,
        }
        self.conclude();
        *self != before
    }

    /// Whether the provider has it. A report settles an attempt in doubt, whatever became of the message since.
    fn has_left(&mut self) -> bool {
        if let (None, Some(began), false) = (self.facts.sent, self.in_doubt, self.state == State::Sending) {
            self.facts = Facts { sent: Some(began), failed: None, canceled: None, ..self.facts };
            self.failure = None;
            self.state = State::Sent;
        }
        self.facts.sent.is_some() || self.state == State::Sending
    }

    fn fail(&mut self, failure: Failure) {
        if self.failure.as_ref().is_none_or(|known| failure < *known) {
            self.facts.failed = Some(failure.at);
            self.failure = Some(failure);
        }
    }

    fn conclude(&mut self) {
        if self.state == State::Sending {
            return;
        }
        if matches!(self.state, State::Sent | State::Failed) && self.facts.sent.is_some() {
            self.state = if self.facts.has_failed() { State::Failed } else { State::Sent };
        }
        self.status = self.facts.status();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent() -> Standing {
        let facts = Facts { sent: Some(Timestamp(10)), ..Facts::default() };
        Standing { state: State::Sent, status: Status::Sent, facts, failure: None, in_doubt: None }
    }

    fn waiting(in_doubt: Option<Timestamp>) -> Standing {
        Standing { state: State::Scheduled, status: Status::Scheduled, facts: Facts::default(), in_doubt, ..sent() }
    }

    fn delivered() -> Report {
        Report::Delivered { words: String::new() }
    }

    fn failed(failure: FailureCode) -> Report {
        Report::Failed { failure, words: "550".into() }
    }

    fn complained() -> Report {
        Report::Complained { words: String::new() }
    }

    fn report() -> impl Strategy<Value = (Report, Timestamp)> {
        let kind = prop_oneof![
            Just(delivered()),
            Just(failed(FailureCode::AddressUnknown)),
            Just(failed(FailureCode::MailboxFull)),
            Just(complained()),
        ];
        (kind, (0_i64..50).prop_map(Timestamp))
    }

    fn after(mut standing: Standing, reports: &[(Report, Timestamp)]) -> Standing {
        for (report, at) in reports {
            standing.add(report, *at);
        }
        standing
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_gives_the_same(
            (reports, other) in prop::collection::vec(report(), 0..8).prop_flat_map(|reports| {
                let twice: Vec<_> = reports.iter().chain(reports.first()).cloned().collect();
                (Just(reports), Just(twice).prop_shuffle())
            }),
        ) {
            for standing in [sent(), waiting(Some(Timestamp(5))), Standing { state: State::Sending, ..waiting(None) }] {
                let one = after(standing.clone(), &reports);
                prop_assert_eq!(&one, &after(standing.clone(), &other));
                if one.state == State::Sent || one.state == State::Failed {
                    prop_assert_eq!(one.status, one.facts.status());
                    prop_assert_eq!(one.state == State::Failed, one.status == Status::Failed);
                }
            }
        }
    }

    #[test]
    fn a_report_settles_an_attempt_in_doubt() {
        let settled = after(waiting(Some(Timestamp(5))), &[(delivered(), Timestamp(9))]);
        assert_eq!(
            (settled.state, settled.status, settled.facts.sent),
            (State::Sent, Status::Sent, Some(Timestamp(5)))
        );
        let unconfirmed = Failure { at: Timestamp(8), code: "unconfirmed".into(), words: String::new() };
        let mut given_up = waiting(Some(Timestamp(5)));
        given_up.state = State::Failed;
        given_up.facts.failed = Some(Timestamp(8));
        given_up.failure = Some(unconfirmed);
        let settled = after(given_up.clone(), &[(delivered(), Timestamp(9))]);
        assert_eq!((settled.state, settled.status, settled.failure), (State::Sent, Status::Sent, None));
        let failed = after(given_up, &[(failed(FailureCode::AddressUnknown), Timestamp(9))]);
        assert_eq!((failed.state, failed.failure.unwrap().code.as_str()), (State::Failed, "address-unknown"));
    }

    #[test]
    fn what_never_left_is_neither_delivered_nor_failed() {
        for report in [delivered(), failed(FailureCode::Other)] {
            let mut standing = waiting(None);
            assert!(!standing.add(&report, Timestamp(9)));
            assert_eq!(standing, waiting(None));
        }
    }

    #[test]
    fn a_failure_after_an_open_changes_no_status() {
        let mut opened = sent();
        opened.facts.opened = Some(Timestamp(20));
        opened.status = Status::Opened;
        let after = after(opened, &[(failed(FailureCode::AddressUnknown), Timestamp(30))]);
        assert_eq!((after.state, after.status), (State::Sent, Status::Opened));
    }

    #[test]
    fn a_complaint_proves_that_it_was_delivered() {
        let reports = [(failed(FailureCode::Rejected), Timestamp(30)), (complained(), Timestamp(40))];
        let after = after(sent(), &reports);
        assert_eq!((after.state, after.status), (State::Sent, Status::Complained));
    }
}
