//! The reputation guard: counts by the hour what became of a project's messages of each channel, and holds a channel of which too
//! many bounce or are complained about.

use super::{
    db::{Db, Tx},
    guard::{Manager, Viewer},
};
use crate::domain::{
    AppError, AppResult, LocalTime, ProjectId, Timestamp,
    message::Channel,
    sending::{Reputation, Seen},
};
use std::collections::BTreeMap;

/// What is to be counted, by project, channel and hour.
#[derive(Debug, Default)]
pub struct Counts(BTreeMap<(ProjectId, Channel), (Timestamp, Seen)>);

impl Counts {
    pub fn add(&mut self, project: ProjectId, channel: Channel, at: Timestamp, change: impl FnOnce(&mut Seen)) {
        let (last, seen) = self.0.entry((project, channel)).or_insert((at, Seen::default()));
        *last = at.max(*last);
        change(seen);
    }
}

fn hour(at: Timestamp) -> i32 {
    (at.0 / Timestamp::HOUR) as i32
}

/// Counts, in a transaction that has touched the projects. A bounce or a complaint has the channel judged at once.
pub async fn note(tx: &mut Tx, counts: Counts) -> sqlx::Result<()> {
    for ((project, channel), (at, seen)) in counts.0 {
        sqlx::query(
            "insert into reputation (project_id, channel, hour, messages, bounced, complained)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (project_id, channel, hour) do update set messages = reputation.messages + excluded.messages,
                bounced = reputation.bounced + excluded.bounced, complained = reputation.complained + excluded.complained",
        )
        .bind(project)
        .bind(channel)
        .bind(hour(at))
        .bind(seen.messages as i32)
        .bind(seen.bounced as i32)
        .bind(seen.complained as i32)
        .execute(&mut **tx)
        .await?;
        if seen.bounced + seen.complained > 0 {
            judge(tx, project, channel, at).await?;
        }
    }
    Ok(())
}

const RECENT: &str = "select messages, bounced, complained from reputation
    where project_id = $1 and channel = $2 and hour > $3 order by hour desc";

/// Hours, the last first, until they hold enough.
fn sum(hours: Vec<(i32, i32, i32)>) -> Seen {
    let mut seen = Seen::default();
    for (messages, bounced, complained) in hours {
        seen.messages += messages.unsigned_abs();
        seen.bounced += bounced.unsigned_abs();
        seen.complained += complained.unsigned_abs();
        if seen.messages >= Seen::MESSAGES {
            break;
        }
    }
    seen
}

/// Holds the channel if too much went wrong lately; whether it does so now.
async fn judge(tx: &mut Tx, project: ProjectId, channel: Channel, now: Timestamp) -> sqlx::Result<bool> {
    let hours: Vec<(i32, i32, i32)> = sqlx::query_as(RECENT)
        .bind(project)
        .bind(channel)
        .bind(hour(now.plus(-Seen::WITHIN)))
        .fetch_all(&mut **tx)
        .await?;
    let seen = sum(hours);
    if !seen.is_bad() {
        return Ok(false);
    }
    let held = sqlx::query(
        "insert into channel_guard (project_id, channel, held_at, seen, bounced, complained)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (project_id, channel) do update set held_at = excluded.held_at, seen = excluded.seen,
            bounced = excluded.bounced, complained = excluded.complained
         where channel_guard.held_at is null",
    )
    .bind(project)
    .bind(channel)
    .bind(now)
    .bind(seen.messages as i32)
    .bind(seen.bounced as i32)
    .bind(seen.complained as i32)
    .execute(&mut **tx)
    .await?;
    if held.rows_affected() == 1 {
        tracing::error!(%project, channel = channel.slug(), ?seen, "the reputation guard holds a channel");
    }
    Ok(held.rows_affected() == 1)
}

