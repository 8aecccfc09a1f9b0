//! A disk that is full for a while. SQLite only: PostgreSQL ends such transactions like any other.

use super::world::{NOW, World};
use crate::{
    domain::{message::Channel::Email, status::State},
    server::delivery::worker::step,
};

#[tokio::test]
async fn after_a_full_disk_writing_goes_on_without_a_restart() {
    let w = World::new().await;
    let id = w.due(Email).await;
    for _ in 0..2 {
        let mut tx = w.db.begin().await.unwrap();
        // As far as this connection goes, the disk ends here. The next one knows nothing of it: there is room again.
        sqlx::query("pragma max_page_count = 1").execute(&mut *tx).await.unwrap();
        let error = sqlx::query("insert into person (id, email, name, created_at) values (zeroblob(16), 'a', $1, 0)")
            .bind("x".repeat(1_000_000))
            .execute(&mut *tx)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
        drop(tx);
    }
    step(&w.db, &w.transports, NOW).await.unwrap();
    assert_eq!(w.stored(id).await.state, State::Sent);
}
