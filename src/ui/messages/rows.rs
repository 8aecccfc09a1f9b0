//! The rows of a table. New data changes them in place, and no row moves while the pointer or the focus is on them.

use super::steering::{Answered, use_steering};
use crate::domain::message::MessageRow;
use leptos::prelude::*;

/// Rows as the server gave them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh<K> {
    /// The filter and the page that they answer.
    pub key: K,
    /// The project's version that they show.
    pub version: i64,
    pub rows: Vec<MessageRow>,
    /// The most rows that a page shows.
    pub most: usize,
}

/// The rows to show of `fresh`. While `held` (the pointer or the focus is on them), they keep their order and none goes.
pub fn use_rows<K>(fresh: Signal<Fresh<K>>, held: Signal<bool>) -> Memo<Vec<MessageRow>>
where
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let steering = use_steering();
    let standing = Memo::new(move |last: Option<&Fresh<K>>| {
        let mut new = fresh.get();
        if let Some(last) = last.filter(|last| held.get() && last.key == new.key) {
            new.rows = in_place(&last.rows, new.rows, |a, b| a.id == b.id, new.most);
        }
        apply(&mut new.rows, new.version, steering.answered());
        new
    });
    Memo::new(move |_| standing.with(|standing| standing.rows.clone()))
}

/// The old rows with their new data, then the new rows, up to `most` in all. A row that is gone stays as it was.
fn in_place<T: Clone>(old: &[T], mut fresh: Vec<T>, same: impl Fn(&T, &T) -> bool, most: usize) -> Vec<T> {
    let mut rows: Vec<T> = Vec::with_capacity(old.len());
    for row in old {
        let now = fresh.iter().position(|f| same(row, f));
        rows.push(now.map_or_else(|| row.clone(), |i| fresh.remove(i)));
    }
    let room = most.saturating_sub(rows.len());
    rows.extend(fresh.into_iter().take(room));
    rows
}

/// Applies the answers to changes that are newer than the rows.
fn apply(rows: &mut Vec<MessageRow>, version: i64, answered: Vec<Answered>) {
    for answer in answered {
        match answer.row {
            None => rows.retain(|row| row.id != answer.id),
            Some(changed) if answer.version > version => {
                if let Some(row) = rows.iter_mut().find(|row| row.id == answer.id) {
                    *row = changed;
                }
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_place;

    #[test]
    fn rows_stay_where_they_are_and_what_is_new_comes_last() {
        let old = [(1, 'a'), (2, 'a'), (3, 'a')];
        let fresh = vec![(4, 'b'), (3, 'b'), (1, 'b')];
        let rows = |most| in_place(&old, fresh.clone(), |a, b| a.0 == b.0, most);
        assert_eq!(rows(50), [(1, 'b'), (2, 'a'), (3, 'b'), (4, 'b')]);
        assert_eq!(rows(3), [(1, 'b'), (2, 'a'), (3, 'b')]);
    }
}
