//! Removes what a project keeps only for some time: what messages said and to whom, and their timelines. Numbers and statuses stay.

use super::{
    Db,
    db::{Query, Tx},
    dialect,
    guard::{Admin, Viewer},
    id::NewId,
    search,
};
use crate::domain::{AppResult, BatchId, MessageId, ProjectId, Timestamp, retention::Kept};
use chrono::Months;
use uuid::Uuid;

/// Messages of one transaction.
const CHUNK: usize = 200;
/// Rows of timelines that are looked at in one step.
const LOOKED_AT: i64 = 2_000;

pub async fn kept(viewer: &Viewer) -> AppResult<Kept> {
    let (content, events): (Option<i16>, Option<i16>) =
        sqlx::query_as("select content_months, event_months from project where id = $1")
            .bind(viewer.project)
            .fetch_one(viewer.db.read())
            .await?;
    Ok(Kept { content: content.map(|n| n as u16), events: events.map(|n| n as u16) })
}

pub async fn save(admin: &Admin, kept: Kept) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    sqlx::query("update project set content_months = $1, event_months = $2 where id = $3")
        .bind(kept.content.map(|n| n as i16))
        .bind(kept.events.map(|n| n as i16))
        .bind(admin.project)
        .execute(&mut *tx)
        .await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// The projects that keep something only for some time.
pub async fn projects(db: &Db) -> sqlx::Result<Vec<(ProjectId, Kept)>> {
    let all: Vec<(ProjectId, Option<i16>, Option<i16>)> = sqlx::query_as(
        "select id, content_months, event_months from project
         where content_months is not null or event_months is not null order by id",
    )
    .fetch_all(db.read())
    .await?;
    let kept = |(id, content, events): (_, Option<i16>, Option<i16>)| {
        (id, Kept { content: content.map(|n| n as u16), events: events.map(|n| n as u16) })
    };
    Ok(all.into_iter().map(kept).collect())
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Of how many messages something was removed.
    pub removed: u64,
    /// Where the next step goes on; None where there is nothing more.
    pub next: Option<MessageId>,
}

