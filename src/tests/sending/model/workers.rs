//! The three workers of the model: each holds what it claimed, the calls that it began, and the answers that it has not written.

use super::{Model, check::Violation, product};
use crate::{
    domain::{
        MessageId, Timestamp,
        connection::StopReason,
        message::{Channel, FailureCode},
    },
    server::{
        delivery::{Refusal, breaker::Breaker, retry::Class},
        store::queue::{
            self, LEASE, Lease,
            claim::Job,
            lanes::Via,
            results::{Intent, Outcome},
        },
    },
};

#[derive(Default)]
pub struct Worker {
    held: Vec<Held>,
    calls: Vec<Call>,
    /// Answers that are not written yet, those that the database refused among them.
    back: Vec<Outcome>,
    /// Of the connections that it has used.
    breakers: Vec<(Via, Breaker)>,
    /// How many of its turns it is suspended for.
    suspended: u32,
}

struct Held {
    job: Job,
    is_probe: bool,
}

struct Call {
    job: Job,
    is_probe: bool,
    started: Timestamp,
}

impl Worker {
    /// Whether it lets a turn pass.
    pub fn is_suspended(&mut self) -> bool {
        let is_suspended = self.suspended > 0;
        self.suspended = self.suspended.saturating_sub(1);
        is_suspended
    }

    fn leases(&self) -> Vec<Lease> {
        let held = self.held.iter().map(|held| held.job.lease);
        let calls = self.calls.iter().map(|call| call.job.lease);
        held.chain(calls).chain(self.back.iter().map(|outcome| outcome.lease)).collect()
    }

    pub fn knows(&self, id: MessageId) -> bool {
        self.leases().iter().any(|lease| lease.message == id)
    }

    fn breaker(&mut self, via: Via) -> &mut Breaker {
        let known = self.breakers.iter().position(|(known, _)| known.connection == via.connection);
        let index = known.unwrap_or_else(|| {
            self.breakers.push((via, product::breaker(via)));
            self.breakers.len() - 1
        });
        &mut self.breakers[index].1
    }

    fn is_paused(&self, channel: Channel) -> bool {
        self.breakers.iter().any(|(via, breaker)| via.channel == channel && breaker.stop().is_some())
    }
}

impl Model {
    /// Claims of the connections that are not paused, or one message to try one that is.
    pub async fn claim(&mut self, of: usize) -> Result<(), Violation> {
        let now = self.now;
        let worker = &mut self.workers[of];
        let due = worker.breakers.iter_mut().find(|(_, breaker)| breaker.wants_probe(now));
        let probed = due.map(|(via, breaker)| {
            breaker.learn(breaker.with_probe(now));
            via.channel
        });
        let open: Vec<Channel> =
            Channel::ALL.into_iter().filter(|channel| !self.workers[of].is_paused(*channel)).collect();
        let channels = probed.map_or(open, |channel| vec![channel]);
        let jobs = product::claim(&self.w.db, &channels, probed.is_some(), now).await;
        let names: Vec<_> = jobs.iter().map(|job| self.name(job.lease.message)).collect();
        self.tell(format!("worker {of} claims {names:?}{}", if probed.is_some() { " to try" } else { "" }));
        for job in jobs {
            self.note_claim(job.lease.message, job.lease.generation)?;
            self.workers[of].held.push(Held { job, is_probe: probed.is_some() });
        }
        Ok(())
    }

    /// Writes the answers that came, and begins some of what is held.
    pub async fn turn(&mut self, of: usize) -> Result<(), Violation> {
        let now = self.now;
        let outcomes = std::mem::take(&mut self.workers[of].back);
        let start = self.rng.usize(0..=4).min(self.workers[of].held.len());
        let jobs: Vec<Held> = self.workers[of].held.drain(..start).collect();
        let intents: Vec<Intent> =
            jobs.iter().map(|held| Intent { lease: held.job.lease, started: now, provider: "model" }).collect();
        let written = product::write(&self.w.db, self.mistake, &outcomes, &intents).await;
        let names: Vec<_> =
            outcomes.iter().map(|o| format!("{} {:?}", self.name(o.lease.message), o.verdict)).collect();
        self.tell(format!("worker {of} writes {names:?}, refused {:?}", written.refused));
        for (index, outcome) in outcomes.into_iter().enumerate() {
            // Some are given up, and left to their leases.
            if written.refused.contains(&index) && self.rng.u32(0..4) > 0 {
                self.workers[of].back.push(outcome);
            }
        }
        if written.postponed {
            self.workers[of].held.splice(0..0, jobs);
            return Ok(());
        }
        for (Held { job, is_probe }, began) in jobs.into_iter().zip(written.begun) {
            let Lease { message, generation, .. } = job.lease;
            let name = self.name(message);
            self.tell(format!("worker {of} begins {name} as {generation}: {began}"));
            if began {
                self.check_begin(message, generation).await?;
                self.workers[of].calls.push(Call { job, is_probe, started: now });
            }
        }
        Ok(())
    }

