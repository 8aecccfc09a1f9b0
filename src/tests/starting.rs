//! What a person reads when the program cannot start.

use super::database;
use crate::server::store;

/// Opens the database at `url`, which must fail, and returns the sentence.
async fn refused(url: &str) -> String {
    match store::open(url).await {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_named() {
    let fresh = database::fresh().await;
    let mut tx = fresh.db.begin().await.unwrap();
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         select 9999, description, success, checksum, execution_time from _sqlx_migrations where version = 1",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let sentence = refused(&fresh.url).await;
    assert!(sentence.contains("newer release") && sentence.contains("Run that release"), "{sentence}");
}

#[tokio::test]
async fn a_database_with_other_migrations_is_named() {
    let fresh = database::fresh().await;
    let mut tx = fresh.db.begin().await.unwrap();
    sqlx::query("update _sqlx_migrations set checksum = $1").bind(vec![0_u8]).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let sentence = refused(&fresh.url).await;
    assert!(sentence.contains("another build"), "{sentence}");
}

#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn a_file_that_cannot_be_written_is_named() {
    let fresh = database::fresh().await;
    // The tests may run as root, who may write everywhere: so the file is opened only for reading.
    let sentence = refused(&format!("{}?mode=ro", fresh.url)).await;
    assert!(sentence.contains("cannot be opened for writing"), "{sentence}");
    let sentence = refused("sqlite:/no/such/folder/review-messages.db").await;
    assert!(sentence.contains("cannot be opened for writing"), "{sentence}");

    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "This is not a database, but a text that is longer than the header of one.".repeat(20))
        .unwrap();
    let sentence = refused(&format!("sqlite:{}", text.display())).await;
    assert!(sentence.contains("cannot be opened") && sentence.contains("not a database"), "{sentence}");
}
