//! Which rows are ticked: some, or all that match the filter.

use crate::domain::MessageId;
use leptos::prelude::*;
use std::collections::HashSet;

/// It outlives the rows: one that is built anew keeps its tick.
#[derive(Clone, Copy)]
pub struct Selection {
    ticked: RwSignal<HashSet<MessageId>>,
    /// All that match, not only what is on the page.
    all: RwSignal<bool>,
}

impl Selection {
    pub fn new() -> Self {
        Self { ticked: RwSignal::new(HashSet::new()), all: RwSignal::new(false) }
    }

    pub fn has(self, id: MessageId) -> bool {
        self.all.get() || self.ticked.with(|t| t.contains(&id))
    }

    pub fn tick(self, id: MessageId, on: bool) {
        // Unticking one of all leaves those of the page: a filter cannot leave one out.
        self.all.set(false);
        self.ticked.update(|t| {
            if on {
                t.insert(id)
            } else {
                t.remove(&id)
            };
        });
    }

    pub fn tick_page(self, ids: &[MessageId], on: bool) {
        self.all.set(false);
        self.ticked.update(|t| {
            for id in ids {
                if on {
                    t.insert(*id)
                } else {
                    t.remove(id)
                };
            }
        });
    }

    pub fn select_all(self, page: &[MessageId]) {
        self.tick_page(page, true);
        self.all.set(true);
    }

    pub fn clear(self) {
        self.all.set(false);
        self.ticked.update(HashSet::clear);
    }

    pub fn is_all(self) -> bool {
        self.all.get()
    }

    pub fn is_empty(self) -> bool {
        !self.all.get() && self.ticked.with(HashSet::is_empty)
    }

    pub fn len(self) -> usize {
        self.ticked.with(HashSet::len)
    }

    pub fn all_untracked(self) -> bool {
        self.all.get_untracked()
    }

    /// As `cancel_messages` takes them.
    pub fn ids(self) -> String {
        self.ticked.with_untracked(|t| t.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self::new()
    }
}
