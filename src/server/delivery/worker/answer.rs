//! A call to a provider, and what its answer means for the message.

use super::{CALL, Clock, LATE};
use crate::{
    domain::{CustomerId, Timestamp, message::Channel},
    server::{
        delivery::{
            Receipt, Refusal, Transports,
            breaker::{Breaker, Call, Consequence},
            evidence::Evidence,
            retry::{self, Class, History, Next},
        },
        metrics::{self, Ended},
        store::{
            Db,
            queue::{
                Lease,
                claim::Job,
                lanes::Via,
                lost::Lost,
                results::{self, Outcome, Verdict},
            },
        },
    },
};
use chrono_tz::Tz;
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Instant};
use tokio::time::{sleep_until, timeout};

/// Why a message is put back whose turn under a limit was over: with others it could have been too many within a second.
const MISSED: &str = "The provider was not asked: its turn within the limit had passed";

/// What a provider said to a message.
pub struct Answer {
    pub lease: Lease,
    customer: CustomerId,
    zone: Tz,
    pub via: Via,
    provider: &'static str,
    history: History,
    is_probe: bool,
    started: Timestamp,
    pub at: Timestamp,
    /// None where its turn had passed before it could begin.
    result: Option<Result<Receipt, Refusal>>,
    evidence: Option<results::Evidence>,
}

/// Calls the provider, at `start` where limits give the message a turn.
pub async fn send(
    db: &Db,
    transports: &Transports,
    clock: Clock,
    job: Job,
    is_probe: bool,
    start: Option<Instant>,
) -> Answer {
    if let Some(start) = start {
        sleep_until(start.into()).await;
    }
    let is_late = start.is_some_and(|start| start + LATE < Instant::now());
    let started = clock.now();
    let _calling = metrics::calling(job.via.channel);
    // It outlives a call that is given up.
    let mut evidence = Evidence::default();
    match job.via.channel {
        Channel::Email => evidence.hide_address(&job.mail.recipient),
        Channel::Sms => evidence.hide_number(&job.mail.recipient),
    }
    let result = if is_late {
        None
    } else {
        let call = transports.attempt(db, &job.via, &job.mail, started, &mut evidence);
        let unknown = |text: &str| Err(Refusal { class: Class::Ambiguous, code: None, text: text.to_owned() });
        // A message that makes a library panic must not take the others along.
        let result = match timeout(CALL, AssertUnwindSafe(call).catch_unwind()).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => unknown("The program has crashed while it sent this message"),
            Err(_) => unknown("No answer from the provider in time"),
        };
        // Staff read these words in the timeline, too, and the failure's text.
        Some(match result {
            Ok(receipt) => Ok(Receipt { text: evidence.redacted(&receipt.text), ..receipt }),
            Err(refusal) => Err(Refusal { text: evidence.redacted(&refusal.text), ..refusal }),
        })
    };
    let history =
        History { attempts: job.attempts, first_attempt: job.first_attempt, was_ambiguous: job.was_ambiguous };
    let Job { lease, customer, zone, via, .. } = job;
    let provider = transports.provider(&via);
    let evidence = evidence.finish();
    Answer { lease, customer, zone, via, provider, history, is_probe, started, at: clock.now(), result, evidence }
}

impl Answer {
    pub fn is_sent(&self) -> bool {
        matches!(self.result, Some(Ok(_)))
    }

    /// Also tells the connection's breaker.
    pub fn judge(self, breaker: &mut Breaker) -> Outcome {
        let Self { lease, customer, zone, via, provider, history, is_probe, started, at, result, evidence } = self;
        let call = Call { message: lease.message, is_probe, started, at };
        let verdict = match result {
            None => Verdict::Returned { due: at, code: None, text: MISSED.into() },
            Some(Ok(Receipt { provider_id, text })) => {
                breaker.answered_well(call);
                Verdict::Sent { provider_id, text }
            }
            Some(Err(refusal)) => {
                metrics::refusal(via.channel, refusal.class.owner(), refusal.class.code());
                match breaker.refused(call, &refusal) {
                    Consequence::Usual(class) => verdict(Refusal { class, ..refusal }, via.channel, history, at),
                    Consequence::Returned(due) => Verdict::Returned { due, code: refusal.code, text: refusal.text },
                }
            }
        };
        let ended = match &verdict {
            Verdict::Sent { .. } => Ended::Sent,
            Verdict::Deferred { .. } => Ended::Deferred,
            Verdict::Failed { .. } => Ended::Failed,
            Verdict::Returned { .. } => Ended::Returned,
        };
        metrics::ended(via.channel, provider, ended);
        tracing::debug!(message = %lease.message, provider, ?ended, ms = at.0 - started.0, "an attempt has ended");
        Outcome { lease, customer, zone, started, at, verdict, evidence, lost_before: None }
    }
}

fn verdict(refusal: Refusal, channel: Channel, history: History, at: Timestamp) -> Verdict {
    let Refusal { class, code, text } = refusal;
    let ambiguous = class == Class::Ambiguous;
    match retry::next(class, channel, history, at, random()) {
        Some(Next::Retry(due)) => Verdict::Deferred { due, ambiguous, code, text },
        Some(Next::Fail(failure)) => Verdict::Failed { failure, ambiguous, code, text },
        None => Verdict::Returned { due: at, code, text },
    }
}

/// The outcome of an attempt whose worker is gone: ambiguous. None if it was not started.
pub fn give_up(lost: &Lost, now: Timestamp) -> Option<Outcome> {
    let Lost { lease, customer, channel, zone, attempts, first_attempt, started, was_ambiguous } = *lost;
    let started = started?;
    let refusal = Refusal {
        class: Class::Ambiguous,
        code: None,
        text: "The sending process ended before the provider's answer was known".into(),
    };
    let verdict = verdict(refusal, channel, History { attempts, first_attempt, was_ambiguous }, now);
    Some(Outcome { lease, customer, zone, started, at: now, verdict, evidence: None, lost_before: Some(now) })
}

/// From 0 to below 1.
fn random() -> f64 {
    let mut bytes = [0; 4];
    // Without random bytes, the longest delay is the safe one.
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 1.0 - f64::EPSILON,
    }
}
