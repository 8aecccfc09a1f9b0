//! What requests with an Idempotency-Key were answered. An answer is written in the transaction that it tells about, which begins
//! with the project's row lock: of two requests at once, the second sees the answer of the first, or its effect has not happened.

use super::{Db, db::Tx, guard::Operator};
use crate::domain::{ApiKeyId, AppResult, CustomerId, Timestamp, refusal::Refusal};

/// For how long an answer is repeated, in milliseconds.
pub const KEPT: i64 = Timestamp::DAY;

/// A request that is to have one effect, however often it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    pub key: ApiKeyId,
    /// The Idempotency-Key.
    pub name: String,
    /// SHA-256 of the request's path and body.
    pub hash: Vec<u8>,
}

/// An answer: its status and its JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    /// Whether it was given before.
    pub is_repeated: bool,
}

/// A request whose effect is to come, or was had.
pub enum Begun {
    /// The transaction of the effect, which has touched the project.
    New(Tx),
    Before(Answer),
}

/// Begins the effect of a request, unless it was had.
///
/// # Errors
/// `Invalid` where the Idempotency-Key was used for another request.
pub async fn begin(operator: &Operator, once: Option<&Once>, now: Timestamp) -> AppResult<Begun> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let Some(once) = once else { return Ok(Begun::New(tx)) };
    let before: Option<(Vec<u8>, i16, String)> = sqlx::query_as(
        "select request_hash, status, body from api_answer
         where project_id = $1 and key_id = $2 and name = $3 and answered_at > $4",
    )
    .bind(operator.project)
    .bind(once.key)
    .bind(&once.name)
    .bind(now.plus(-KEPT))
    .fetch_optional(&mut *tx)
    .await?;
    let Some((hash, status, body)) = before else { return Ok(Begun::New(tx)) };
    tx.rollback().await?;
    if hash != once.hash {
        return Err(Refusal::IdempotencyKeyUsed.into());
    }
    Ok(Begun::Before(Answer { status: status.unsigned_abs(), body, is_repeated: true }))
}

/// Commits the effect of a request with its answer, which tells about `customer`.
pub async fn commit(
    operator: &Operator,
    mut tx: Tx,
    once: Option<&Once>,
    customer: CustomerId,
    answer: &Answer,
    now: Timestamp,
) -> AppResult<()> {
    if let Some(once) = once {
        // One that is there is too old to be repeated.
        sqlx::query(
            "insert into api_answer (project_id, key_id, name, request_hash, status, body, customer_id, answered_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (project_id, key_id, name) do update set request_hash = excluded.request_hash,
                status = excluded.status, body = excluded.body, customer_id = excluded.customer_id,
                answered_at = excluded.answered_at",
        )
        .bind(operator.project)
        .bind(once.key)
        .bind(&once.name)
        .bind(&once.hash)
        .bind(answer.status as i16)
        .bind(&answer.body)
        .bind(customer)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// Deletes the answers that are repeated no longer. Returns how many.
pub async fn forget(db: &Db, now: Timestamp) -> AppResult<u64> {
    let before = now.plus(-KEPT);
    let is_any: Option<i32> = sqlx::query_scalar("select 1 from api_answer where answered_at <= $1 limit 1")
        .bind(before)
        .fetch_optional(db.read())
        .await?;
    if is_any.is_none() {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let gone = sqlx::query("delete from api_answer where answered_at <= $1").bind(before).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(gone.rows_affected())
}
