//! Opens and clicks that were taken for a person's, until more visits showed a machine.

use super::{Letter, known};
use crate::{
    domain::{
        AppError, AppResult, Timestamp,
        message::EventKind,
        status::{Facts, State},
        visit::Machine,
    },
    server::store::{Db, db::Tx, timeline},
};

/// Hits of one message.
#[derive(Clone, Debug)]
pub struct Mistaken {
    pub letter: Letter,
    pub machine: Machine,
    /// When they were made.
    pub times: Vec<Timestamp>,
}

/// Marks them in the timeline, and leaves the message opened and clicked when a person first did, if one did. Changes
/// nothing once a review proves the person, and nothing of a message that has left the state Sent.
pub async fn uncount(db: &Db, mistaken: &Mistaken) -> AppResult<()> {
    let letter = &mistaken.letter;
    let (project, message) = (letter.project_id, letter.message_id);
    let mut tx = db.begin_in(project).await?;
    let Some(known) = known(&mut tx, project, message).await? else { return Ok(()) };
    if known.state != State::Sent || has_review(&mut tx, letter).await? {
        return Ok(());
    }
    if timeline::mark_machine(&mut tx, (project, message), &mistaken.times, mistaken.machine).await? == 0 {
        return Ok(());
    }
    let firsts: Vec<(EventKind, i16, Timestamp)> = sqlx::query_as(
        "select kind, machine, min(at) from message_event
         where project_id = $1 and message_id = $2 and kind in ($3, $4) group by kind, machine",
    )
    .bind(project)
    .bind(message)
    .bind(EventKind::Opened)
    .bind(EventKind::Clicked)
    .fetch_all(&mut *tx)
    .await?;
    let first =
        |kind, by| firsts.iter().find(|(other, machine, _)| (*other, *machine) == (kind, by)).map(|(.., at)| *at);
    let [opened, clicked] = [EventKind::Opened, EventKind::Clicked].map(|kind| (first(kind, 0), first(kind, 1)));
    let facts = Facts { opened: opened.0, clicked: clicked.0, ..known.facts() };
    // Only the hits had proven that it arrived, whatever was reported.
    let state = if facts.has_failed() { State::Failed } else { State::Sent };
    let updated = sqlx::query(
        "update message set version = version + 1, opened_at = $1, clicked_at = $2, status = $3, state = $4,
            any_opened_at = $9, any_clicked_at = $10
         where project_id = $5 and id = $6 and state = $7 and version = $8",
    )
    .bind(facts.opened)
    .bind(facts.clicked)
    .bind(facts.status())
    .bind(state)
    .bind(project)
    .bind(message)
    .bind(known.state)
    .bind(known.version)
    .bind(opened.0.or(opened.1))
    .bind(clicked.0.or(clicked.1))
    .execute(&mut *tx)
    .await?;
    if updated.rows_affected() == 0 {
        return Err(AppError::Unavailable("The message was changed meanwhile.".into()));
    }
    Ok(db.commit(tx, project).await?)
}

async fn has_review(tx: &mut Tx, letter: &Letter) -> sqlx::Result<bool> {
    let found: Option<i32> = sqlx::query_scalar("select 1 from review where project_id = $1 and request_id = $2")
        .bind(letter.project_id)
        .bind(letter.request_id)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(found.is_some())
}
