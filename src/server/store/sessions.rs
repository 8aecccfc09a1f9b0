//! Where people are signed in, and the sign-ins that are half done.

use super::{
    Db,
    db::{Engine, Tx},
    id::NewId,
    people::{self, Person},
};
use crate::domain::{AppResult, SessionId, Timestamp, UserId};

/// A session that begins.
pub struct NewSession<'a> {
    /// As they were when they began to prove who they are.
    pub person: &'a Person,
    pub token_hash: &'a [u8],
    /// The browser in words.
    pub browser: &'a str,
    pub expires: Timestamp,
}

#[derive(Clone, sqlx::FromRow)]
pub struct Session {
    pub id: SessionId,
    pub token_hash: Vec<u8>,
    pub browser: String,
    pub created_at: Timestamp,
    /// 0 where it is not known.
    pub used_at: Timestamp,
}

/// Starts a session that replaces that of the token `before`, and deletes the person's expired sessions. False where the password or
/// two-factor sign-in was changed meanwhile.
pub async fn start(db: &Db, new: &NewSession<'_>, before: Option<&[u8]>, now: Timestamp) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    if !people::signs_in_as(&mut tx, new.person).await? {
        return Ok(false);
    }
    sqlx::query("delete from session where token_hash = $1 or (person_id = $2 and expires_at <= $3)")
        .bind(before.unwrap_or_default())
        .bind(new.person.id)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "insert into session (token_hash, id, person_id, browser, created_at, used_at, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(new.token_hash)
    .bind(SessionId::new())
    .bind(new.person.id)
    .bind(new.browser)
    .bind(now)
    .bind(new.expires)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// The one that was used last comes first.
pub async fn list(db: &Db, person: UserId, now: Timestamp) -> AppResult<Vec<Session>> {
    let sessions = sqlx::query_as(
        "select id, token_hash, browser, created_at, used_at from session
         where person_id = $1 and expires_at > $2 order by used_at desc, created_at desc, id",
    )
    .bind(person)
    .bind(now)
    .fetch_all(db.read())
    .await?;
    Ok(sessions)
}

pub async fn of_token(db: &Db, token_hash: &[u8]) -> AppResult<Option<Session>> {
    let session =
        sqlx::query_as("select id, token_hash, browser, created_at, used_at from session where token_hash = $1")
            .bind(token_hash)
            .fetch_optional(db.read())
            .await?;
    Ok(session)
}

/// Remembers that a session is used.
pub async fn used(db: &Db, token_hash: &[u8], now: Timestamp) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("update session set used_at = $1 where token_hash = $2 and used_at < $1")
        .bind(now)
        .bind(token_hash)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Ends the session of a token.
pub async fn end(db: &Db, token_hash: &[u8]) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from session where token_hash = $1").bind(token_hash).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends one session of a person. False where they have none of this id.
pub async fn end_one(db: &Db, person: UserId, id: SessionId) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let ended = sqlx::query("delete from session where person_id = $1 and id = $2")
        .bind(person)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends all sessions of a person but that of the token `keep`; returns how many.
pub async fn end_others(db: &Db, person: UserId, keep: &[u8]) -> AppResult<u64> {
    let mut tx = db.begin().await?;
    let ended = end_all_but(&mut tx, person, keep).await?;
    tx.commit().await?;
    Ok(ended)
}

/// The same in a transaction; `keep` is empty where none is to stay.
pub(super) async fn end_all_but(tx: &mut Tx, person: UserId, keep: &[u8]) -> sqlx::Result<u64> {
    let ended = sqlx::query("delete from session where person_id = $1 and token_hash <> $2")
        .bind(person)
        .bind(keep)
        .execute(&mut **tx)
        .await?;
    Ok(ended.rows_affected())
}

/// Gives a session another token: what was copied of the browser's cookie is of no use any more.
pub(super) async fn replace_token(tx: &mut Tx, before: &[u8], token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query("update session set token_hash = $1 where token_hash = $2")
        .bind(token_hash)
        .bind(before)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Who has given the first factor, and where signing in leads to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Half {
    pub person_id: UserId,
    pub next: String,
}

/// Keeps that the browser with a token has given the first factor of a person, as they were when they began. Deletes what has
/// expired. False where the password or two-factor sign-in was changed meanwhile.
pub async fn add_half(
    db: &Db,
    token_hash: &[u8],
    person: &Person,
    next: &str,
    now: Timestamp,
    expires: Timestamp,
) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    if !people::signs_in_as(&mut tx, person).await? {
        return Ok(false);
    }
    sqlx::query("delete from half_sign_in where expires_at <= $1").bind(now).execute(&mut *tx).await?;
    sqlx::query("insert into half_sign_in (token_hash, person_id, next, expires_at) values ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(person.id)
        .bind(next)
        .bind(expires)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

pub async fn half(db: &Db, token_hash: &[u8], now: Timestamp) -> AppResult<Option<Half>> {
    let half = sqlx::query_as("select person_id, next from half_sign_in where token_hash = $1 and expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .fetch_optional(db.read())
        .await?;
    Ok(half)
}

/// Uses up a half sign-in. False where another request did so before.
pub async fn end_half(db: &Db, token_hash: &[u8]) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let ended =
        sqlx::query("delete from half_sign_in where token_hash = $1").bind(token_hash).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends what a person has begun, so that it must begin anew.
pub(super) async fn end_halves<'a>(db: impl sqlx::Executor<'a, Database = Engine>, person: UserId) -> sqlx::Result<()> {
    sqlx::query("delete from half_sign_in where person_id = $1").bind(person).execute(db).await?;
    Ok(())
}
