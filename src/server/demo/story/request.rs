//! One request of the demo, from its first message to its review or to whatever else ended it.

use super::{Attempt, Customer, Event, Plan, Request, Review, Teller};
use crate::{
    domain::{
        AppResult, BatchId, EventId, MessageId, RequestId, ReviewId, Timestamp,
        message::{CancelCause, Channel, EventKind, FailureCode, Template},
        schedule,
        status::{Facts, Signal},
        timeline::Detail,
        visit::Machine,
    },
    server::{
        demo::{ZONE, texts},
        store::new_message::{Canceled, NewMessage, Past},
    },
};

/// Days between a request and its reminders.
const DAYS: u16 = 3;

/// Why the remaining messages of a request are not sent.
#[derive(Clone, Copy)]
struct Stop {
    at: Timestamp,
    cause: CancelCause,
    batch: Option<BatchId>,
}

/// A request whose messages are being created.
struct Thread {
    id: RequestId,
    by_staff: bool,
    created: Timestamp,
    stop: Option<Stop>,
    review: Option<(Timestamp, i16, Channel)>,
}

/// A planned message of a request.
#[derive(Clone, Copy)]
struct Step {
    channel: Channel,
    template: Template,
    reminder: i16,
    created: Timestamp,
    at: Timestamp,
}

