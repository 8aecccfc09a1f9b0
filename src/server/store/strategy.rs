//! What staff choose about automatic requests, and what the Strategy page counts.

use super::{
    db::{Query, Row},
    guard::{Manager, Viewer, day_number},
    search::normalized,
    sending::release,
};
use crate::domain::{
    AppResult, CustomerId, Timestamp,
    message::Channel,
    schedule::{Delay, Opening},
    strategy::{
        Automate, Strategy,
        page::{DayLoad, NotAsked, StrategyPage},
        verdict::Condition,
    },
};
use chrono::{Days, NaiveDate};
use sqlx::FromRow;

/// The strategy of a project, with what is kept about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub automate: Automate,
    /// The first day that counts.
    pub since: NaiveDate,
    pub strategy: Strategy,
    /// Rises with each change; 0 where staff have chosen nothing yet.
    pub revision: i32,
    /// Who changed it last, and when.
    pub changed: Option<(Timestamp, String)>,
}

impl Default for Kept {
    fn default() -> Self {
        let (automate, since, strategy) = (Automate::Off, NaiveDate::default(), Strategy::default());
        Self { automate, since, strategy, revision: 0, changed: None }
    }
}

/// The day of a number of days since 1970-01-01.
pub(in crate::server::store) fn date(day: i32) -> NaiveDate {
    NaiveDate::default().checked_add_days(Days::new(u64::try_from(day).unwrap_or(0))).unwrap_or_default()
}

pub(super) const COLUMNS: &str = "automate, since_day, settings, revision, changed_at, changed_by";

impl FromRow<'_, Row> for Kept {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let settings: String = row.try_get("settings")?;
        Ok(Self {
            automate: Automate::from_code(row.try_get("automate")?),
            since: date(row.try_get("since_day")?),
            strategy: serde_json::from_str(&settings).map_err(|e| sqlx::Error::Decode(e.into()))?,
            revision: row.try_get("revision")?,
            changed: Some((row.try_get("changed_at")?, row.try_get("changed_by")?)),
        })
    }
}

fn kept_query(viewer: &Viewer) -> Query {
    let mut query = Query::new("select ");
    query.push(COLUMNS).push(" from strategy where project_id = ").push_bind(viewer.project);
    query
}

pub async fn kept(viewer: &Viewer) -> AppResult<Kept> {
    let kept: Option<Kept> = kept_query(viewer).build_query_as().fetch_optional(viewer.db.read()).await?;
    Ok(kept.unwrap_or_default())
}

/// Changes the strategy. Requests that exist stay as they are; customers who were not asked are looked at again.
///
/// # Errors
/// What `change` refuses with; then nothing is changed.
pub async fn change(
    manager: &Manager,
    now: Timestamp,
    change: impl FnOnce(&mut Kept) -> AppResult<()>,
) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    let kept: Option<Kept> = kept_query(manager).build_query_as().fetch_optional(&mut *tx).await?;
    let mut kept = kept.unwrap_or_default();
    change(&mut kept)?;
    let settings = serde_json::to_string(&kept.strategy).unwrap_or_default();
    sqlx::query(
        "insert into strategy (project_id, automate, since_day, settings, revision, changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (project_id) do update set automate = excluded.automate, since_day = excluded.since_day,
            settings = excluded.settings, revision = excluded.revision, changed_at = excluded.changed_at,
            changed_by = excluded.changed_by",
    )
    .bind(manager.project)
    .bind(kept.automate as i16)
    .bind(day_number(kept.since))
    .bind(settings)
    .bind(kept.revision + 1)
    .bind(now)
    .bind(manager.user_name.clone())
    .execute(&mut *tx)
    .await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// What waits for a window that is another now is judged anew.
pub async fn set_opening(manager: &Manager, opening: Opening) -> AppResult<()> {
    let stored = if opening == Opening::default() { String::new() } else { opening.to_string() };
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query("update project set week = $1 where id = $2")
        .bind(stored)
        .bind(manager.project)
        .execute(&mut *tx)
        .await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(release::delayed(&manager.db, manager.project, Delay::Window).await?)
}

/// How many messages are scheduled for each of these days, from the counters.
pub async fn days(viewer: &Viewer, today: NaiveDate, days: u64) -> AppResult<Vec<DayLoad>> {
    let counted: Vec<(i32, Channel, i64)> = sqlx::query_as(
        "select day, channel, cast(sum(n) as bigint) from counter
         where project_id = $1 and day >= $2 and day < $3 and status = 0 group by day, channel",
    )
    .bind(viewer.project)
    .bind(day_number(today))
    .bind(day_number(today) + days as i32)
    .fetch_all(viewer.db.read())
    .await?;
    let of = |day: NaiveDate, channel| {
        let found = counted.iter().find(|(n, c, _)| (*n, *c) == (day_number(day), channel));
        found.map_or(0, |(.., n)| u32::try_from(*n).unwrap_or(0))
    };
    let load = |day| DayLoad { day, email: of(day, Channel::Email), sms: of(day, Channel::Sms) };
    Ok((0..days).map(|n| load(today + Days::new(n))).collect())
}

/// Why customers are not asked, and how many of each; and how many are to be looked at yet. Counted up to one more than
/// [`StrategyPage::COUNTED_MOST`].
pub async fn not_asked(viewer: &Viewer, revision: i32) -> AppResult<(Vec<(Condition, u32)>, u32)> {
    let most = i64::from(StrategyPage::COUNTED_MOST) + 1;
    let mut query = Query::new("");
    for condition in Condition::ALL {
        query
            .push("select ")
            .push(condition as i16)
            .push(", count(*) from (select 1 from customer where project_id = ");
        query.push_bind(viewer.project).push(" and plan > 1 and plan = ").push(condition as i16);
        query.push(" limit ").push(most).push(") t union all ");
    }
    query.push("select 0, count(*) from (select 1 from customer where project_id = ").push_bind(viewer.project);
    query.push(" and plan <> 1 and plan_revision < ").push_bind(revision).push(" limit ").push(most).push(") t");
    let counted: Vec<(i32, i64)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let (mut reasons, mut to_look_at) = (Vec::new(), 0);
    for (code, n) in counted {
        match Condition::from_code(code as i16) {
            Some(condition) if n > 0 => reasons.push((condition, n as u32)),
            Some(_) => {}
            None => to_look_at = n as u32,
        }
    }
    Ok((reasons, to_look_at))
}

/// Customers who are not asked, by name: a page of them, after the last of the page before.
pub async fn not_asked_customers(
    viewer: &Viewer,
    condition: Condition,
    search: &str,
    after: Option<(String, CustomerId)>,
    limit: usize,
) -> AppResult<Vec<NotAsked>> {
    let mut query = Query::new("select id, name, plan from customer where project_id = ");
    query.push_bind(viewer.project).push(" and plan > 1 and plan = ").push(condition as i16);
    for word in normalized(search).split_whitespace() {
        let pattern = format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        query.push(" and search_text like ").push_bind(pattern).push(" escape '\\'");
    }
    if let Some((name, id)) = after {
        query.push(" and (name, id) > (").push_bind(name).push(", ").push_bind(id).push(")");
    }
    query.push(" order by name, id limit ").push_bind(limit as i64);
    let found: Vec<(CustomerId, String, i16)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(found.into_iter().map(|(id, name, _)| NotAsked { id, name, condition }).collect())
}