/// Judges all channels of which something bounced or was complained about lately, and forgets what is too old to count.
pub async fn judge_all(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    let oldest = hour(now.plus(-Seen::WITHIN));
    let bad: Vec<(ProjectId, Channel)> = sqlx::query_as(
        "select distinct r.project_id, r.channel from reputation r
         left join channel_guard g on g.project_id = r.project_id and g.channel = r.channel
         where r.bounced + r.complained > 0 and r.hour > $1 and g.held_at is null",
    )
    .bind(oldest)
    .fetch_all(db.read())
    .await?;
    for (project, channel) in bad {
        let mut tx = db.begin_in(project).await?;
        if judge(&mut tx, project, channel, now).await? {
            db.commit(tx, project).await?;
        } else {
            tx.rollback().await?;
        }
    }
    let is_old: Option<i32> = sqlx::query_scalar("select 1 from reputation where hour <= $1 limit 1")
        .bind(oldest)
        .fetch_optional(db.read())
        .await?;
    if is_old.is_some() {
        let mut tx = db.begin().await?;
        sqlx::query("delete from reputation where hour <= $1").bind(oldest).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Guard {
    channel: Channel,
    held_at: Option<Timestamp>,
    seen: i32,
    bounced: i32,
    complained: i32,
    resumed_at: Option<Timestamp>,
    resumed_by: String,
    per_minute: Option<i32>,
}

async fn guards(viewer: &Viewer) -> sqlx::Result<Vec<Guard>> {
    sqlx::query_as(
        "select channel, held_at, seen, bounced, complained, resumed_at, resumed_by, per_minute
         from channel_guard where project_id = $1 order by channel",
    )
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await
}

impl Guard {
    fn reputation(self, viewer: &Viewer, now: Option<Seen>) -> Reputation {
        let counted = |n: i32| n.unsigned_abs();
        let at_hold =
            Seen { messages: counted(self.seen), bounced: counted(self.bounced), complained: counted(self.complained) };
        let local = |at: Timestamp| -> LocalTime { viewer.local(at) };
        Reputation {
            channel: self.channel,
            seen: if self.held_at.is_some() { at_hold } else { now.unwrap_or_default() },
            held: self.held_at.map(local),
            per_minute: self.per_minute.map(counted),
            resumed: self.resumed_at.map(|at| (local(at), self.resumed_by)),
        }
    }
}

/// The channels that the guard holds.
pub async fn held(viewer: &Viewer) -> AppResult<Vec<Reputation>> {
    let guards = guards(viewer).await?;
    Ok(guards.into_iter().filter(|guard| guard.held_at.is_some()).map(|guard| guard.reputation(viewer, None)).collect())
}

/// How each channel stands.
pub async fn of_channels(viewer: &Viewer, now: Timestamp) -> AppResult<Vec<Reputation>> {
    let mut guards = guards(viewer).await?;
    let mut all = Vec::new();
    for channel in Channel::ALL {
        let hours: Vec<(i32, i32, i32)> = sqlx::query_as(RECENT)
            .bind(viewer.project)
            .bind(channel)
            .bind(hour(now.plus(-Seen::WITHIN)))
            .fetch_all(viewer.db.read())
            .await?;
        let seen = sum(hours);
        let guard = guards.iter().position(|guard| guard.channel == channel).map(|at| guards.remove(at));
        let none = Reputation { channel, seen, held: None, per_minute: None, resumed: None };
        all.push(guard.map_or(none, |guard| guard.reputation(viewer, Some(seen))));
    }
    Ok(all)
}

/// Lets a channel go on that the guard held, at a pace; or changes the pace of one that was resumed. What was counted until now
/// counts no more.
///
/// # Errors
/// `NotFound` where the guard never held it.
pub async fn resume(manager: &Manager, channel: Channel, per_minute: Option<u32>, now: Timestamp) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    let resumed = sqlx::query(
        "update channel_guard set resumed_at = case when held_at is null then resumed_at else $1 end,
            resumed_by = case when held_at is null then resumed_by else $2 end, per_minute = $3, next_start = 0
         where project_id = $4 and channel = $5",
    )
    .bind(now)
    .bind(manager.user_name.clone())
    .bind(per_minute.and_then(|n| i32::try_from(n).ok()))
    .bind(manager.project)
    .bind(channel)
    .execute(&mut *tx)
    .await?;
    if resumed.rows_affected() == 0 {
        return Err(AppError::Conflict(format!("{} is not held by the reputation guard.", channel.name())));
    }
    let was_held = sqlx::query(
        "update channel_guard set held_at = null where project_id = $1 and channel = $2 and held_at is not null",
    )
    .bind(manager.project)
    .bind(channel)
    .execute(&mut *tx)
    .await?;
    if was_held.rows_affected() == 1 {
        sqlx::query("delete from reputation where project_id = $1 and channel = $2")
            .bind(manager.project)
            .bind(channel)
            .execute(&mut *tx)
            .await?;
    }
    Ok(manager.db.commit(tx, manager.project).await?)
}
