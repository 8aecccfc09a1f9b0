//! Runs after which another one may follow.

use super::{Candidate, Material, NewRequest, customers::candidate_in, insert, material};
use crate::{
    domain::{AppResult, CustomerId, RequestId, Timestamp},
    server::store::{guard::Manager, new_message::NewMessage},
};

/// A run of a customer's, after which another may follow.
#[derive(Clone, Debug)]
pub struct Run {
    pub request: RequestId,
    pub customer: Candidate,
    pub run: i16,
    /// Messages that have not left yet.
    pub waiting: i64,
    /// When the last of them left.
    pub last_sent: Option<Timestamp>,
}

/// What becomes of a run.
pub enum Next {
    /// Another one follows.
    Again(NewRun),
    /// It is looked at again then.
    Later(Timestamp),
    Never,
}

pub struct NewRun {
    pub request: RequestId,
    pub messages: Vec<NewMessage>,
    pub retry: Option<Timestamp>,
}

/// Looks at the runs after which it is time for another one, `most` of them, like [`look_at`].
///
/// # Errors
/// What `decide` refuses with, and those of the database.
pub async fn look_at_runs<F>(guard: &Manager, most: usize, now: Timestamp, decide: F) -> AppResult<usize>
where
    F: FnOnce(Material, &[Run]) -> AppResult<Vec<Next>>,
{
    let due: Vec<(RequestId, CustomerId, i16, i64, Option<Timestamp>)> = sqlx::query_as(
        "select r.id, r.customer_id, r.run,
            (select count(*) from message m where m.project_id = r.project_id and m.request_id = r.id and m.state in (0, 1)),
            (select max(m.sent_at) from message m where m.project_id = r.project_id and m.request_id = r.id)
         from request r where r.project_id = $1 and r.retry_at <= $2 and r.run is not null
         order by r.retry_at, r.id limit $3",
    )
    .bind(guard.project)
    .bind(now)
    .bind(most as i64)
    .fetch_all(guard.db.read())
    .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut tx = guard.db.begin_in(guard.project).await?;
    let Some(material) = material(&mut tx, guard, now).await? else {
        tx.rollback().await?;
        return Ok(0);
    };
    let mut runs = Vec::new();
    for (request, customer, run, waiting, last_sent) in due {
        if let Some(customer) = candidate_in(&mut tx, guard.project, &material.kept.strategy, customer).await? {
            runs.push(Run { request, customer, run, waiting, last_sent });
        }
    }
    let nexts = decide(material, &runs)?;
    let mut new = Vec::new();
    for (run, next) in runs.iter().zip(nexts) {
        let retry_at = match next {
            Next::Later(at) => Some(at),
            Next::Never => None,
            Next::Again(NewRun { request, messages, retry }) => {
                new.push(NewRequest { request, customer: run.customer.id, run: Some(run.run + 1), messages, retry });
                None
            }
        };
        sqlx::query("update request set retry_at = $3 where project_id = $1 and id = $2")
            .bind(guard.project)
            .bind(run.request)
            .bind(retry_at)
            .execute(&mut *tx)
            .await?;
    }
    insert(&mut tx, guard, new, None, now).await?;
    guard.db.commit(tx, guard.project).await?;
    Ok(runs.len())
}
