//! A filter of customers as SQL.
//!
//! Where few customers meet one of the conditions, an index of that condition finds them, and what is read is those. Else a page is
//! a walk along the index of its order, which holds what the filters test, and stops when the page is full.

use crate::{
    domain::{
        AppResult, CustomerId, Timestamp,
        customer::{
            CustomerCursor,
            filter::{CustomerFilter, CustomerSort, CustomerStatus, ReviewStage},
        },
        filter::Direction,
        schedule,
    },
    server::store::{db::Query, dialect, guard::Viewer, search},
};
use chrono::{Days, NaiveDate, NaiveTime};

/// Up to this many customers are few.
const FEW: usize = search::FEW;

/// The conditions of a list.
pub struct Find<'a> {
    viewer: &'a Viewer,
    filter: &'a CustomerFilter,
    words: Vec<String>,
    /// No others can match: all that meet one of the conditions. None where each is met by many.
    few: Option<Vec<CustomerId>>,
}

/// A customer's place in the order.
#[derive(sqlx::FromRow)]
pub struct Found {
    pub id: CustomerId,
    /// What the order goes by, as a text.
    pub key: String,
}

impl<'a> Find<'a> {
    pub async fn new(viewer: &'a Viewer, filter: &'a CustomerFilter) -> AppResult<Self> {
        let mut find = Self::of_many(viewer, filter);
        find.few = find.few().await?;
        Ok(find)
    }

    /// As if each condition were met by many.
    pub(super) fn of_many(viewer: &'a Viewer, filter: &'a CustomerFilter) -> Self {
        Self { viewer, filter, words: search::words(&filter.q), few: None }
    }

