//! A result that the database refuses to write.

use super::world::{BASE, NOW, World};
use crate::{
    domain::{
        MessageId,
        message::Channel::{self, Email},
        status::State,
    },
    server::{
        delivery::{
            Transports,
            worker::{run, step},
        },
        store::queue::{LEASE, claim::claim},
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
    let statements = [format!(
        "create trigger poison before update of state on message when {change} and new.id = x'{}'
         begin select raise(abort, 'poison'); end",
        id.0.simple()
    )];
    #[cfg(feature = "postgres")]
    let statements = [
        "create function poison() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$"
            .to_owned(),
        format!(
            "create trigger poison before update of state on message for each row
             when ({change} and new.id = '{}') execute function poison()",
            id.0
        ),
    ];
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
    let worker = tokio::spawn(run(w.db.clone(), transports.into(), stopped));
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
    assert_eq!(claim(&w.db, &Channel::ALL, &[], 100, NOW).await.unwrap().jobs.len(), 9);
    poison(&w, ids[4], "new.state <> 1").await;
    step(&w.db, &w.transports, NOW.plus(LEASE + 1)).await.unwrap();
    assert_eq!((w.memory.sent().len(), w.count("state = 2").await), (8, 8));
    assert_eq!(w.stored(ids[4]).await.state, State::Sending);
}
