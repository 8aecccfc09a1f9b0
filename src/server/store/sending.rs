//! What staff choose about a project's sending: a pause, trial mode and its guests, a pace, quiet hours.

pub mod release;
mod standstill;

pub use standstill::{Standstill, standstill};

use super::guard::{Admin, Manager, Viewer};
use crate::domain::{
    AppResult, ConnectionId, LocalTime, Timestamp,
    connection::settings::Pace,
    message::{Channel, Template},
    schedule::{Delay, Quiet},
    sending::{QuietHours, Trial, Used},
};

/// As it is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Since when sending is paused, and by whom.
    pub paused: Option<(LocalTime, String)>,
    pub is_trial: bool,
    pub per_minute: Option<u32>,
    pub quiet: QuietHours,
    /// For how many days after a message was sent its review link works; None for ever.
    pub link_days: Option<u16>,
}

#[derive(sqlx::FromRow)]
struct Stored {
    paused_at: Option<Timestamp>,
    paused_by: String,
    trial: i16,
    per_minute: Option<i32>,
    quiet_email: i16,
    quiet_sms: i16,
    quiet_start: i16,
    quiet_end: i16,
    link_days: Option<i16>,
}

pub async fn chosen(viewer: &Viewer) -> AppResult<Chosen> {
    let stored: Stored = sqlx::query_as(
        "select paused_at, paused_by, trial, per_minute, quiet_email, quiet_sms, quiet_start, quiet_end, link_days
         from project where id = $1",
    )
    .bind(viewer.project)
    .fetch_one(viewer.db.read())
    .await?;
    Ok(Chosen {
        paused: stored.paused_at.map(|at| (viewer.local(at), stored.paused_by)),
        is_trial: stored.trial != 0,
        per_minute: stored.per_minute.and_then(|n| u32::try_from(n).ok()),
        quiet: QuietHours {
            email: stored.quiet_email != 0,
            sms: stored.quiet_sms != 0,
            hours: Quiet { start: stored.quiet_start as u16, end: stored.quiet_end as u16 },
        },
        link_days: stored.link_days.map(|days| days as u16),
    })
}

/// Pauses all sending of the project, or resumes it: no attempt begins after this answer. Whether that changed anything.
pub async fn set_paused(manager: &Manager, on: bool, now: Timestamp) -> AppResult<bool> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    let changed = if on {
        sqlx::query("update project set paused_at = $1, paused_by = $2 where id = $3 and paused_at is null")
            .bind(now)
            .bind(manager.user_name.clone())
            .bind(manager.project)
    } else {
        sqlx::query("update project set paused_at = null, paused_by = '' where id = $1 and paused_at is not null")
            .bind(manager.project)
    };
    let changed = changed.execute(&mut *tx).await?.rows_affected() == 1;
    manager.db.commit(tx, manager.project).await?;
    Ok(changed)
}

pub async fn set_quiet_hours(manager: &Manager, quiet: &QuietHours) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query("update project set quiet_email = $1, quiet_sms = $2, quiet_start = $3, quiet_end = $4 where id = $5")
        .bind(i16::from(quiet.email))
        .bind(i16::from(quiet.sms))
        .bind(quiet.hours.start as i16)
        .bind(quiet.hours.end as i16)
        .bind(manager.project)
        .execute(&mut *tx)
        .await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(release::delayed(&manager.db, manager.project, Delay::Quiet).await?)
}

pub async fn set_pace(manager: &Manager, per_minute: Option<u32>) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query("update project set per_minute = $1 where id = $2")
        .bind(per_minute.and_then(|n| i32::try_from(n).ok()))
        .bind(manager.project)
        .execute(&mut *tx)
        .await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}

pub async fn set_link_days(manager: &Manager, days: Option<u16>) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query("update project set link_days = $1 where id = $2")
        .bind(days.map(|days| days as i16))
        .bind(manager.project)
        .execute(&mut *tx)
        .await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// Members' addresses, and those of guests.
pub async fn trial(viewer: &Viewer) -> AppResult<Trial> {
    let members = sqlx::query_scalar(
        "select p.email from membership s join person p on p.id = s.person_id where s.project_id = $1 order by p.email",
    );
    let guests = sqlx::query_scalar("select address from guest where project_id = $1 order by address");
    let held: i64 = sqlx::query_scalar(
        "select count(*) from (select 1 from message where project_id = $1 and state = 0 and hold > 0 limit $2) held",
    )
    .bind(viewer.project)
    .bind(i64::from(Trial::COUNTED_MOST) + 1)
    .fetch_one(viewer.db.read())
    .await?;
    Ok(Trial {
        members: members.bind(viewer.project).fetch_all(viewer.db.read()).await?,
        guests: guests.bind(viewer.project).fetch_all(viewer.db.read()).await?,
        held: held as u32,
        checks: Vec::new(),
    })
}

/// Replaces the guest list. What is held for a guest who is new on it goes out; returns how many messages.
pub async fn set_guests(admin: &Admin, addresses: &[String], now: Timestamp) -> AppResult<u64> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    sqlx::query("delete from guest where project_id = $1").bind(admin.project).execute(&mut *tx).await?;
    for address in addresses {
        sqlx::query("insert into guest (project_id, address, added_at) values ($1, $2, $3) on conflict do nothing")
            .bind(admin.project)
            .bind(address)
            .bind(now)
            .execute(&mut *tx)
            .await?;
    }
    admin.db.commit(tx, admin.project).await?;
    Ok(release::allowed(&admin.db, admin.project).await?)
}

/// Ends the trial for good, and releases what it held; returns how many messages. What is left after a crash is released by the
/// worker.
pub async fn go_live(admin: &Admin) -> AppResult<u64> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    sqlx::query("update project set trial = 0 where id = $1").bind(admin.project).execute(&mut *tx).await?;
    admin.db.commit(tx, admin.project).await?;
    Ok(release::all(&admin.db, admin.project).await?)
}

/// The templates of requests and reminders whose text does not mention a placeholder.
pub async fn templates_without(viewer: &Viewer, placeholder: &str) -> AppResult<Vec<(Template, Channel)>> {
    let all: Vec<(Template, Channel, String)> = sqlx::query_as(
        "select template, channel, body from template where project_id = $1 and template in (0, 1) and body <> '' order by template, channel",
    )
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await?;
    Ok(all.into_iter().filter(|(.., body)| !body.contains(placeholder)).map(|(t, channel, _)| (t, channel)).collect())
}

/// How much of its limits a connection has used.
pub async fn used(
    viewer: &Viewer,
    connection: ConnectionId,
    channel: Channel,
    pace: Pace,
    now: Timestamp,
) -> AppResult<Used> {
    let stored: Option<(i64, i32, i32, i32)> =
        sqlx::query_as("select minute, in_minute, day, in_day from connection_use where connection_id = $1")
            .bind(connection)
            .fetch_optional(viewer.db.read())
            .await?;
    let (minute, in_minute, day, in_day) = stored.unwrap_or_default();
    let this = |is: bool, n: i32| if is { n.unsigned_abs() } else { 0 };
    Ok(Used {
        channel,
        per_minute: pace.per_minute,
        per_day: pace.per_day,
        in_minute: this(minute == now.0.div_euclid(Timestamp::MINUTE), in_minute),
        in_day: this(day == viewer.day(now), in_day),
    })
}
