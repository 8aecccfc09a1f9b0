//! A model check of sending: chance makes three workers, their deaths, staff, the clock and a database that refuses rows do
//! single steps upon the real queue, and after each step what must hold is checked. Two variants, each with a known mistake, must
//! be found out.
//!
//! MODEL_STEPS and MODEL_SEED choose how many steps are made, and which; only the jitter of the product's retries is not theirs.

mod check;
mod product;
mod staff;
mod workers;

use super::world::{NOW, World};
use crate::{
    domain::{
        BatchId, MessageId, Timestamp,
        message::Channel::{Email, Sms},
    },
    server::store::counters,
};
use check::{Ledger, Violation};
use fastrand::Rng;
use std::collections::VecDeque;
use workers::Worker;

const WORKERS: usize = 3;
/// Emails and SMS that there are at a time.
const EMAILS: usize = 12;
const SMS: usize = 5;
/// Then all that is open is brought to its end, and they begin anew.
const ROUND: u64 = 600;
/// How many of the last steps are told of a violation.
const TOLD: usize = 60;

/// A mistake that the check has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    None,
    /// A late result counts as one of the present claim.
    NoGeneration,
    /// A group with one row that the database refuses is not written at all.
    NoSplitting,
}

struct Model {
    w: World,
    rng: Rng,
    now: Timestamp,
    workers: Vec<Worker>,
    ids: Vec<MessageId>,
    ledger: Ledger,
    /// Cancels that can be undone.
    batches: Vec<BatchId>,
    mistake: Mistake,
    told: VecDeque<String>,
}

impl Model {
    async fn new(seed: u64, mistake: Mistake) -> Self {
        let mut w = World::new().await;
        product::without_a_disk(&mut w).await;
        let mut ids = Vec::new();
        for n in 0..EMAILS + SMS {
            ids.push(w.due(if n < EMAILS { Email } else { Sms }).await);
        }
        product::prepare_poison(&w.db).await;
        let workers = (0..WORKERS).map(|_| Worker::default()).collect();
        let (ledger, batches, told) = (Ledger::default(), Vec::new(), VecDeque::new());
        Self { w, rng: Rng::with_seed(seed), now: NOW, workers, ids, ledger, batches, mistake, told }
    }

    fn tell(&mut self, what: String) {
        if self.told.len() == TOLD {
            self.told.pop_front();
        }
        self.told.push_back(what);
    }

    fn any(&mut self) -> MessageId {
        let index = self.rng.usize(0..self.ids.len());
        self.ids[index]
    }

    /// The short name of a message.
    fn name(&self, id: MessageId) -> String {
        self.ids.iter().position(|known| *known == id).map_or_else(|| id.to_string(), |n| format!("m{n}"))
    }

