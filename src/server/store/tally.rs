//! How many messages there are of each status: the stats bar and the totals.

use super::db::{Db, Query};
use crate::{
    domain::{
        AppResult, ProjectId,
        filter::{MessageFilter, Sort, StatusFilter},
        stats::Stats,
        status::Status,
    },
    server::store::guard::{Viewer, day_number},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Counts of the messages that every filter but the status lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([Badges; Status::ALL.len()]);

/// The messages with one badge. Where the filter says so, those that only machines opened or clicked are among the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Badges {
    pub n: u64,
    pub opened: u64,
    pub clicked: u64,
    pub reviewed: u64,
}

impl Tally {
    pub fn add(&mut self, status: Status, badges: Badges) {
        let kept = &mut self.0[status as usize];
        kept.n += badges.n;
        kept.opened += badges.opened;
        kept.clicked += badges.clicked;
        kept.reviewed += badges.reviewed;
    }

    pub fn join(&mut self, other: &Self) {
        for (status, badges) in Status::ALL.into_iter().zip(&other.0) {
            self.add(status, *badges);
        }
    }

    /// How many rows the table has with this filter.
    pub fn rows(&self, filter: &MessageFilter) -> u64 {
        if filter.is_reviewed() { self.reviewed() } else { self.total(filter.wanted_status()) }
    }

    /// How many messages led to a review.
    pub fn reviewed(&self) -> u64 {
        self.sum(|_| true, |b| b.reviewed)
    }

    /// How many messages have this status: those that the table shows where the filter asks for it.
    pub fn total(&self, status: Option<Status>) -> u64 {
        match status {
            Some(Status::Sent) => self.sum(Status::is_sent, |b| b.n),
            Some(Status::Opened) => self.sum(Status::is_sent, |b| b.opened),
            Some(Status::Clicked) => self.sum(Status::is_sent, |b| b.clicked),
            badge => self.sum(|s| badge.is_none_or(|b| s == b), |b| b.n),
        }
    }

    /// How many of them have the instant that `sort` orders by; none where that is not counted.
    pub fn head(&self, sort: Sort, status: Option<Status>) -> Option<u64> {
        let instants: fn(&Badges) -> u64 = match sort {
            Sort::Scheduled => return Some(self.total(status)),
            Sort::Sent => return None,
            Sort::Opened => |b| b.opened,
            Sort::Clicked => |b| b.clicked,
        };
        match (status, sort) {
            (Some(Status::Sent), _) | (Some(Status::Opened), Sort::Opened) | (Some(Status::Clicked), Sort::Clicked) => {
                Some(self.sum(Status::is_sent, instants))
            }
            (Some(Status::Opened | Status::Clicked), _) => None,
            (badge, _) => Some(self.sum(|s| badge.is_none_or(|b| s == b), instants)),
        }
    }

    /// The status to look for: that of the filter, or one that selects the same rows through a shorter index.
    pub fn index_status(&self, filter: &MessageFilter) -> Option<Status> {
        if filter.is_reviewed() { None } else { filter.wanted_status().or_else(|| self.only()) }
    }

    /// A status filter that matches every row, if there is one: its index is shorter than that of all messages.
    fn only(&self) -> Option<Status> {
        let whole = self.total(None);
        Status::ALL
            .into_iter()
            .filter(|s| !matches!(s, Status::Opened | Status::Clicked))
            .find(|s| whole > 0 && self.total(Some(*s)) == whole)
    }

    fn sum(&self, which: impl Fn(Status) -> bool, what: impl Fn(&Badges) -> u64) -> u64 {
        Status::ALL.into_iter().zip(&self.0).filter(|(s, _)| which(*s)).map(|(_, b)| what(b)).sum()
    }

