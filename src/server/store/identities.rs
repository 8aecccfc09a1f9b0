//! Who somebody is to an identity provider.

use super::Db;
use crate::domain::{AppResult, Timestamp, UserId};

/// The person whom the provider `issuer` calls `subject`.
pub async fn person(db: &Db, issuer: &str, subject: &str) -> AppResult<Option<UserId>> {
    let found = sqlx::query_scalar("select person_id from identity where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .fetch_optional(db.read())
        .await?;
    Ok(found)
}

/// Remembers that `subject` is this person. False where the person is somebody else to the provider, or `subject` is another person.
pub async fn add(db: &Db, issuer: &str, subject: &str, person: UserId, now: Timestamp) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let added = sqlx::query(
        "insert into identity (issuer, subject, person_id, created_at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(issuer)
    .bind(subject)
    .bind(person)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(added.rows_affected() == 1)
}

/// Forgets who a person is to all providers: the next of them who signs in with the person's address is the person. Returns how many
/// there were.
pub async fn forget(db: &Db, person: UserId) -> AppResult<u64> {
    let mut tx = db.begin().await?;
    let removed = sqlx::query("delete from identity where person_id = $1").bind(person).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(removed.rows_affected())
}