impl Teller<'_> {
    pub(super) fn request(&mut self, customer: &mut Customer, plan: &Plan) -> AppResult<()> {
        customer.last_number += 1;
        let id = RequestId(self.chance.id(plan.created));
        let by_staff = self.chance.happens(0.6);
        let by = by_staff.then_some(self.owner);
        let Plan { created, .. } = *plan;
        self.story.requests.push(Request { id, customer: customer.id, number: customer.last_number, created, by });

        let steps = self.steps(plan);
        let stop = self.stop(customer, plan, &steps);
        let mut thread = Thread { id, by_staff, created, stop, review: None };
        for step in &steps {
            self.message(customer, &mut thread, step)?;
        }
        self.thank(customer, &mut thread)
    }

    /// In the order of sending.
    fn steps(&mut self, plan: &Plan) -> Vec<Step> {
        let times = schedule::sequence(&ZONE, plan.at, &vec![DAYS; plan.reminders.into()]);
        let mut steps = Vec::new();
        for (reminder, at) in (0_i16..).zip(times) {
            let at = self.not_soon(at);
            let template = if reminder == 0 { Template::Request } else { Template::Reminder };
            steps.extend(plan.channels.iter().map(|&channel| Step {
                channel,
                template,
                reminder,
                created: plan.created,
                at,
            }));
        }
        steps
    }

    /// The customer leaves, or staff cancel the remaining messages of a request.
    fn stop(&mut self, customer: &Customer, plan: &Plan, steps: &[Step]) -> Option<Stop> {
        let left = |at: Option<Timestamp>, cause| at.map(|at| Stop { at, cause, batch: None });
        let last = steps.last().map_or(plan.at, |step| step.at);
        let changed_mind = self.chance.happens(0.09).then(|| {
            let at = plan.created.plus(self.chance.between(Timestamp::MINUTE, (last.0 - plan.created.0).max(120_000)));
            Stop { at, cause: CancelCause::Staff, batch: Some(BatchId(self.chance.id(at))) }
        });
        [
            left(customer.unsubscribed, CancelCause::Unsubscribed),
            left(customer.archived, CancelCause::Archived),
            changed_mind,
        ]
        .into_iter()
        .flatten()
        .filter(|stop| stop.at <= self.now)
        .min_by_key(|stop| stop.at)
    }

    fn message(&mut self, customer: &mut Customer, thread: &mut Thread, step: &Step) -> AppResult<()> {
        let id = MessageId(self.chance.id(step.created));
        let created_by_staff = thread.by_staff && step.created == thread.created;
        self.event(id, EventKind::Created, step.created, created_by_staff, None);
        let stop = thread.stop.filter(|stop| stop.at <= step.at);
        let past = match stop {
            Some(stop) => self.canceled(id, stop),
            None if step.at > self.now => Past::default(),
            None => self.sent(id, customer, thread, step),
        };
        let past = Past { machine_opened: self.machine_opened.take(), ..past };
        let token = Self::token()?;
        let recipient = if step.channel == Channel::Email { &customer.email } else { &customer.phone };
        self.story.messages.push(NewMessage {
            id,
            customer: customer.id,
            request: thread.id,
            location: customer.location.map(|(id, _)| id),
            channel: step.channel,
            template: step.template,
            reminder: step.reminder,
            recipient: recipient.clone(),
            scheduled: step.at,
            day: Self::day(past.facts.sent.unwrap_or(step.at)),
            created: step.created,
            content: self.content(customer, step.template, step.channel, &token)?,
            why: String::new(),
            token,
            past,
        });
        Ok(())
    }

    fn canceled(&mut self, id: MessageId, Stop { at, cause, batch }: Stop) -> Past {
        let staff = cause == CancelCause::Staff;
        let detail = (!staff).then_some(Detail::Cause(cause));
        self.event(id, EventKind::Canceled, at, staff, detail);
        Past {
            facts: Facts { canceled: Some(at), ..Facts::default() },
            canceled: Some(Canceled { cause, by: staff.then_some(self.owner), batch }),
            ..Past::default()
        }
    }

    fn sent(&mut self, id: MessageId, customer: &mut Customer, thread: &mut Thread, step: &Step) -> Past {
        let started = step.at;
        let mut generation = 1;
        let mut at = started.plus(self.chance.between(400, 2_500)).min(self.now);
        if self.chance.happens(0.045) {
            return self.failed(id, step, at);
        }
        if self.chance.happens(0.03) && started.plus(3 * Timestamp::MINUTE) < self.now {
            let words = *self.chance.pick(&texts::DEFERRALS);
            self.attempt(id, step.channel, 1, started, at, ("deferred", Some(&words[..3]), words));
            generation = 2;
            let again = at.plus(self.chance.between(5_000, 90_000));
            at = again.plus(900);
            self.attempt(id, step.channel, 2, again, at, ("sent", None, "Written to the outbox"));
        } else {
            self.attempt(id, step.channel, 1, started, at, ("sent", None, "Written to the outbox"));
        }
        customer.last_messaged = customer.last_messaged.max(Some(at));
        let mut facts = Facts::default().with(Signal::Sent, at);
        if step.channel == Channel::Sms && self.chance.happens(0.9) {
            facts = self.signal(id, facts, Signal::Delivered, at.plus(3_000));
        }
        if matches!(step.template, Template::Request | Template::Reminder) {
            facts = self.followed(id, customer, thread, step, facts);
        } else if step.channel == Channel::Email && self.chance.happens(0.7) {
            let opened = at.plus(self.chance.wait(6 * Timestamp::HOUR));
            facts = self.signal(id, facts, Signal::Opened, opened);
        }
        Past { facts, attempts: generation, first_attempt: Some(started), ..Past::default() }
    }

    fn failed(&mut self, id: MessageId, step: &Step, at: Timestamp) -> Past {
        let turn = &mut self.failures[step.channel as usize];
        let known: Vec<_> = texts::FAILURES.iter().filter(|(channel, ..)| *channel == step.channel).collect();
        let &&(_, failure, code, words) = &known[*turn % known.len()];
        *turn += 1;
        let code = Some(code).filter(|code| !code.is_empty());
        let outcome = if failure == FailureCode::Unconfirmed { "ambiguous" } else { "failed" };
        let next_day = step.at.plus(Timestamp::DAY - 5 * Timestamp::MINUTE);
        let (attempts, at) = if failure == FailureCode::Unreachable && next_day < self.now {
            self.attempt(id, step.channel, 1, step.at, at, ("deferred", code, words));
            self.attempt(id, step.channel, 2, next_day, next_day, (outcome, code, words));
            (2, next_day)
        } else {
            self.attempt(id, step.channel, 1, step.at, at, (outcome, code, words));
            (1, at)
        };
        Past {
            facts: Facts::default().with(Signal::Failed, at),
            failure: Some((failure, words.to_owned())),
            attempts,
            first_attempt: Some(step.at),
            ..Past::default()
        }
    }

    /// Whether the message was opened and clicked, and what the customer did after the click.
    fn followed(
        &mut self,
        id: MessageId,
        customer: &Customer,
        thread: &mut Thread,
        step: &Step,
        mut facts: Facts,
    ) -> Facts {
        let sent = facts.sent.unwrap_or(step.at);
        let mut seen = sent.plus(self.chance.wait(40 * Timestamp::MINUTE));
        if step.channel == Channel::Email {
            if self.chance.happens(0.15) {
                let prefetched = sent.plus(self.chance.between(800, 9_000));
                self.machine_open(id, prefetched);
            }
            if !self.chance.happens(0.6) {
                return facts;
            }
            seen = sent.plus(self.chance.wait(5 * Timestamp::HOUR) + 20_000);
            facts = self.signal(id, facts, Signal::Opened, seen);
            if self.chance.happens(0.012) {
                return self.signal(id, facts, Signal::Complained, seen.plus(2 * Timestamp::MINUTE));
            }
        }
        if !self.chance.happens(if step.channel == Channel::Email { 0.48 } else { 0.34 }) {
            return facts;
        }
        let clicked = seen.plus(self.chance.between(4_000, 90_000));
        facts = self.signal(id, facts, Signal::Clicked, clicked);
        let reviewed = clicked.plus(self.chance.between(30_000, 6 * Timestamp::MINUTE));
        let gone = thread.stop.is_some_and(|stop| stop.at < reviewed && stop.cause != CancelCause::Staff);
        if thread.review.is_none() && !gone && reviewed <= self.now && self.chance.happens(0.78) {
            self.review(id, customer, thread, step.channel, reviewed);
        }
        facts
    }

    fn review(
        &mut self,
        message: MessageId,
        customer: &Customer,
        thread: &mut Thread,
        channel: Channel,
        at: Timestamp,
    ) {
        let stars = self.chance.weighted(&[(5_i16, 50), (4, 26), (3, 10), (2, 7), (1, 7)]).unwrap_or(5);
        let text = self.chance.pick(texts::REVIEWS[stars as usize - 1]);
        let id = ReviewId(self.chance.id(at));
        let request = thread.id;
        self.story.reviews.push(Review { id, customer: customer.id, message, request, stars, text, created: at });
        self.event(message, EventKind::Reviewed, at, false, Some(Detail::Stars(stars)));
        thread.review = Some((at, stars, channel));
        if thread.stop.is_none_or(|stop| at < stop.at) {
            thread.stop = Some(Stop { at, cause: CancelCause::Reviewed, batch: None });
        }
    }

    /// Thanks an hour after most reviews, through the channel of the message that led to the review.
    fn thank(&mut self, customer: &mut Customer, thread: &mut Thread) -> AppResult<()> {
        let Some((reviewed, stars, channel)) = thread.review else { return Ok(()) };
        let at = reviewed.plus(Timestamp::HOUR);
        let gone = customer.unsubscribed.into_iter().chain(customer.archived).any(|left| left <= at);
        if gone || at > self.now || !self.chance.happens(0.6) {
            return Ok(());
        }
        let template = if stars >= 4 { Template::ThanksPositive } else { Template::ThanksNegative };
        thread.stop = None;
        self.message(customer, thread, &Step { channel, template, reminder: 0, created: reviewed, at })
    }

    /// Adds a signal, unless it would be in the future.
    fn signal(&mut self, id: MessageId, facts: Facts, signal: Signal, at: Timestamp) -> Facts {
        if at > self.now {
            return facts;
        }
        let kind = match signal {
            Signal::Sent => EventKind::Sent,
            Signal::Delivered => EventKind::Delivered,
            Signal::Opened => EventKind::Opened,
            Signal::Clicked => EventKind::Clicked,
            Signal::Failed => EventKind::Failed,
            Signal::Complained => EventKind::Complained,
        };
        self.event(id, kind, at, false, None);
        facts.with(signal, at)
    }

    fn attempt(
        &mut self,
        message: MessageId,
        channel: Channel,
        generation: i32,
        started: Timestamp,
        finished: Timestamp,
        (outcome, code, detail): (&'static str, Option<&'static str>, &'static str),
    ) {
        let kind = match outcome {
            "sent" => EventKind::Sent,
            "deferred" => EventKind::Deferred,
            _ => EventKind::Failed,
        };
        self.event(message, EventKind::Attempted, started, false, None);
        self.event(message, kind, finished, false, Some(Detail::Words(detail.to_owned())));
        self.story.attempts.push(Attempt { message, generation, started, finished, outcome, code, detail, channel });
    }

    fn machine_open(&mut self, message: MessageId, at: Timestamp) {
        if at <= self.now {
            self.machine_opened = Some(at);
            self.event(message, EventKind::Opened, at, false, Some(Detail::Machine(Machine::PrivacyProxy, None)));
            if let Some(event) = self.story.events.last_mut() {
                event.machine = true;
            }
        }
    }

    fn event(&mut self, message: MessageId, kind: EventKind, at: Timestamp, by_staff: bool, detail: Option<Detail>) {
        let id = EventId(self.chance.id(at));
        self.story.events.push(Event { message, id, at, kind, by_staff, detail, machine: false });
    }
}