    pub fn stats(&self) -> Stats {
        let of = |s| self.total(Some(s));
        Stats {
            sent: of(Status::Sent),
            opened: of(Status::Opened),
            clicked: of(Status::Clicked),
            failed: of(Status::Failed),
            scheduled: of(Status::Scheduled),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Cell {
    status: Status,
    n: i64,
    opened: i64,
    clicked: i64,
    reviewed: i64,
}

/// Read from the counters, without reading messages. Ignores `q`. With `only_reviewed`, of those that led to a review.
pub async fn counted(viewer: &Viewer, filter: &MessageFilter, only_reviewed: bool) -> AppResult<Tally> {
    let mut query = counter_query(viewer.project, filter);
    let cells: Vec<Cell> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let mut tally = Tally::default();
    for c in cells {
        let [n, opened, clicked, reviewed] =
            [c.n, c.opened, c.clicked, c.reviewed].map(|x| u64::try_from(x).unwrap_or(0));
        let badges = match only_reviewed {
            true => Badges { n: reviewed, reviewed, ..Badges::default() },
            false => Badges { n, opened, clicked, reviewed },
        };
        tally.add(c.status, badges);
    }
    Ok(tally)
}

pub(super) fn counter_query(project: ProjectId, filter: &MessageFilter) -> Query {
    grouped_query(project, filter, "status")
}

/// The sums of the counters, one row for each value of the columns `by`.
pub(super) fn grouped_query(project: ProjectId, filter: &MessageFilter, by: &'static str) -> Query {
    let (opened, clicked) = if filter.machines { ("opened_any", "clicked_any") } else { ("opened", "clicked") };
    let mut query = Query::new("select ");
    query.push(by).push(", cast(sum(n) as bigint) as n, cast(sum(");
    query.push(opened).push(") as bigint) as opened, cast(sum(").push(clicked);
    query.push(") as bigint) as clicked, cast(sum(reviewed) as bigint) as reviewed");
    query.push(" from counter where project_id = ").push_bind(project);
    match (filter.from.map(day_number), filter.to.map(day_number)) {
        (None, None) => query.push(" and day = 0"),
        // The days are counted from 1970-01-01, whose number 0 stands for all days together.
        (from, to) => query
            .push(" and day between ")
            .push_bind(from.unwrap_or(1).max(1))
            .push(" and ")
            .push_bind(to.unwrap_or(i32::MAX)),
    };
    if let Some(location) = filter.location {
        query.push(" and location_id = ").push_bind(location);
    }
    if let Some(channel) = filter.channel {
        query.push(" and channel = ").push_bind(channel);
    }
    if let Some(template) = filter.template {
        query.push(" and template = ").push_bind(template);
    }
    query.push(" group by ").push(by);
    query
}

/// Tallies of common searches, which take a walk over all matches. Each holds until its project changes.
#[derive(Default)]
pub struct Tallies(Mutex<HashMap<(ProjectId, MessageFilter), (i64, Tally)>>);

impl Tallies {
    /// The cache's size; a full cache is emptied, which costs each search one walk.
    const MOST: usize = 512;

    fn get(&self, key: &(ProjectId, MessageFilter), version: i64) -> Option<Tally> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.get(key).filter(|(v, _)| *v == version).map(|(_, t)| *t)
    }

    fn put(&self, key: (ProjectId, MessageFilter), version: i64, tally: Tally) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= Self::MOST {
            map.clear();
        }
        map.insert(key, (version, tally));
    }
}

/// The tally of a search, counted by `count` where the project changed since it was last asked for.
pub async fn remembered<F>(viewer: &Viewer, filter: &MessageFilter, only_reviewed: bool, count: F) -> AppResult<Tally>
where
    F: AsyncFnOnce() -> AppResult<Tally>,
{
    let status = only_reviewed.then_some(StatusFilter::Reviewed);
    let alike = MessageFilter { status, sort: Default::default(), dir: Default::default(), ..filter.clone() };
    let key = (viewer.project, alike);
    let version = version(&viewer.db, viewer.project).await?;
    if let Some(tally) = viewer.db.tallies.get(&key, version) {
        return Ok(tally);
    }
    let tally = count().await?;
    viewer.db.tallies.put(key, version, tally);
    Ok(tally)
}

/// Rises with each change of the project.
pub async fn version(db: &Db, project: ProjectId) -> AppResult<i64> {
    let version = sqlx::query_scalar("select version from project_change where project_id = $1");
    Ok(version.bind(project).fetch_optional(db.read()).await?.unwrap_or(0))
}
