//! A result that the database refuses to write.

use super::world::{BASE, NOW, World, claim_all};
use crate::{
    domain::{MessageId, ProjectId, Timestamp, message::Channel::Email, status::State},
    server::{
        delivery::{
            Transports,
            pulse::Pulse,
            worker::{run, step},
        },
        store::{
            id::NewId,
            queue::{
                LEASE,
                claim::{claim_some, first},
                lanes,
            },
        },
    },
};
use sqlx::AssertSqlSafe;
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// From now on the database refuses such changes of this message's state.
async fn poison(w: &World, id: MessageId, change: &str) {
    #[cfg(not(feature = "postgres"))]
    let this = format!("x'{}'", id.0.simple());
    #[cfg(feature = "postgres")]
    let this = format!("'{}'", id.0);
    refuse_changes(w, &format!("{change} and new.id = {this}")).await;
}

async fn refuse_changes(w: &World, change: &str) {
    #[cfg(not(feature = "postgres"))]
    let statements = [format!(
        "create trigger poison before update of state on message when {change}
         begin select raise(abort, 'poison'); end"
    )];
    #[cfg(feature = "postgres")]
    let statements = [
        "create function poison() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$"
            .to_owned(),
        format!(
            "create trigger poison before update of state on message for each row
             when ({change}) execute function poison()"
        ),
    ];
    execute(w, statements).await;
}

/// The database takes all again.
async fn heal(w: &World) {
    let on = if cfg!(feature = "postgres") { " on message" } else { "" };
    execute(w, [format!("drop trigger poison{on}")]).await;
}

async fn execute(w: &World, statements: impl IntoIterator<Item = String>) {
    let mut tx = w.db.begin().await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn one_result_that_cannot_be_written_stops_no_other() {
    let w = World::new().await;
    let ids = w.many_due(300).await;
    let bad = ids[137];
    poison(&w, bad, "new.state <> 1").await;
    while step(&w.db, &w.transports, NOW).await.unwrap() > 0 {}
    assert_eq!((w.memory.sent().len(), w.count("state = 2").await), (300, 299));
    assert_eq!(w.stored(bad).await.state, State::Sending);
    assert_eq!(w.outcomes(bad).await, [None]);

    // Later ones go on, also when its lease has run out and it can't even be given up.
    for later in [NOW, NOW.plus(LEASE + 1)] {
        let next = w.due(Email).await;
        step(&w.db, &w.transports, later).await.unwrap();
        assert_eq!(w.stored(next).await.state, State::Sent);
    }
    assert_eq!((w.memory.sent().len(), w.stored(bad).await.state), (302, State::Sending));
}

#[tokio::test]
async fn one_message_that_cannot_be_claimed_stops_no_other() {
    let w = World::new().await;
    let ids = w.many_due(130).await;
    poison(&w, ids[77], "old.state = 0").await;
    let (stop, stopped) = watch::channel(false);
    let (transports, memory) = Transports::memory(BASE).unwrap();
    let worker = tokio::spawn(run(w.db.clone(), transports.into(), stopped, Pulse::default()));
    let all = async {
        while w.count("state = 2").await < 129 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), all).await.unwrap();
    drop(stop);
    worker.await.unwrap();
    assert_eq!(memory.sent().len(), 129);
    assert_eq!(w.stored(ids[77]).await.state, State::Scheduled);
}

#[tokio::test]
async fn one_lost_claim_that_cannot_be_put_back_stops_no_other() {
    let w = World::new().await;
    let ids = w.many_due(9).await;
    assert_eq!(claim_all(&w.db, NOW).await.unwrap().jobs.len(), 9);
    poison(&w, ids[4], "new.state <> 1").await;
    step(&w.db, &w.transports, NOW.plus(LEASE + 1)).await.unwrap();
    assert_eq!((w.memory.sent().len(), w.count("state = 2").await), (8, 8));
    assert_eq!(w.stored(ids[4]).await.state, State::Sending);
}

/// As with a corrupt table, or one of a newer version: what is sent meanwhile could not be recorded, and would be sent again.
#[tokio::test(flavor = "multi_thread")]
async fn while_no_result_can_be_written_no_more_is_sent() {
    let w = World::new().await;
    w.many_due(60).await;
    refuse_changes(&w, "new.state not in (0, 1)").await;
    let (stop, stopped) = watch::channel(false);
    let (transports, memory) = Transports::memory(BASE).unwrap();
    let worker = tokio::spawn(run(w.db.clone(), transports.into(), stopped, Pulse::default()));
    // Each has been tried more often than one that the database refuses alone.
    sleep(Duration::from_secs(5)).await;
    assert!((10..=16).contains(&memory.calls()), "{}", memory.calls());
    heal(&w).await;
    let all = async {
        while w.count("state = 2").await < 60 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), all).await.unwrap();
    drop(stop);
    worker.await.unwrap();
    assert_eq!((memory.calls(), w.count("state = 2 and attempts = 1").await), (60, 60));
}

/// As where a library panics over the content of a message.
#[tokio::test]
async fn one_message_that_crashes_its_call_stops_no_other() {
    let w = World::new().await;
    let ids = w.many_due(30).await;
    let bad = ids[7];
    w.memory.refuse_by(move |mail| {
        assert_ne!(mail.message, Some(bad), "as a library does");
        None
    });
    let mut at = NOW;
    while w.count("state = 0").await > 0 {
        step(&w.db, &w.transports, at).await.unwrap();
        at = at.plus(15 * Timestamp::MINUTE);
    }
    let m = w.stored(bad).await;
    assert_eq!((m.state, m.failure_code.as_deref()), (State::Failed, Some("unconfirmed")));
    assert_eq!((w.memory.sent().len(), w.memory.calls()), (29, 31));
}

#[tokio::test]
async fn many_messages_that_cannot_be_claimed_stop_no_other() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let lanes = lanes::due(&w.db, NOW).await.unwrap();
    let others = |count: usize| (0..count).map(|_| (ProjectId::new(), MessageId::new())).collect::<Vec<_>>();
    let found = first(&w.db, &lanes, &others(2_000), NOW).await.unwrap();
    assert_eq!(found, Some((w.project, id)));
    // Fifty of a project stand for the project.
    for (count, expected) in [(49, found), (50, None)] {
        let skip: Vec<_> = (0..count).map(|_| (w.project, MessageId::new())).collect();
        assert_eq!(first(&w.db, &lanes, &skip, NOW).await.unwrap(), expected, "{count}");
    }
    // The worker rests after one that it could not claim.
    poison(&w, id, "old.state = 0").await;
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(0));
}

#[tokio::test]
async fn one_claim_for_a_probe_clears_away_what_may_not_be_sent() {
    let w = World::new().await;
    w.many_due(30).await;
    execute(&w, ["update customer set unsubscribed_at = 1".to_owned()]).await;
    for _ in 0..2 {
        w.due(Email).await;
    }
    let now = NOW.plus(Timestamp::SECOND);
    let lanes = lanes::due(&w.db, now).await.unwrap();
    let claimed = claim_some(&w.db, &lanes, &[], 100, 1, now).await.unwrap();
    assert_eq!((claimed.jobs.len(), claimed.handled), (1, 31));
    assert_eq!((w.count("state = 4").await, w.count("state = 1").await, w.count("state = 0").await), (30, 1, 1));
}
