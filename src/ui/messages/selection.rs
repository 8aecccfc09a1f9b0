//! Which messages are ticked: some by their ids, or all that match the filter but the unticked ones.

use crate::{
    domain::{
        MessageId,
        bulk::{Ids, SelectionForm},
        filter::MessageFilter,
        stats::thousands,
    },
    ui::hooks::effect::effect,
};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlInputElement};
use std::{collections::BTreeSet, str::FromStr};

/// The form that the checkboxes belong to where scripts do not run.
pub const FORM: &str = "bulk";
/// The name of a checkbox, as the server function takes it.
pub const FIELD: &str = "selection[ids][]";

/// What identifies a row.
pub trait RowId: Copy + Ord + FromStr + Send + Sync + 'static {}

impl<K: Copy + Ord + FromStr + Send + Sync + 'static> RowId for K {}

/// What is ticked, on this page and on others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticked<K = MessageId> {
    Only(BTreeSet<K>),
    AllBut(BTreeSet<K>),
}

impl<K: RowId> Default for Ticked<K> {
    fn default() -> Self {
        Self::Only(BTreeSet::new())
    }
}

impl<K: RowId> Ticked<K> {
    pub fn has(&self, id: K) -> bool {
        match self {
            Self::Only(ids) => ids.contains(&id),
            Self::AllBut(ids) => !ids.contains(&id),
        }
    }

    pub fn tick(&mut self, id: K, on: bool) {
        let (ids, add) = match self {
            Self::Only(ids) => (ids, on),
            Self::AllBut(ids) => (ids, !on),
        };
        if add {
            ids.insert(id);
        } else {
            ids.remove(&id);
        }
    }

    /// How many of the `total` that match.
    pub fn count(&self, total: u64) -> u64 {
        match self {
            Self::Only(ids) => ids.len() as u64,
            Self::AllBut(ids) => total.saturating_sub(ids.len() as u64),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(ids) if ids.is_empty())
    }

    /// `3 selected, 2 of them on other pages`; `All but 2 of 1,240 that match selected`. `page` are the rows in sight.
    pub fn sentence(&self, page: &[K], total: u64) -> String {
        match self {
            Self::AllBut(ids) if ids.is_empty() => format!("All {} that match selected", thousands(total)),
            Self::AllBut(ids) => {
                format!("All but {} of {} that match selected", thousands(ids.len() as u64), thousands(total))
            }
            Self::Only(ids) => {
                let elsewhere = ids.len() - page.iter().filter(|id| ids.contains(id)).count();
                let all = thousands(ids.len() as u64);
                match elsewhere {
                    0 => format!("{all} selected"),
                    n if n == ids.len() => format!("{all} selected, on other pages"),
                    n => format!("{all} selected, {} of them on other pages", thousands(n as u64)),
                }
            }
        }
    }
}

impl Ticked {
    /// As the server function takes it.
    pub fn form(&self, filter: &MessageFilter) -> SelectionForm {
        let ids = |ids: &BTreeSet<MessageId>| Ids(ids.iter().copied().collect());
        match self {
            Self::Only(some) => SelectionForm { ids: ids(some), ..SelectionForm::default() },
            Self::AllBut(not) => {
                SelectionForm { all: true, filter: filter.clone(), except: ids(not), ..SelectionForm::default() }
            }
        }
    }
}

/// The ticks of a page. They outlive its rows: a row that comes back has its tick.
pub struct Selection<K: RowId = MessageId>(RwSignal<Ticked<K>>);

impl<K: RowId> Clone for Selection<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: RowId> Copy for Selection<K> {}

impl<K: RowId> Selection<K> {
    pub fn new() -> Self {
        Self(RwSignal::new(Ticked::default()))
    }

    /// Takes over the rows that were ticked before the scripts came. Called before the rows are hydrated, which unticks them;
    /// they are ticked again when the page is, since hydrating needs it as the server made it.
    pub fn adopt(self) {
        let Ok(found) = document().query_selector_all(&format!("input[form={FORM}]:checked")) else { return };
        let ids = (0..found.length()).filter_map(|i| {
            let input: HtmlInputElement = found.item(i)?.dyn_into().ok()?;
            input.value().parse().ok()
        });
        let ids: BTreeSet<K> = ids.collect();
        if !ids.is_empty() {
            effect(move |_| self.0.set(Ticked::Only(ids.clone())));
        }
    }

    pub fn has(self, id: K) -> bool {
        self.0.with(|ticked| ticked.has(id))
    }

    pub fn tick(self, id: K, on: bool) {
        self.0.update(|ticked| ticked.tick(id, on));
    }

    /// A checkbox of a row was changed.
    pub fn changed(self, event: &ev::Event) {
        let input: HtmlInputElement = event_target(event);
        if let Ok(id) = input.value().parse() {
            self.tick(id, input.checked());
        }
    }

    pub fn tick_page(self, ids: &[K], on: bool) {
        self.0.update(|ticked| ids.iter().for_each(|id| ticked.tick(*id, on)));
    }

    pub fn select_all(self) {
        self.0.set(Ticked::AllBut(BTreeSet::new()));
    }

    /// Nothing, where the page is gone.
    pub fn clear(self) {
        self.0.try_set(Ticked::default());
    }

    pub fn ticked(self) -> Ticked<K> {
        self.0.get()
    }
}

impl<K: RowId> Default for Selection<K> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> MessageId {
        MessageId(Uuid::from_u128(n))
    }

    #[test]
    fn unticking_one_of_all_leaves_all_the_others() {
        let mut ticked = Ticked::AllBut(BTreeSet::new());
        ticked.tick(id(7), false);
        assert!(!ticked.has(id(7)) && ticked.has(id(1)));
        assert_eq!(ticked.count(1_240), 1_239);
        assert_eq!(ticked.sentence(&[], 1_240), "All but 1 of 1,240 that match selected");
        let form = ticked.form(&MessageFilter::default());
        assert!(form.all && form.ids.0.is_empty());
        assert_eq!(form.except.0, [id(7)]);
        ticked.tick(id(7), true);
        assert_eq!(ticked.sentence(&[], 1_240), "All 1,240 that match selected");
    }

    #[test]
    fn what_is_ticked_on_other_pages_is_said() {
        let mut ticked = Ticked::default();
        assert!(ticked.is_empty());
        for n in 1..=3 {
            ticked.tick(id(n), true);
        }
        let page = |ids: &[u128]| ids.iter().map(|n| id(*n)).collect::<Vec<_>>();
        assert_eq!(ticked.sentence(&page(&[1, 2, 3, 4]), 9), "3 selected");
        assert_eq!(ticked.sentence(&page(&[1, 4]), 9), "3 selected, 2 of them on other pages");
        assert_eq!(ticked.sentence(&page(&[5]), 9), "3 selected, on other pages");
        ticked.tick(id(1), false);
        assert_eq!((ticked.count(9), ticked.has(id(1))), (2, false));
    }
}
