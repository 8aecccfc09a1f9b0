//! A filter as SQL, and keyset pages in both directions.
//!
//! Every query walks one index of one project in the order of the page and stops when the page is full. Rows that have the
//! sort's instant come first (the head); the rest follow in the order of their schedule (the tail), in both directions.

use super::{
    db::Query,
    dialect,
    search::{self, Hits},
};
use crate::{
    domain::{
        ProjectId, Timestamp,
        filter::{Direction, MessageFilter, Sort},
        page::Cursor,
        schedule,
        status::Status,
    },
    server::store::guard::{Viewer, day_number},
};
use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// The conditions of a page.
pub struct Find<'a> {
    pub project: ProjectId,
    pub zone: Tz,
    pub filter: &'a MessageFilter,
    /// The filter's status, or one that selects the same rows through a shorter index.
    pub status: Option<Status>,
    /// Whether only those count that led to a review.
    pub only_reviewed: bool,
    /// None without a search.
    pub hits: Option<&'a Hits>,
}

/// One of the two stretches of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    Head,
    Tail,
}

/// The columns of opens and clicks: a person's or, with `machines`, anybody's.
pub fn hit_columns(machines: bool) -> [&'static str; 2] {
    if machines { ["any_opened_at", "any_clicked_at"] } else { ["opened_at", "clicked_at"] }
}

/// The instant that a stretch is ordered by.
pub fn key_column(filter: &MessageFilter, stretch: Stretch) -> &'static str {
    let [opened, clicked] = hit_columns(filter.machines);
    match (filter.sort, stretch) {
        (Sort::Sent, Stretch::Head) => "sent_at",
        (Sort::Opened, Stretch::Head) => opened,
        (Sort::Clicked, Stretch::Head) => clicked,
        (Sort::Scheduled, _) | (_, Stretch::Tail) => "scheduled_at",
    }
}

impl<'a> Find<'a> {
    pub fn new(viewer: &Viewer, filter: &'a MessageFilter, hits: Option<&'a Hits>) -> Self {
        Self {
            project: viewer.project,
            zone: viewer.zone,
            filter,
            status: filter.wanted_status(),
            only_reviewed: filter.is_reviewed(),
            hits,
        }
    }

    /// The same for the numbers above the table, which go by all of the filter but the status.
    #[must_use]
    pub fn for_numbers(&self) -> Self {
        Self { status: None, only_reviewed: false, ..*self }
    }

    /// Every message has a scheduled time, and each opened one the time of that; the other instants may be missing.
    pub fn stretches(&self) -> Vec<Stretch> {
        match (self.filter.sort, self.status) {
            (Sort::Scheduled, _) | (Sort::Opened, Some(Status::Opened)) | (Sort::Clicked, Some(Status::Clicked)) => {
                vec![Stretch::Head]
            }
            _ => vec![Stretch::Head, Stretch::Tail],
        }
    }

    /// The rows (`seq`, `id`, `key`) of a stretch, forward or backward from a cursor of that stretch or from its end.
    pub fn rows(&self, stretch: Stretch, from: Option<&Cursor>, forward: bool, limit: usize) -> Query {
        let key = key_column(self.filter, stretch);
        let up = (self.filter.dir == Direction::Ascending) == forward;
        let mut query = Query::new("select m.seq, m.id, m.");
        query.push(key).push(" as key from message m");
        if let Some(Hits::Many(_)) = self.hits {
            query.push(" join message_search s on s.seq = m.seq");
        }
        self.push_where(&mut query);
        self.push_stretch(&mut query, stretch, key);
        if let Some(c) = from {
            query.push(" and (m.").push(key).push(", m.id) ").push(if up { "> (" } else { "< (" });
            query.push_bind(c.key).push(", ").push_bind(c.id).push(")");
        }
        let order = if up { " asc" } else { " desc" };
        query.push(" order by m.").push(key).push(order).push(", m.id").push(order);
        query.push(" limit ").push_bind(limit as i64);
        query
    }

    fn push_stretch(&self, query: &mut Query, stretch: Stretch, key: &'static str) {
        let own = key_column(self.filter, Stretch::Head);
        match (self.filter.sort, stretch) {
            (Sort::Scheduled, _) => {}
            (_, Stretch::Head) => drop(query.push(" and m.").push(own).push(" is not null")),
            (_, Stretch::Tail) => drop(query.push(" and m.").push(own).push(" is null")),
        }
        // The key of this sort decides the day, so the walk can begin and end at the range of dates.
        if self.filter.sort == Sort::Sent {
            if let Some(from) = self.filter.from {
                query.push(" and m.").push(key).push(" >= ").push_bind(self.midnight(from));
            }
            if let Some(after) = self.filter.to.and_then(|to| to.checked_add_days(Days::new(1))) {
                query.push(" and m.").push(key).push(" < ").push_bind(self.midnight(after));
            }
        }
    }

    fn midnight(&self, day: NaiveDate) -> Timestamp {
        schedule::instant(&self.zone, day.and_time(NaiveTime::MIN))
    }

    /// ` where …` of all conditions, the status among them. A common search is for `message_search s`.
    pub fn push_where(&self, query: &mut Query) {
        self.push_place(query);
        self.push_facets(query);
        push_status(query, self.status, self.filter.machines);
        if let Some(Hits::Many(words)) = self.hits {
            search::push_test(query, "s.text", words);
        }
    }

    /// ` where …`: the project's rows. A rare search lists them by `seq`, which begins with the project's number; adding
    /// project_id would make SQLite scan the whole project.
    pub fn push_place(&self, query: &mut Query) {
        match self.hits {
            Some(Hits::Few(seqs)) => dialect::push_any(query.push(" where m.seq "), seqs),
            _ => drop(query.push(" where m.project_id = ").push_bind(self.project)),
        }
    }

    /// All conditions but the status and the search.
    pub fn push_facets(&self, query: &mut Query) {
        if self.only_reviewed {
            query.push(" and m.rating is not null");
        }
        if let Some(location) = self.filter.location {
            query.push(" and m.location_id = ").push_bind(location);
        }
        if let Some(channel) = self.filter.channel {
            query.push(" and m.channel = ").push_bind(channel);
        }
        if let Some(template) = self.filter.template {
            query.push(" and m.template = ").push_bind(template);
        }
        if let Some(from) = self.filter.from {
            query.push(" and m.day >= ").push_bind(day_number(from));
        }
        if let Some(to) = self.filter.to {
            query.push(" and m.day <= ").push_bind(day_number(to));
        }
    }
}

/// The numbers are those of `Status`, written out so that partial indexes are used.
pub fn push_status(query: &mut Query, status: Option<Status>, machines: bool) {
    const SENT: &str = " and m.status in (1, 2, 3, 5)";
    const RARE: &str = " and m.status not in (1, 2, 3) and m.status = ";
    let [opened, clicked] = hit_columns(machines);
    match status {
        None => {}
        Some(Status::Sent) => drop(query.push(SENT)),
        Some(Status::Opened) => drop(query.push(SENT).push(" and m.").push(opened).push(" is not null")),
        Some(Status::Clicked) => drop(query.push(SENT).push(" and m.").push(clicked).push(" is not null")),
        Some(badge) => drop(query.push(RARE).push(badge as i16)),
    }
}