    /// A provider answers one call, in any way.
    pub async fn answer(&mut self, of: usize) -> Result<(), Violation> {
        let count = self.workers[of].calls.len();
        if count == 0 {
            return Ok(());
        }
        let call = self.workers[of].calls.swap_remove(self.rng.usize(0..count));
        let (arrives, refusal) = match self.rng.u32(0..100) {
            0..50 => (true, None),
            50..58 => (false, Some(Class::LATER)),
            58..68 => (false, Some(Class::Permanent(FailureCode::Rejected))),
            68..76 => (true, Some(Class::Ambiguous)),
            76..80 => (false, Some(Class::Ambiguous)),
            80..98 => (false, Some(Class::RECIPIENT_LATER)),
            _ => (false, Some(Class::Account { reason: StopReason::Quota, otherwise: None })),
        };
        self.finish_call(of, call, arrives, refusal).await;
        Ok(())
    }

    pub async fn answer_all(&mut self, of: usize) -> Result<(), Violation> {
        for call in std::mem::take(&mut self.workers[of].calls) {
            self.finish_call(of, call, true, None).await;
        }
        Ok(())
    }

    async fn finish_call(&mut self, of: usize, call: Call, arrives: bool, class: Option<Class>) {
        let Call { job, is_probe, started } = call;
        let Lease { message, generation, .. } = job.lease;
        if arrives {
            self.note_arrival(message, generation);
        }
        let name = self.name(message);
        self.tell(format!("worker {of} hears of {name} as {generation}: {class:?}, it arrived: {arrives}"));
        let via = job.via;
        let refusal =
            class.map(|class| Refusal { class, code: Some("450".into()), text: "450 as the model says".into() });
        let answer = product::call(&self.w.db, job, refusal, is_probe, started, self.now).await;
        let worker = &mut self.workers[of];
        let outcome = answer.judge(worker.breaker(via));
        // The model's workers do not tell each other.
        worker.breaker(via).saved();
        worker.back.push(outcome);
    }

    pub async fn beat(&mut self, of: usize) {
        let leases = self.workers[of].leases();
        self.tell(format!("worker {of} gives a sign of life for {}", leases.len()));
        queue::extend(&self.w.db, &leases, self.now.plus(LEASE)).await.unwrap();
    }

    /// Settles what others have lost.
    pub async fn search(&mut self, of: usize) -> Result<(), Violation> {
        let own = self.workers[of].leases();
        let mut lost = product::lost(&self.w.db, self.now).await;
        lost.retain(|lost| !own.contains(&lost.lease));
        let names: Vec<_> = lost.iter().map(|lost| self.name(lost.lease.message)).collect();
        self.tell(format!("worker {of} finds lost {names:?}"));
        product::settle(&self.w.db, self.mistake, &lost, self.now).await;
        Ok(())
    }

    /// It is gone; what it had begun may have arrived.
    pub fn crash(&mut self, of: usize) {
        let worker = std::mem::take(&mut self.workers[of]);
        for call in worker.calls {
            if self.rng.bool() {
                self.note_arrival(call.job.lease.message, call.job.lease.generation);
            }
        }
        self.tell(format!("worker {of} crashes"));
    }

    /// It stands still, with all that it holds, for as long as its leases last or much longer.
    pub fn suspend(&mut self, of: usize) {
        let turns = self.rng.u32(5..60);
        self.tell(format!("worker {of} is suspended for {turns} turns"));
        self.workers[of].suspended = turns;
    }

    /// It puts back what it has not begun.
    pub async fn put_back(&mut self, of: usize) {
        let leases: Vec<Lease> = self.workers[of].held.drain(..).map(|held| held.job.lease).collect();
        self.tell(format!("worker {of} puts back {}", leases.len()));
        product::release(&self.w.db, &leases, None).await;
    }
}