    async fn few(&self) -> AppResult<Option<Vec<CustomerId>>> {
        let found = search::customers(self.viewer, &self.words, FEW + 1).await?;
        if let Some(found) = found.filter(|found| found.len() <= FEW) {
            return Ok(Some(found));
        }
        for mut probe in self.probes() {
            let found: Vec<CustomerId> = probe.build_query_scalar().fetch_all(self.viewer.db.read()).await?;
            if found.len() <= FEW {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The first customers that meet each of the conditions, whatever the others are: one more than few.
    pub(super) fn probes(&self) -> Vec<Query> {
        let CustomerFilter { review, status, location, rating, from, to, .. } = self.filter;
        let mut probes = Vec::new();
        if !self.filter.tag.is_empty() {
            let mut query = Query::new("select customer_id from customer_tag where project_id = ");
            query.push_bind(self.viewer.project).push(" and tag = ").push_bind(self.filter.tag.clone());
            probes.push(query);
        }
        let mut probe = |index, push: &dyn Fn(&mut Query)| {
            let mut query = Query::new("select c.id from customer c");
            dialect::push_index(&mut query, index);
            query.push(" where c.project_id = ").push_bind(self.viewer.project);
            push(&mut query);
            probes.push(query);
        };
        if rating.is_some() {
            probe("customer_rated", &|query| self.push_rating(query));
        }
        if let Some(stage) = review {
            let index = match stage {
                ReviewStage::Requested | ReviewStage::NotRequested => Some("customer_requested_at"),
                ReviewStage::Missed => Some("customer_missed"),
                ReviewStage::Reviewed => Some("customer_rated"),
                // Of these there are always many.
                ReviewStage::NotReviewed => None,
            };
            if let Some(index) = index {
                probe(index, &|query| push_stage(query, *stage));
            }
        }
        if let Some(status) = status {
            let index = match status {
                CustomerStatus::HasNotes => "customer_noted_on",
                CustomerStatus::Unsubscribed => "customer_unsubscribed",
                CustomerStatus::Archived => "customer_archived",
            };
            probe(index, &|query| push_status(query, *status));
        }
        if location.is_some() {
            probe("customer_of_location", &|query| self.push_location(query));
        }
        if from.is_some() || to.is_some() {
            probe("customer_by_added", &|query| self.push_days(query));
        }
        for query in &mut probes {
            query.push(" limit ").push_bind(FEW as i64 + 1);
        }
        probes
    }

    /// The customers in the order of the list, after or before one or from an end. None for a position of another order.
    pub fn walk(&self, from: Option<&CustomerCursor>, is_forward: bool, limit: usize) -> Option<Query> {
        let (key, index, text) = match self.filter.sort {
            CustomerSort::Name => ("c.name", "customer_by_name", "c.name"),
            CustomerSort::Added => ("c.created_at", "customer_by_added", "cast(c.created_at as text)"),
            CustomerSort::Messaged => (
                "coalesce(c.last_messaged_at, 0)",
                "customer_by_messaged",
                "cast(coalesce(c.last_messaged_at, 0) as text)",
            ),
        };
        let is_up = (self.filter.dir() == Direction::Ascending) == is_forward;
        let mut query = Query::new("select c.id, ");
        query.push(text).push(" as key from customer c");
        self.push_where(&mut query, index);
        if let Some(cursor) = from {
            query.push(" and (").push(key).push(", c.id) ").push(if is_up { "> (" } else { "< (" });
            match self.filter.sort {
                CustomerSort::Name => query.push_bind(cursor.key.clone()),
                CustomerSort::Added | CustomerSort::Messaged => query.push_bind(cursor.key.parse::<i64>().ok()?),
            };
            query.push(", ").push_bind(cursor.id).push(")");
        }
        let order = if is_up { " asc" } else { " desc" };
        query.push(" order by ").push(key).push(order).push(", c.id").push(order);
        query.push(" limit ").push_bind(limit as i64);
        Some(query)
    }

    /// The ids of all that match, in the order in which the customers were added, after one of them: a change of many goes by it,
    /// because none of its changes moves a customer in it.
    pub fn ids(&self, after: Option<CustomerId>, limit: usize) -> Query {
        let mut query = Query::new("select c.id from customer c");
        self.push_where(&mut query, dialect::CUSTOMER_KEY);
        if let Some(after) = after {
            query.push(" and c.id > ").push_bind(after);
        }
        query.push(" order by c.id limit ").push_bind(limit as i64);
        query
    }

    /// How many match, but for those left out.
    pub fn count(&self, except: &[CustomerId]) -> Query {
        let mut query = Query::new("select count(*) from customer c");
        self.push_where(&mut query, "customer_by_name");
        if !except.is_empty() {
            dialect::push_any_id(query.push(" and not c.id "), except);
        }
        query
    }

    /// ` where …` of all conditions; `index` is the one to read along where many match.
    fn push_where(&self, query: &mut Query, index: &'static str) {
        dialect::push_index(query, if self.few.is_some() { dialect::CUSTOMER_KEY } else { index });
        query.push(" where c.project_id = ").push_bind(self.viewer.project);
        if let Some(few) = &self.few {
            dialect::push_any_id(query.push(" and c.id "), few);
        }
        if let Some(status) = self.filter.status {
            push_status(query, status);
        }
        if self.filter.status != Some(CustomerStatus::Archived) {
            query.push(" and c.archived_at is null");
        }
        if let Some(stage) = self.filter.review {
            push_stage(query, stage);
        }
        self.push_rating(query);
        self.push_location(query);
        self.push_days(query);
        if !self.filter.tag.is_empty() {
            query.push(
                " and exists (select 1 from customer_tag t where t.project_id = c.project_id and t.customer_id = c.id",
            );
            query.push(" and t.tag = ").push_bind(self.filter.tag.clone()).push(")");
        }
        search::push_test(query, "c.search_text", &self.words);
    }

    fn push_rating(&self, query: &mut Query) {
        if let Some(rating) = self.filter.rating {
            query.push(" and c.rating is not null and c.rating = ").push_bind(rating);
        }
    }

    fn push_location(&self, query: &mut Query) {
        if let Some(location) = self.filter.location {
            query.push(" and c.location_id is not null and c.location_id = ").push_bind(location);
        }
    }

    fn push_days(&self, query: &mut Query) {
        if let Some(from) = self.filter.from {
            query.push(" and c.created_at >= ").push_bind(self.midnight(from));
        }
        if let Some(after) = self.filter.to.and_then(|to| to.checked_add_days(Days::new(1))) {
            query.push(" and c.created_at < ").push_bind(self.midnight(after));
        }
    }

    fn midnight(&self, day: NaiveDate) -> Timestamp {
        schedule::instant(&self.viewer.zone, day.and_time(NaiveTime::MIN))
    }
}

fn push_stage(query: &mut Query, stage: ReviewStage) {
    query.push(match stage {
        ReviewStage::Requested => " and c.requested_at is not null",
        ReviewStage::NotRequested => " and c.requested_at is null",
        ReviewStage::Missed => " and c.clicked_at is not null and c.rating is null",
        ReviewStage::Reviewed => " and c.rating is not null",
        ReviewStage::NotReviewed => " and c.rating is null",
    });
}

fn push_status(query: &mut Query, status: CustomerStatus) {
    query.push(match status {
        CustomerStatus::HasNotes => " and c.has_notes = 1",
        CustomerStatus::Unsubscribed => " and c.unsubscribed_at is not null",
        CustomerStatus::Archived => " and c.archived_at is not null",
    });
}
