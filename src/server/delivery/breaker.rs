//! When a connection to a provider stands still, and when it is tried again.
//!
//! A fault of our own account stops it at once, because no other message would fare better; so do ten failures of the provider
//! in a row, or more than half of at least fifty in a minute. What waits then stays in the queue as it is. From time to time
//! one message tries; its success, or a refusal that is about the message alone, ends the stop.

use super::{Refusal, retry::Class};
use crate::{
    domain::{
        MessageId, Timestamp,
        connection::{Owner, StopReason},
        message::{Channel, FailureCode},
    },
    server::store::queue::connections::Stop,
};
use std::collections::{HashMap, VecDeque};

/// How many failures of the provider in a row stop it …
pub const FAILURES: usize = 10;
/// … or which share of the results of a minute, where there are as many.
const SAMPLE: u32 = 50;
const SPAN: i64 = Timestamp::MINUTE;
/// How many refusals in a row that may be about our account or about the message are taken to be about our account.
const DOUBTS: u32 = 3;
/// How long a message waits that got such a refusal: until others have been tried.
const DOUBT_WAIT: i64 = Timestamp::MINUTE;
/// A provider that is down is tried this often. A fault of our account at first, and then less and less often …
pub const FIRST_TRY: i64 = 30 * Timestamp::SECOND;
/// … down to this.
pub const LAST_TRY: i64 = 5 * Timestamp::MINUTE;
/// More suspects than this are forgotten: they would only be tried once more.
const SUSPECTS: usize = 1_000;

/// What follows for a message that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// What its class says.
    Usual(Class),
    /// It goes back as if nothing had happened, due at this instant.
    Returned(Timestamp),
}

/// Of one connection, in one worker; other workers learn of a stop through the database.
#[derive(Debug)]
pub struct Breaker {
    channel: Channel,
    stop: Option<Stop>,
    /// Whether the database does not know of the last change of `stop` yet.
    unsaved: bool,
    /// Failures of the provider since the last good answer.
    failures: usize,
    /// Refusals in doubt since the last good answer.
    doubts: u32,
    /// Good answers so far.
    good: u64,
    /// Results by second, of the last minute: good ones and failures.
    recent: VecDeque<(i64, u32, u32)>,
    /// Messages with a refusal in doubt, with `good` as it was then.
    suspects: HashMap<MessageId, u64>,
}

impl Breaker {
    pub fn new(channel: Channel) -> Self {
        Self {
            channel,
            stop: None,
            unsaved: false,
            failures: 0,
            doubts: 0,
            good: 0,
            recent: VecDeque::new(),
            suspects: HashMap::new(),
        }
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }

