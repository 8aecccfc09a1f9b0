//! The product's functions, as the model calls them, with the mistakes of its variants.

use super::{Mistake, World};
use crate::{
    domain::{MessageId, Timestamp, message::Channel},
    server::{
        delivery::{
            Refusal, Transports,
            breaker::Breaker,
            worker::{
                Clock,
                answer::{self, Answer},
                writing::{self, Written},
            },
        },
        store::{
            Db, dialect,
            queue::{
                Lease,
                claim::{Job, claim_some},
                lanes::{self, Via},
                lost::{self, Lost},
                results::{self, Intent, Outcome},
            },
        },
    },
    tests::sending::world::BASE,
};
use sqlx::AssertSqlSafe;
use std::sync::atomic::{AtomicBool, Ordering};

/// The same database, which does not wait for its disk: a million steps commit as often.
#[cfg(not(feature = "postgres"))]
pub async fn without_a_disk(w: &mut World) {
    use crate::server::store;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
    let options: SqliteConnectOptions = w.url().parse().unwrap();
    let options = options.foreign_keys(true).synchronous(SqliteSynchronous::Off);
    let pool = |connections| SqlitePoolOptions::new().max_connections(connections);
    let read = pool(2).connect_with(options.clone()).await.unwrap();
    w.db = Db::new(read, pool(1).connect_with(options).await.unwrap());
    w.manager = store::projects::system(&w.db, w.project).await.unwrap();
}

/// Its temporary server does not wait in any case (scripts/postgres.sh).
#[cfg(feature = "postgres")]
pub async fn without_a_disk(_: &mut World) {}

/// Claims what is due of these channels; with `one`, a single message.
pub async fn claim(db: &Db, channels: &[Channel], one: bool, now: Timestamp) -> Vec<Job> {
    let mut lanes = lanes::due(db, now).await.unwrap();
    lanes.retain(|lane| channels.contains(&lane.via.channel));
    let most = if one { 1 } else { 6 };
    claim_some(db, &lanes, &[], 20, most, now).await.unwrap().jobs
}

pub fn breaker(via: Via) -> Breaker {
    Breaker::new(via)
}

/// Calls a provider that takes the message, or refuses it so.
pub async fn call(
    db: &Db,
    job: Job,
    refusal: Option<Refusal>,
    is_probe: bool,
    started: Timestamp,
    now: Timestamp,
) -> Answer {
    let (transports, memory) = Transports::memory(BASE).unwrap();
    if let Some(refusal) = refusal {
        memory.refuse(refusal);
    }
    let begins = AtomicBool::new(true);
    let clock = Clock::new(move || if begins.swap(false, Ordering::Relaxed) { started } else { now });
    answer::send(db, &transports, clock, job, is_probe, None).await
}

/// Writes results and begins attempts, as the worker does.
pub async fn write(db: &Db, mistake: Mistake, outcomes: &[Outcome], intents: &[Intent]) -> Written {
    match mistake {
        Mistake::None => writing::write(db, outcomes, intents).await,
        Mistake::NoGeneration => {
            let mut outcomes = outcomes.to_vec();
            for outcome in &mut outcomes {
                outcome.lease.generation = present_generation(db, outcome.lease.message).await;
            }
            writing::write(db, &outcomes, intents).await
        }
        Mistake::NoSplitting => match results::write(db, outcomes, intents).await {
            Ok(written) => Written { begun: written.begun, ..Written::default() },
            Err(error) => {
                assert!(dialect::is_about_rows(&error), "{error}");
                Written { begun: vec![false; intents.len()], refused: (0..outcomes.len()).collect(), postponed: true }
            }
        },
    }
}

async fn present_generation(db: &Db, id: MessageId) -> i32 {
    sqlx::query_scalar("select generation from message where id = $1").bind(id).fetch_one(db.read()).await.unwrap()
}

pub async fn lost(db: &Db, now: Timestamp) -> Vec<Lost> {
    lost::lost(db, 100, now).await.unwrap()
}

/// Settles lost claims, as the worker does.
pub async fn settle(db: &Db, mistake: Mistake, lost: &[Lost], now: Timestamp) {
    let given_up: Vec<_> = lost.iter().filter_map(|lost| answer::give_up(lost, now)).collect();
    let unbegun: Vec<_> = lost.iter().filter(|lost| lost.started.is_none()).map(|lost| lost.lease).collect();
    release(db, &unbegun, Some(now)).await;
    write(db, mistake, &given_up, &[]).await;
}

pub async fn release(db: &Db, leases: &[Lease], lost_before: Option<Timestamp>) {
    writing::release(db, leases, lost_before).await.unwrap();
}

/// From now on the database can refuse the results of single messages.
pub async fn prepare_poison(db: &Db) {
    #[cfg(not(feature = "postgres"))]
    let statements = [
        "create table poison (id blob primary key)",
        "create trigger poison before update of state on message
         when old.state = 1 and exists (select 1 from poison where id = new.id)
         begin select raise(abort, 'poison'); end",
    ];
    #[cfg(feature = "postgres")]
    let statements = [
        "create table poison (id uuid primary key)",
        "create function poison() returns trigger language plpgsql as $$ begin
            if exists (select 1 from poison where id = new.id) then raise exception 'poison'; end if;
            return new;
         end $$",
        "create trigger poison before update of state on message for each row
         when (old.state = 1) execute function poison()",
    ];
    execute(db, &statements).await;
}

pub async fn poison(db: &Db, id: MessageId) {
    let mut tx = db.begin().await.unwrap();
    let insert = "insert into poison (id) values ($1) on conflict do nothing";
    sqlx::query(insert).bind(id).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn heal(db: &Db) {
    execute(db, &["delete from poison"]).await;
}

/// A message is due, as if it were new; without a message, all of them.
pub async fn begin_anew(db: &Db, one: Option<MessageId>, now: Timestamp) {
    let due =
        "update message set state = 0, status = 0, scheduled_at = $1, due_at = $1, sent_at = null, failed_at = null,
            failure_code = null, failure_text = null, canceled_at = null, cancel_cause = null, canceled_by = null,
            cancel_batch = null, lease_until = null, generation = generation + 1, attempts = 0, first_attempt_at = null
         where id = $2 or $2 is null";
    let mut tx = db.begin().await.unwrap();
    for table in ["send_attempt", "message_event"] {
        let delete = format!("delete from {table} where message_id = $1 or $1 is null");
        sqlx::query(AssertSqlSafe(delete)).bind(one).execute(&mut *tx).await.unwrap();
    }
    sqlx::query(due).bind(now).bind(one).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn execute(db: &Db, statements: &[&str]) {
    let mut tx = db.begin().await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe((*statement).to_owned())).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}
