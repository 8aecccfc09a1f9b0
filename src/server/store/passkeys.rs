//! Passkeys of people.

use super::{Db, id::NewId};
use crate::domain::{AppResult, PasskeyId, Timestamp, UserId};

#[derive(Clone, sqlx::FromRow)]
pub struct Passkey {
    pub id: PasskeyId,
    pub person_id: UserId,
    pub name: String,
    /// JSON.
    pub passkey: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// The oldest first.
pub async fn list(db: &Db, person: UserId) -> AppResult<Vec<Passkey>> {
    let all = sqlx::query_as(
        "select id, person_id, name, passkey, created_at, used_at from passkey
         where person_id = $1 order by created_at, id",
    )
    .bind(person)
    .fetch_all(db.read())
    .await?;
    Ok(all)
}

pub async fn by_credential(db: &Db, credential: &[u8]) -> AppResult<Option<Passkey>> {
    let found = sqlx::query_as(
        "select id, person_id, name, passkey, created_at, used_at from passkey where credential_id = $1",
    )
    .bind(credential)
    .fetch_optional(db.read())
    .await?;
    Ok(found)
}

/// False where there is one of this credential already, of whomever.
pub async fn add(
    db: &Db,
    person: UserId,
    credential: &[u8],
    name: &str,
    passkey: &str,
    now: Timestamp,
) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let added = sqlx::query(
        "insert into passkey (id, person_id, credential_id, name, passkey, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (credential_id) do nothing",
    )
    .bind(PasskeyId::new())
    .bind(person)
    .bind(credential)
    .bind(name)
    .bind(passkey)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(added.rows_affected() == 1)
}

/// Remembers that it signed its person in, and what it is now: its counter rises. False where it was removed meanwhile.
pub async fn used(db: &Db, id: PasskeyId, passkey: &str, now: Timestamp) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let used = sqlx::query("update passkey set passkey = $1, used_at = $2 where id = $3")
        .bind(passkey)
        .bind(now)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(used.rows_affected() == 1)
}

/// The name of what was removed; None where the person has none of this id.
pub async fn remove(db: &Db, person: UserId, id: PasskeyId) -> AppResult<Option<String>> {
    let mut tx = db.begin().await?;
    let name = sqlx::query_scalar("delete from passkey where person_id = $1 and id = $2 returning name")
        .bind(person)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(name)
}

/// How many were removed.
pub async fn remove_all(db: &Db, person: UserId) -> AppResult<u64> {
    let mut tx = db.begin().await?;
    let removed = sqlx::query("delete from passkey where person_id = $1").bind(person).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(removed.rows_affected())
}