    async fn run(&mut self, steps: u64) -> Result<(), Violation> {
        for n in 1..=steps {
            self.step().await?;
            self.look().await?;
            if n % ROUND == 0 || n == steps {
                self.finish().await?;
            }
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), Violation> {
        let of = self.rng.usize(0..WORKERS);
        if self.workers[of].is_suspended() {
            return Ok(());
        }
        match self.rng.u32(0..100) {
            0..14 => self.claim(of).await?,
            14..34 => self.turn(of).await?,
            34..56 => self.answer(of).await?,
            56..60 => self.beat(of).await,
            60..66 => self.search(of).await?,
            66..68 => self.crash(of),
            68 => self.put_back(of).await,
            69 => self.suspend(of),
            70..78 => {
                let ms = self.rng.i64(0..5 * Timestamp::SECOND);
                self.pass(ms);
            }
            78..81 => self.pass(Timestamp::MINUTE + Timestamp::SECOND),
            81..83 => self.pass(13 * Timestamp::MINUTE),
            83 => self.pass(Timestamp::HOUR),
            84 => {
                let id = self.any();
                self.tell(format!("the database refuses results of {}", self.name(id)));
                product::poison(&self.w.db, id).await;
                self.ledger.poisoned.insert(id);
            }
            85 => self.heal().await,
            86..92 => self.replace().await?,
            _ => self.staff().await?,
        }
        Ok(())
    }

    /// A message that has ended, and that no worker remembers, gives its place to a new one.
    async fn replace(&mut self) -> Result<(), Violation> {
        let id = self.any();
        let is_open = self.look().await?.iter().any(|m| m.id == id && m.is_open());
        if is_open || self.workers.iter().any(|worker| worker.knows(id)) {
            return Ok(());
        }
        self.check_end(id).await?;
        self.tell(format!("{} is a new message", self.name(id)));
        product::begin_anew(&self.w.db, Some(id), self.now).await;
        self.ledger.forget(id);
        Ok(())
    }

    fn pass(&mut self, ms: i64) {
        self.now = self.now.plus(ms);
        self.tell(format!("{ms} ms pass"));
    }

    async fn heal(&mut self) {
        if !self.ledger.poisoned.is_empty() {
            self.tell("the database takes all again".into());
            product::heal(&self.w.db).await;
            self.ledger.poisoned.clear();
        }
    }

    /// Brings all to an end: first while the database still refuses some, which must hold up no other, then those, too.
    async fn finish(&mut self) -> Result<(), Violation> {
        self.tell("the end of the round".into());
        for of in 0..WORKERS {
            if self.rng.bool() {
                self.crash(of);
            }
        }
        self.drain().await?;
        self.heal().await;
        self.drain().await?;
        self.check_ends().await?;
        let drift = counters::audit(&self.w.db, false).await.unwrap();
        if !drift.is_empty() {
            return Err(Violation(format!("the counters are wrong: {drift:?}")));
        }
        product::begin_anew(&self.w.db, None, self.now).await;
        self.workers = (0..WORKERS).map(|_| Worker::default()).collect();
        self.ledger = Ledger::default();
        self.batches.clear();
        Ok(())
    }

    /// Lets the workers work, without faults, until every message has ended that the database does not refuse.
    async fn drain(&mut self) -> Result<(), Violation> {
        for _ in 0..300 {
            let seen = self.look().await?.into_iter();
            let open: Vec<_> = seen.filter(|m| m.is_open() && !self.ledger.poisoned.contains(&m.id)).collect();
            let Some(first) = open.iter().map(|m| m.due_at).min() else { return Ok(()) };
            let waits = open.iter().all(|m| m.is_waiting());
            self.pass(if waits { (first.0 - self.now.0).max(1_000) } else { 10 * Timestamp::SECOND });
            for of in 0..WORKERS {
                self.search(of).await?;
                self.claim(of).await?;
                self.turn(of).await?;
                self.answer_all(of).await?;
                self.turn(of).await?;
                self.look().await?;
            }
        }
        let open: Vec<_> = self.look().await?.into_iter().filter(|m| m.is_open()).collect();
        Err(Violation(format!("messages do not come to an end: {open:?}, refused {:?}", self.ledger.poisoned)))
    }
}

/// The seed, and how many steps are made.
fn chosen(usual: u64) -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    (number("MODEL_SEED").unwrap_or(20_261_127), number("MODEL_STEPS").unwrap_or(usual))
}

async fn run(seed: u64, steps: u64, mistake: Mistake) -> Result<(), String> {
    let mut model = Model::new(seed, mistake).await;
    let Err(Violation(what)) = model.run(steps).await else { return Ok(()) };
    let told: Vec<_> = model.told.iter().map(String::as_str).collect();
    Err(format!("{what}\nMODEL_SEED={seed}; the last steps were\n  {}", told.join("\n  ")))
}

#[tokio::test]
async fn nothing_is_lost_or_doubled() {
    let (seed, steps) = chosen(if cfg!(feature = "postgres") { 4_000 } else { 20_000 });
    run(seed, steps, Mistake::None).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test]
async fn without_the_generation_it_fails() {
    let violation = run(chosen(0).0, 400_000, Mistake::NoGeneration).await.unwrap_err();
    assert!(violation.contains("sent again"), "{violation}");
}

#[tokio::test]
async fn without_splitting_it_fails() {
    let violation = run(chosen(0).0, 20_000, Mistake::NoSplitting).await.unwrap_err();
    assert!(violation.contains("do not come to an end"), "{violation}");
}