/// Removes what some messages of the project said that came to their end `months` ago or before, of those that were made after the
/// message `after`. It can be called again at any time, by several processes.
pub async fn remove_contents(
    db: &Db,
    project: ProjectId,
    months: u16,
    now: Timestamp,
    after: MessageId,
) -> AppResult<Step> {
    let end = before(now, months);
    let mut query = Query::new("select k.message_id from message_content k");
    dialect::push_index(&mut query, "message_content_kept");
    query.push(" where k.project_id = ").push_bind(project).push(" and k.removed_after is null and k.message_id > ");
    query.push_bind(after).push(" and k.message_id < ").push_bind(first_id(end));
    query.push(" order by k.message_id limit ").push_bind(CHUNK as i64);
    let looked_at: Vec<MessageId> = query.build_query_scalar().fetch_all(db.read()).await?;
    let next = looked_at.last().copied().filter(|_| looked_at.len() == CHUNK);
    let ended = ended(db, project, &looked_at, end).await?;
    if ended.is_empty() {
        return Ok(Step { removed: 0, next });
    }
    let mut tx = db.begin_in(project).await?;
    for sql in dialect::BEGIN_ERASING {
        sqlx::query(*sql).execute(&mut *tx).await?;
    }
    // What cannot be sent again needs nobody's attention, and no Undo brings it back.
    let mut query = Query::new(
        "update message set recipient = '', failure_text = null, cancel_batch = null, version = version + 1,
            dismiss_batch = case when status = 4 then coalesce(dismiss_batch, ",
    );
    query.push_bind(BatchId::new()).push(") else dismiss_batch end where project_id = ").push_bind(project);
    push_ended(&mut query, "", end);
    query.push(" and id ");
    dialect::push_any_id(&mut query, &ended);
    query.push(" returning id");
    let removed: Vec<MessageId> = query.build_query_scalar().fetch_all(&mut *tx).await?;
    let mut content =
        Query::new("update message_content set subject = '', text = '', html = '', why = '', removed_after = ");
    content.push_bind(months as i16);
    of_messages(&mut tx, content, project, &removed).await?;
    of_messages(&mut tx, Query::new("update message_event set detail = null"), project, &removed).await?;
    let attempts = Query::new("update send_attempt set detail = null, dialogue = null");
    of_messages(&mut tx, attempts, project, &removed).await?;
    search::refresh(&mut tx, project, &removed).await?;
    for sql in dialect::END_ERASING {
        sqlx::query(*sql).execute(&mut *tx).await?;
    }
    db.commit(tx, project).await?;
    Ok(Step { removed: removed.len() as u64, next })
}

/// Deletes the timelines of some messages and what is known of the attempts to send them, as [`remove_contents`].
pub async fn remove_events(
    db: &Db,
    project: ProjectId,
    months: u16,
    now: Timestamp,
    after: MessageId,
) -> AppResult<Step> {
    let end = before(now, months);
    let looked_at: Vec<MessageId> = sqlx::query_scalar(
        "select message_id from message_event where project_id = $1 and message_id > $2 and message_id < $3
         order by message_id limit $4",
    )
    .bind(project)
    .bind(after)
    .bind(first_id(end))
    .bind(LOOKED_AT)
    .fetch_all(db.read())
    .await?;
    let is_all = looked_at.len() < LOOKED_AT as usize;
    let mut messages = looked_at;
    messages.dedup();
    let is_cut = messages.len() > CHUNK;
    messages.truncate(CHUNK);
    let next = messages.last().copied().filter(|_| is_cut || !is_all);
    let ended = ended(db, project, &messages, end).await?;
    if ended.is_empty() {
        return Ok(Step { removed: 0, next });
    }
    let mut tx = db.begin_in(project).await?;
    of_messages(&mut tx, Query::new("delete from message_event"), project, &ended).await?;
    of_messages(&mut tx, Query::new("delete from send_attempt"), project, &ended).await?;
    db.commit(tx, project).await?;
    Ok(Step { removed: ended.len() as u64, next })
}

/// Those of the messages that came to their end before.
async fn ended(db: &Db, project: ProjectId, messages: &[MessageId], end: Timestamp) -> sqlx::Result<Vec<MessageId>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("select m.id from message m where m.project_id = ");
    query.push_bind(project);
    push_ended(&mut query, "m.", end);
    query.push(" and m.id ");
    dialect::push_any_id(&mut query, messages);
    query.build_query_scalar().fetch_all(db.read()).await
}

/// Sent, failed or canceled, and for how long. What waits again after that has not come to its end.
fn push_ended(query: &mut Query, m: &str, end: Timestamp) {
    query.push(format!(
        " and {m}state in (2, 3, 4) and coalesce({m}failed_at, {m}canceled_at, {m}sent_at, {m}scheduled_at) < "
    ));
    query.push_bind(end);
}

async fn of_messages(tx: &mut Tx, mut query: Query, project: ProjectId, messages: &[MessageId]) -> sqlx::Result<()> {
    query.push(" where project_id = ").push_bind(project).push(" and message_id ");
    dialect::push_any_id(&mut query, messages);
    query.build().execute(&mut **tx).await.map(drop)
}

fn before(now: Timestamp, months: u16) -> Timestamp {
    now.utc().checked_sub_months(Months::new(months.into())).map_or(Timestamp(0), Timestamp::from)
}

/// No message that was made before has an id as great: ids begin with the time at which they were made.
fn first_id(at: Timestamp) -> MessageId {
    MessageId(Uuid::from_u128(u128::from(at.0.max(0).unsigned_abs()) << 80))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        let at = |s: &str| Timestamp::from(s.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
        assert_eq!(before(at("2026-11-28T12:00:00Z"), 12), at("2025-11-28T12:00:00Z"));
        assert_eq!(before(at("2026-03-31T00:00:00Z"), 1), at("2026-02-28T00:00:00Z"));
    }

    #[test]
    fn ids_are_in_the_order_of_the_time_at_which_they_were_made() {
        let now = Timestamp::from(chrono::Utc::now());
        let id = MessageId::new();
        assert!(first_id(now.plus(-Timestamp::SECOND)) < id && id < first_id(now.plus(Timestamp::MINUTE)));
    }
}
