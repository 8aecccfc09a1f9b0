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
        message::FailureCode,
    },
    server::store::queue::{lanes::Via, stops::Stop},
};
use std::collections::{HashMap, VecDeque};

/// How many failures of the provider in a row stop it …
pub const FAILURES: usize = 10;
/// … or which share of the results of a minute, where there are as many.
const SAMPLE: u32 = 50;
const SPAN: i64 = Timestamp::MINUTE;
/// How many messages in a row, refused for what may be about our account or about them, say that it is our account.
const DOUBTS: u32 = 3;
/// How long a message waits that got such a refusal, until others have been tried. It doubles with each …
const DOUBT_WAIT: i64 = Timestamp::MINUTE;
/// … up to this.
const LONGEST_WAIT: i64 = Timestamp::HOUR;
/// After how many refusals that are our account's for certain a message is to blame all the same, if others go out between them.
const CERTAIN: u32 = 3;
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

/// A call whose answer came at `at`.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub message: MessageId,
    /// Whether it tried a connection that stands still.
    pub is_probe: bool,
    pub started: Timestamp,
    pub at: Timestamp,
}

/// A message with refusals that are, or may be, our account's.
#[derive(Clone, Copy, Debug)]
struct Suspect {
    /// The last one.
    at: Timestamp,
    times: u32,
}

/// Of one connection, in one worker; other workers learn of a stop through the database.
#[derive(Debug)]
pub struct Breaker {
    via: Via,
    stop: Option<Stop>,
    /// Whether the database does not know of the last change of `stop` yet.
    unsaved: bool,
    /// Failures of the provider since the last good answer.
    failures: usize,
    /// Messages with a refusal in doubt since the last good answer.
    doubts: u32,
    /// The start of the latest call that was answered well. What was asked before a refusal says nothing against it.
    good_since: Option<Timestamp>,
    /// Results by second, of the last minute: good ones and failures.
    recent: VecDeque<(i64, u32, u32)>,
    suspects: HashMap<MessageId, Suspect>,
}

impl Breaker {
    pub fn new(via: Via) -> Self {
        Self {
            via,
            stop: None,
            unsaved: false,
            failures: 0,
            doubts: 0,
            good_since: None,
            recent: VecDeque::new(),
            suspects: HashMap::new(),
        }
    }

    pub fn via(&self) -> Via {
        self.via
    }

    /// Its settings are others now: what was found out about the former ones says nothing.
    pub fn renew(&mut self, via: Via) {
        if self.via.revision < via.revision {
            *self = Self::new(via);
        }
    }

    pub fn stop(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// How many calls may run at a time, at most `most`. One that has not answered well yet, or fails, is given fewer, so that it
    /// is not asked much more often than it takes to find out that it is down.
    pub fn places(&self, most: usize) -> usize {
        match &self.stop {
            Some(_) => 0,
            None if self.good_since.is_some() && self.failures == 0 => most,
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

    /// Whether it knows something that a new one would have to find out again.
    pub fn is_worth_keeping(&self) -> bool {
        self.unsaved || self.stop.is_some() || self.failures > 0 || !self.suspects.is_empty()
    }

    /// Whether the database has to be told, and what.
    pub fn unsaved(&self) -> Option<Option<Stop>> {
        self.unsaved.then(|| self.stop.clone())
    }

    pub fn saved(&mut self) {
        self.unsaved = false;
    }

    /// The provider took a message, or refused it for what it is.
    pub fn answered_well(&mut self, call: Call) {
        // A later one than now is of a clock that was put back since.
        let known = self.good_since.filter(|since| *since <= call.at);
        self.good_since = known.max(Some(call.started));
        (self.failures, self.doubts) = (0, 0);
        self.suspects.remove(&call.message);
        self.count(call.at, true);
        // An answer to what was asked before the stop says nothing.
        if call.is_probe && self.stop.take().is_some() {
            self.recent.clear();
            self.unsaved = true;
        }
    }

    pub fn refused(&mut self, call: Call, refusal: &Refusal) -> Consequence {
        match refusal.class {
            Class::Account { reason, otherwise } => self.refused_us(call, reason, otherwise, refusal),
            class if class.owner() == Owner::Provider => self.failed(call, class, refusal),
            class => {
                self.answered_well(call);
                Consequence::Usual(class)
            }
        }
    }

    fn refused_us(
        &mut self,
        call: Call,
        reason: StopReason,
        otherwise: Option<FailureCode>,
        refusal: &Refusal,
    ) -> Consequence {
        let Call { message, is_probe, at, .. } = call;
        let before = self.suspects.get(&message).copied();
        let times = before.map_or(0, |before| before.times) + 1;
        // It works for others, and not for this one: that stops nobody.
        let others_go_out =
            self.stop.is_none() && before.is_some_and(|before| self.good_since.is_some_and(|since| since > before.at));
        if others_go_out && let Some(failure) = blame(reason, otherwise, times) {
            self.suspects.remove(&message);
            return Consequence::Usual(Class::Permanent(failure));
        }
        if self.suspects.len() >= SUSPECTS {
            self.suspects.clear();
        }
        self.suspects.insert(message, Suspect { at, times });
        if otherwise.is_some() {
            self.doubts += u32::from(before.is_none());
        }
        let in_doubt = others_go_out || otherwise.is_some() && self.doubts < DOUBTS;
        if self.stop.is_none() && in_doubt {
            let wait = DOUBT_WAIT.saturating_mul(1 << (times - 1).min(6)).min(LONGEST_WAIT);
            return Consequence::Returned(at.plus(wait));
        }
        self.halt(is_probe, reason, refusal, at);
        Consequence::Returned(at)
    }

    fn failed(&mut self, call: Call, class: Class, refusal: &Refusal) -> Consequence {
        let Call { is_probe, at, .. } = call;
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
        let (code, words) = (refusal.code.clone(), without_addresses(&refusal.text));
        match &mut self.stop {
            Some(_) if !is_probe => return,
            Some(stop) => (stop.reason, stop.code, stop.words) = (reason, code, words),
            None => {
                let next_probe = at.plus(FIRST_TRY);
                let Via { project, channel, connection, provider, .. } = self.via;
                let project = provider.map(|_| project);
                self.stop =
                    Some(Stop { connection, channel, project, since: at, reason, code, words, tries: 0, next_probe });
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

/// What a message fails with that is refused while others go out, if it is to blame at all. A limit that is reached is no
/// message's fault, and neither is a sign-in or an encryption: they come before the server knows anything of a message.
fn blame(reason: StopReason, otherwise: Option<FailureCode>, times: u32) -> Option<FailureCode> {
    match (reason, otherwise) {
        (StopReason::Quota | StopReason::Balance, _) => None,
        (_, Some(failure)) => Some(failure),
        (StopReason::SignIn | StopReason::Encryption, None) => None,
        (_, None) => (times >= CERTAIN).then_some(FailureCode::Account),
    }
}

/// The provider's words without email addresses and phone numbers: all projects' staff see them, and the log has them.
fn without_addresses(words: &str) -> String {
    let is_address = |word: &str| word.contains('@') || word.chars().filter(char::is_ascii_digit).count() >= 7;
    words.split_whitespace().map(|word| if is_address(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
