//! The second factor of people: an authenticator app and recovery codes.

use super::{Db, db::Tx, people, sessions};
use crate::domain::{AppResult, Timestamp, UserId};

/// The authenticator app of a person.
#[derive(Clone, sqlx::FromRow)]
pub struct Totp {
    /// Encrypted: for the session that sets it up, and once it is confirmed for the person.
    pub secret: Vec<u8>,
    pub created_at: Timestamp,
    /// None until a code has shown that it works.
    pub confirmed_at: Option<Timestamp>,
}

pub async fn totp(db: &Db, person: UserId) -> AppResult<Option<Totp>> {
    let totp = sqlx::query_as("select secret, created_at, confirmed_at from totp where person_id = $1")
        .bind(person)
        .fetch_optional(db.read())
        .await?;
    Ok(totp)
}

/// Whether a code is asked for when the person signs in.
pub async fn is_on(db: &Db, person: UserId) -> AppResult<bool> {
    let one: Option<i32> = sqlx::query_scalar("select 1 from totp where person_id = $1 and confirmed_at is not null")
        .bind(person)
        .fetch_optional(db.read())
        .await?;
    Ok(one.is_some())
}

/// Begins to set it up, with this secret in the place of one that was not confirmed. False where it is on already.
pub async fn begin(db: &Db, person: UserId, sealed: &[u8], now: Timestamp) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let begun = sqlx::query(
        "insert into totp (person_id, secret, created_at) values ($1, $2, $3)
         on conflict (person_id) do update set secret = excluded.secret, created_at = excluded.created_at
         where totp.confirmed_at is null",
    )
    .bind(person)
    .bind(sealed)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(begun.rows_affected() == 1)
}

/// Forgets what was begun and not confirmed.
pub async fn stop_setup(db: &Db, person: UserId) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from totp where person_id = $1 and confirmed_at is null")
        .bind(person)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// What turns it on.
pub struct Confirmed<'a> {
    pub person: UserId,
    /// The secret for which a code was right, encrypted as it was while it was set up, and as it is from now on.
    pub secret: [&'a [u8]; 2],
    /// The step of that code.
    pub step: i64,
    /// The hashes of the recovery codes.
    pub codes: &'a [Vec<u8>],
    /// The hash of the token of the session that asks.
    pub session: &'a [u8],
}

/// Turns it on, and ends the person's other sessions and what they have begun: the password alone led to these. False where the
/// secret is another one by now.
pub async fn confirm(db: &Db, confirmed: &Confirmed<'_>, now: Timestamp) -> AppResult<bool> {
    let Confirmed { person, secret: [before, secret], step, codes, session } = *confirmed;
    let mut tx = db.begin().await?;
    people::lock(&mut tx, person).await?;
    let changed = sqlx::query(
        "update totp set confirmed_at = $1, last_step = $2, secret = $3
         where person_id = $4 and confirmed_at is null and secret = $5",
    )
    .bind(now)
    .bind(step)
    .bind(secret)
    .bind(person)
    .bind(before)
    .execute(&mut *tx)
    .await?;
    let is_confirmed = changed.rows_affected() == 1;
    if is_confirmed {
        put_codes(&mut tx, person, codes).await?;
        sessions::end_all_but(&mut tx, person, session).await?;
        sessions::end_halves(&mut *tx, person).await?;
    }
    tx.commit().await?;
    Ok(is_confirmed)
}

/// Uses up the code of a step, and with it those before. False where that was done already.
pub async fn use_step(db: &Db, person: UserId, step: i64) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let used = sqlx::query(
        "update totp set last_step = $1 where person_id = $2 and confirmed_at is not null and last_step < $1",
    )
    .bind(step)
    .bind(person)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(used.rows_affected() == 1)
}

/// Uses up a recovery code. False where the person has none of this hash.
pub async fn use_recovery_code(db: &Db, person: UserId, hash: &[u8]) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let used = sqlx::query("delete from recovery_code where person_id = $1 and code_hash = $2")
        .bind(person)
        .bind(hash)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(used.rows_affected() == 1)
}

pub async fn codes_left(db: &Db, person: UserId) -> AppResult<u32> {
    let left: i64 = sqlx::query_scalar("select count(*) from recovery_code where person_id = $1")
        .bind(person)
        .fetch_one(db.read())
        .await?;
    Ok(u32::try_from(left).unwrap_or(0))
}

/// Puts recovery codes in the place of those before.
pub async fn replace_codes(db: &Db, person: UserId, codes: &[Vec<u8>]) -> AppResult<()> {
    let mut tx = db.begin().await?;
    put_codes(&mut tx, person, codes).await?;
    tx.commit().await?;
    Ok(())
}

async fn put_codes(tx: &mut Tx, person: UserId, codes: &[Vec<u8>]) -> sqlx::Result<()> {
    sqlx::query("delete from recovery_code where person_id = $1").bind(person).execute(&mut **tx).await?;
    for hash in codes {
        sqlx::query("insert into recovery_code (person_id, code_hash) values ($1, $2)")
            .bind(person)
            .bind(hash)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Turns it off, and forgets the recovery codes. False where there was nothing.
pub async fn remove(db: &Db, person: UserId) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    people::lock(&mut tx, person).await?;
    let removed = sqlx::query("delete from totp where person_id = $1").bind(person).execute(&mut *tx).await?;
    sqlx::query("delete from recovery_code where person_id = $1").bind(person).execute(&mut *tx).await?;
    sessions::end_halves(&mut *tx, person).await?;
    tx.commit().await?;
    Ok(removed.rows_affected() == 1)
}