    pub fn stop(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// How many calls may run at a time, at most `most`. One that has not answered well yet, or fails, is given fewer, so that it
    /// is not asked much more often than it takes to find out that it is down.
    pub fn places(&self, most: usize) -> usize {
        match &self.stop {
            Some(_) => 0,
            None if self.good > 0 && self.failures == 0 => most,
            None => FAILURES.saturating_sub(self.failures).clamp(1, most),
        }
    }

    /// Whether it is time for a probe. After the clock was put back, the time of the next one is too far away.
    pub fn wants_probe(&self, now: Timestamp) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.next_probe <= now || stop.next_probe > now.plus(LAST_TRY))
    }

    /// The stop as it is once a probe begins at `now`.
    pub fn with_probe(&self, now: Timestamp) -> Option<Stop> {
        let stop = self.stop.clone()?;
        let pause = if stop.reason == StopReason::Down {
            FIRST_TRY
        } else {
            FIRST_TRY.saturating_mul(1 << (stop.tries + 1).clamp(0, 8)).min(LAST_TRY)
        };
        Some(Stop { tries: stop.tries.saturating_add(1), next_probe: now.plus(pause), ..stop })
    }

    /// Takes over what the database knows, unless it is older than what happened here.
    pub fn learn(&mut self, known: Option<Stop>) {
        if self.unsaved {
            return;
        }
        if known.is_none() && self.stop.is_some() {
            (self.failures, self.doubts) = (0, 0);
            self.recent.clear();
        }
        self.stop = known;
    }

    /// Whether the database has to be told, and what.
    pub fn unsaved(&self) -> Option<Option<Stop>> {
        self.unsaved.then(|| self.stop.clone())
    }

    pub fn saved(&mut self) {
        self.unsaved = false;
    }

    /// The provider took a message, or refused it for what it is.
    pub fn answered_well(&mut self, message: MessageId, is_probe: bool, at: Timestamp) {
        self.good += 1;
        (self.failures, self.doubts) = (0, 0);
        self.suspects.remove(&message);
        self.count(at, true);
        // An answer to what was asked before the stop says nothing.
        if is_probe && self.stop.take().is_some() {
            self.recent.clear();
            self.unsaved = true;
        }
    }

    pub fn refused(&mut self, message: MessageId, is_probe: bool, refusal: &Refusal, at: Timestamp) -> Consequence {
        match refusal.class {
            Class::Account { reason, otherwise } => self.refused_us(message, is_probe, reason, otherwise, refusal, at),
            class if class.owner() == Owner::Provider => self.failed(is_probe, class, refusal, at),
            class => {
                self.answered_well(message, is_probe, at);
                Consequence::Usual(class)
            }
        }
    }

    fn refused_us(
        &mut self,
        message: MessageId,
        is_probe: bool,
        reason: StopReason,
        otherwise: Option<FailureCode>,
        refusal: &Refusal,
        at: Timestamp,
    ) -> Consequence {
        if let Some(failure) = otherwise {
            // Others have been sent since it was refused.
            if self.suspects.get(&message).is_some_and(|good| *good < self.good) {
                self.answered_well(message, is_probe, at);
                return Consequence::Usual(Class::Permanent(failure));
            }
            if self.suspects.len() >= SUSPECTS {
                self.suspects.clear();
            }
            self.suspects.insert(message, self.good);
            self.doubts += 1;
            if self.stop.is_none() && self.doubts < DOUBTS {
                return Consequence::Returned(at.plus(DOUBT_WAIT));
            }
        }
        self.halt(is_probe, reason, refusal, at);
        Consequence::Returned(at)
    }

    fn failed(&mut self, is_probe: bool, class: Class, refusal: &Refusal, at: Timestamp) -> Consequence {
        self.failures += 1;
        self.count(at, false);
        if self.stop.is_none() && self.failures < FAILURES && !self.fails_often() {
            return Consequence::Usual(class);
        }
        let was_stopped = self.stop.is_some();
        self.halt(is_probe, StopReason::Down, refusal, at);
        // What may have been sent must not be sent again as if nothing had happened.
        if was_stopped && class != Class::Ambiguous { Consequence::Returned(at) } else { Consequence::Usual(class) }
    }

    /// Stops, or where it stands still already and a probe found it out, says why it does.
    fn halt(&mut self, is_probe: bool, reason: StopReason, refusal: &Refusal, at: Timestamp) {
        let (code, words) = (refusal.code.clone(), refusal.text.clone());
        match &mut self.stop {
            Some(_) if !is_probe => return,
            Some(stop) => (stop.reason, stop.code, stop.words) = (reason, code, words),
            None => {
                let next_probe = at.plus(FIRST_TRY);
                self.stop = Some(Stop { channel: self.channel, since: at, reason, code, words, tries: 0, next_probe });
            }
        }
        self.unsaved = true;
    }

    fn count(&mut self, at: Timestamp, is_good: bool) {
        let second = at.0 / Timestamp::SECOND;
        self.recent.retain(|(then, ..)| (0..SPAN / Timestamp::SECOND).contains(&(second - then)));
        if self.recent.back().is_none_or(|(then, ..)| *then != second) {
            self.recent.push_back((second, 0, 0));
        }
        if let Some((_, good, failed)) = self.recent.back_mut() {
            *(if is_good { good } else { failed }) += 1;
        }
    }

    fn fails_often(&self) -> bool {
        let (good, failed) = self.recent.iter().fold((0, 0), |(g, f), (_, good, failed)| (g + good, f + failed));
        good + failed >= SAMPLE && failed > good
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::id::NewId;

    const AT: Timestamp = Timestamp(1_795_431_600_000);

    fn refusal(class: Class) -> Refusal {
        Refusal { class, code: Some("421".into()), text: "421 no".into() }
    }

    fn sign_in() -> Refusal {
        refusal(Class::Account { reason: StopReason::SignIn, otherwise: None })
    }

    fn relaying() -> Refusal {
        refusal(Class::Account { reason: StopReason::Refused, otherwise: Some(FailureCode::Rejected) })
    }

    impl Breaker {
        fn refuse(&mut self, refusal: &Refusal) -> Consequence {
            self.refused(MessageId::new(), false, refusal, AT)
        }

        fn take(&mut self, is_probe: bool) {
            self.answered_well(MessageId::new(), is_probe, AT);
        }
    }

    #[test]
    fn ten_failures_in_a_row_stop_it_and_a_good_answer_to_a_probe_ends_that() {
        let mut breaker = Breaker::new(Channel::Email);
        assert_eq!(breaker.places(16), FAILURES);
        breaker.take(false);
        assert_eq!(breaker.places(16), 16);
        for n in 1..FAILURES {
            assert_eq!(breaker.refuse(&refusal(Class::LATER)), Consequence::Usual(Class::LATER));
            assert_eq!(breaker.places(16), FAILURES - n);
        }
        assert_eq!(breaker.stop(), None);
        // The tenth counts as an attempt, later ones do not.
        assert_eq!(breaker.refuse(&refusal(Class::LATER)), Consequence::Usual(Class::LATER));
        assert_eq!(breaker.stop().unwrap().reason, StopReason::Down);
        assert_eq!(breaker.places(16), 0);
        assert_eq!(breaker.refuse(&refusal(Class::LATER)), Consequence::Returned(AT));
        assert_eq!(breaker.refuse(&refusal(Class::Ambiguous)), Consequence::Usual(Class::Ambiguous));
        breaker.take(false);
        assert!(breaker.stop().is_some(), "asked before the stop");
        breaker.take(true);
        assert_eq!((breaker.stop(), breaker.places(16)), (None, 16));
        assert_eq!(breaker.unsaved(), Some(None));
    }

    #[test]
    fn more_than_half_of_fifty_in_a_minute_stop_it() {
        let mut breaker = Breaker::new(Channel::Sms);
        for n in 0..50 {
            assert_eq!(breaker.stop(), None, "{n}");
            if n % 2 == 0 {
                breaker.refuse(&refusal(Class::LATER));
            } else {
                breaker.take(false);
            }
        }
        assert_eq!(breaker.stop(), None, "half is not more than half");
        breaker.refuse(&refusal(Class::LATER));
        assert!(breaker.stop().is_some());
        // Over a longer time it is no reason.
        let mut slow = Breaker::new(Channel::Sms);
        for n in 0..200 {
            let at = AT.plus(n * 2 * Timestamp::SECOND);
            if n % 3 == 0 {
                slow.answered_well(MessageId::new(), false, at);
            } else {
                slow.refused(MessageId::new(), false, &refusal(Class::LATER), at);
            }
        }
        assert_eq!(slow.stop(), None);
    }

    #[test]
    fn a_fault_of_our_account_stops_it_at_once_and_is_tried_less_and_less_often() {
        let mut breaker = Breaker::new(Channel::Email);
        assert_eq!(breaker.refuse(&sign_in()), Consequence::Returned(AT));
        let mut now = AT;
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let next = breaker.stop().unwrap().next_probe;
            pauses.push((next.0 - now.0) / Timestamp::SECOND);
            now = next;
            assert!(!breaker.wants_probe(now.plus(-1)) && breaker.wants_probe(now));
            let probing = breaker.with_probe(now);
            breaker.saved();
            breaker.learn(probing);
            assert_eq!(breaker.refused(MessageId::new(), true, &sign_in(), now), Consequence::Returned(now));
        }
        assert_eq!(pauses, [30, 60, 120, 240, 300, 300]);
        assert_eq!(breaker.stop().unwrap().since, AT);
        // A clock that was put back by an hour does not prolong it by an hour.
        assert!(breaker.wants_probe(now.plus(-Timestamp::HOUR)));
    }

    #[test]
    fn a_refusal_in_doubt_is_the_messages_own_where_others_go_out() {
        let mut breaker = Breaker::new(Channel::Email);
        let odd = MessageId::new();
        let later = Consequence::Returned(AT.plus(DOUBT_WAIT));
        assert_eq!(breaker.refused(odd, false, &relaying(), AT), later);
        assert_eq!(breaker.refused(odd, false, &relaying(), AT), later);
        breaker.take(false);
        let own = Consequence::Usual(Class::Permanent(FailureCode::Rejected));
        assert_eq!(breaker.refused(odd, false, &relaying(), AT), own);
        assert_eq!(breaker.stop(), None);
        // Three without a good answer between them are our account's.
        assert_eq!(breaker.refuse(&relaying()), later);
        assert_eq!(breaker.refuse(&relaying()), later);
        assert_eq!(breaker.refuse(&relaying()), Consequence::Returned(AT));
        assert_eq!(breaker.stop().unwrap().reason, StopReason::Refused);
    }

    #[test]
    fn what_is_about_a_message_is_a_good_answer() {
        let mut breaker = Breaker::new(Channel::Email);
        breaker.refuse(&sign_in());
        let unknown = Class::Permanent(FailureCode::AddressUnknown);
        let consequence = breaker.refused(MessageId::new(), true, &refusal(unknown), AT);
        assert_eq!((consequence, breaker.stop()), (Consequence::Usual(unknown), None));
        for _ in 0..100 {
            breaker.refuse(&refusal(Class::RECIPIENT_LATER));
        }
        assert_eq!(breaker.stop(), None);
    }

    #[test]
    fn workers_learn_of_each_others_stops_and_of_their_ends() {
        let mut one = Breaker::new(Channel::Email);
        let mut other = Breaker::new(Channel::Email);
        one.refuse(&sign_in());
        // Not saved yet: that the database knows nothing is no news.
        one.learn(None);
        other.learn(one.unsaved().unwrap());
        one.saved();
        assert_eq!(one.stop(), other.stop());
        other.take(true);
        one.learn(other.unsaved().unwrap());
        assert_eq!((one.stop(), other.stop()), (None, None));
    }
}
