//! The messages of a filter, some at a time, for a file.

use super::tally;
use crate::{
    domain::{
        AppResult,
        filter::MessageFilter,
        message::MessageRow,
        page::{PageAt, PageRef},
    },
    server::store::{
        find::Find,
        guard::{Manager, Viewer},
        rows,
        search::{self, Hits},
        tally::Tally,
        walk,
    },
};

/// Messages that are read at a time.
const READ: u16 = 500;

pub struct Export {
    manager: Manager,
    filter: MessageFilter,
    hits: Option<Hits>,
    tally: Tally,
    /// None after the last ones.
    at: Option<PageAt>,
    per: u16,
}

impl Export {
    pub async fn new(manager: Manager, filter: MessageFilter) -> AppResult<Self> {
        let hits = if filter.q.is_empty() { None } else { Some(search::hits(&manager, &filter.q).await?) };
        let tally = tally(&manager, &Find::new(&manager, &filter, hits.as_ref())).await?;
        Ok(Self { manager, filter, hits, tally, at: Some(PageAt::First), per: READ })
    }

    /// Reads so many at a time instead of [`READ`].
    #[must_use]
    pub fn reading(mut self, per: u16) -> Self {
        self.per = per;
        self
    }

    pub fn viewer(&self) -> &Viewer {
        &self.manager
    }

    /// The next ones in the order of the list; empty after the last.
    pub async fn next(&mut self) -> AppResult<Vec<MessageRow>> {
        let Some(at) = self.at.take() else { return Ok(Vec::new()) };
        let mut find = Find::new(&self.manager, &self.filter, self.hits.as_ref());
        find.status = self.tally.index_status(&self.filter);
        let page = PageRef { at, per: Some(self.per) };
        let (found, place) = walk::page_once(&self.manager, &find, &self.tally, page).await?;
        self.at = place.next.map(PageAt::After);
        rows::by_seq(&self.manager, &found).await
    }
}
