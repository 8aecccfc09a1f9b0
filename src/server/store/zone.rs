//! A project's name and time zone, and what another zone changes: the day of each message, by which pages and counters go.

use super::{
    Db,
    db::{Query, touch},
    dialect,
    guard::{Admin, Viewer, day_number},
    search::first_seq,
    sending::release,
};
use crate::domain::{AppResult, ProjectId, Timestamp, project_settings::ProjectSettingsPage, schedule::Delay};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Messages that are looked at in one step, …
const LOOKED_AT: i64 = 5_000;
/// … and those that are changed in one transaction.
const CHANGED: usize = 500;
/// Who read the old zone just before the change may still write by it for a while: after this time, the days are looked at once
/// more. Far longer than a claim or a batch of plans lasts.
const AGAIN: i64 = 10 * Timestamp::MINUTE;

/// How many messages are scheduled (up to one more than are counted), and whether the days are being set anew.
pub async fn state(viewer: &Viewer, now: Timestamp) -> AppResult<(u32, bool)> {
    let (scheduled, counting): (i64, i64) = sqlx::query_as(
        "select (select count(*) from (select 1 from message m where m.project_id = p.id and m.state = 0 limit $1) t),
            cast(case when p.days_seq is not null and p.days_at <= $2 then 1 else 0 end as bigint)
         from project p where p.id = $3",
    )
    .bind(i64::from(ProjectSettingsPage::COUNTED_MOST) + 1)
    .bind(now)
    .bind(viewer.project)
    .fetch_one(viewer.db.read())
    .await?;
    Ok((scheduled as u32, counting != 0))
}

/// Saves both; whether the zone is another now. Scheduled messages keep their moment. What waits for a window or for the end of
/// quiet hours is judged anew, and so are customers whom the strategy has not asked; the days of messages are set anew by
/// [`set_days`].
pub async fn save(admin: &Admin, name: &str, zone: Tz, now: Timestamp) -> AppResult<bool> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let (number, before): (i64, String) = sqlx::query_as("select number, time_zone from project where id = $1")
        .bind(admin.project)
        .fetch_one(&mut *tx)
        .await?;
    sqlx::query("update project set name = $1 where id = $2").bind(name).bind(admin.project).execute(&mut *tx).await?;
    let is_other = before != zone.name();
    if is_other {
        sqlx::query(
            "update project set time_zone = $1, zone_changed_at = $2, days_seq = $3, days_at = $2 where id = $4",
        )
        .bind(zone.name())
        .bind(now)
        .bind(first_seq(number))
        .bind(admin.project)
        .execute(&mut *tx)
        .await?;
        let day = |zone: Tz| day_number(now.local(&zone).date());
        // What was sent today counts within today's limit.
        sqlx::query(
            "update connection_use set day = $1 where day = $2
                and connection_id in (select c.id from connection c where c.project_id = $3)",
        )
        .bind(day(zone))
        .bind(day(before.parse().unwrap_or(Tz::UTC)))
        .bind(admin.project)
        .execute(&mut *tx)
        .await?;
        sqlx::query("update strategy set revision = revision + 1 where project_id = $1")
            .bind(admin.project)
            .execute(&mut *tx)
            .await?;
    }
    admin.db.commit(tx, admin.project).await?;
    if is_other {
        release::delayed(&admin.db, admin.project, Delay::Window).await?;
        release::delayed(&admin.db, admin.project, Delay::Quiet).await?;
    }
    Ok(is_other)
}

#[derive(sqlx::FromRow)]
struct Running {
    id: ProjectId,
    number: i64,
    time_zone: String,
    zone_changed_at: Timestamp,
    days_seq: i64,
}

/// Sets the days of some messages by their project's zone: of those that were sent, the day of that; of others, the day for which
/// they were scheduled. Whether there is more to do at once. It can be called again at any time, by several processes.
pub async fn set_days(db: &Db, now: Timestamp) -> AppResult<bool> {
    let running: Option<Running> = sqlx::query_as(
        "select id, number, time_zone, zone_changed_at, days_seq from project
         where days_seq is not null and days_at <= $1 order by days_at limit 1",
    )
    .bind(now)
    .fetch_optional(db.read())
    .await?;
    let Some(running) = running else { return Ok(false) };
    let zone: Tz = running.time_zone.parse().unwrap_or(Tz::UTC);
    let day = |at: Timestamp| day_number(at.local(&zone).date());
    let mut query = Query::new("select m.seq, coalesce(m.sent_at, m.scheduled_at) as at, m.day from message m");
    query.push(dialect::BY_ROW_ID).push(" where m.project_id = ").push_bind(running.id);
    query.push(" and m.seq > ").push_bind(running.days_seq);
    query.push(" and m.seq < ").push_bind(first_seq(running.number + 1));
    query.push(" order by m.seq limit ").push_bind(LOOKED_AT);
    let looked_at: Vec<(i64, Timestamp, i32)> = query.build_query_as().fetch_all(db.read()).await?;
    let others = looked_at.iter().filter(|(_, at, kept)| day(*at) != *kept);
    let others: Vec<i64> = others.map(|(seq, ..)| *seq).take(CHANGED).collect();
    let reached = if others.len() == CHANGED { others.last().copied() } else { looked_at.last().map(|(seq, ..)| *seq) };
    let mut tx = db.begin().await?;
    if !others.is_empty() {
        touch(&mut tx, running.id).await?;
        // Anew, and so that nobody changes them meanwhile.
        let mut query =
            Query::new("select seq, coalesce(sent_at, scheduled_at) as at, day from message where project_id = ");
        dialect::push_any(query.push_bind(running.id).push(" and seq "), &others);
        query.push(dialect::FOR_UPDATE);
        let rows: Vec<(i64, Timestamp, i32)> = query.build_query_as().fetch_all(&mut *tx).await?;
        let mut by_day: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
        for (seq, at, kept) in rows {
            if day(at) != kept {
                by_day.entry(day(at)).or_default().push(seq);
            }
        }
        for (day, seqs) in by_day {
            let mut query = Query::new("update message set day = ");
            query.push_bind(day).push(" where project_id = ").push_bind(running.id).push(" and seq ");
            dialect::push_any(&mut query, &seqs);
            query.build().execute(&mut *tx).await?;
        }
    }
    let (next, at) = match reached {
        Some(seq) => (Some(seq), now),
        // All were looked at.
        None => {
            let again = running.zone_changed_at.plus(AGAIN);
            if now < again { (Some(first_seq(running.number)), again) } else { (None, now) }
        }
    };
    // Not where another zone was chosen, or another process went on, meanwhile.
    sqlx::query("update project set days_seq = $1, days_at = $2 where id = $3 and time_zone = $4 and days_seq = $5")
        .bind(next)
        .bind(at)
        .bind(running.id)
        .bind(&running.time_zone)
        .bind(running.days_seq)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    if !others.is_empty() || reached.is_none() {
        db.changed(running.id);
    }
    Ok(true)
}
