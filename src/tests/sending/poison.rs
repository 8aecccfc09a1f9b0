//! A result that the database refuses to write.

use super::world::{NOW, World};
use crate::{
    domain::{MessageId, message::Channel::Email, status::State},
    server::{delivery::worker::step, store::queue::LEASE},
};
use sqlx::AssertSqlSafe;

/// From now on this message can be claimed, and nothing else.
async fn poison(w: &World, id: MessageId) {
    #[cfg(not(feature = "postgres"))]
    let statements = [format!(
        "create trigger poison before update of state on message when new.state <> 1 and new.id = x'{}'
         begin select raise(abort, 'poison'); end",
        id.0.simple()
    )];
    #[cfg(feature = "postgres")]
    let statements = [
        "create function poison() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$"
            .to_owned(),
        format!(
            "create trigger poison before update of state on message for each row
             when (new.state <> 1 and new.id = '{}') execute function poison()",
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
    poison(&w, bad).await;
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
