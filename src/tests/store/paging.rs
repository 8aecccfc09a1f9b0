//! Pages of the table against brute force: their rows, their order, their numbers.

use super::shop::{NOW, Shop, expected};
use crate::{
    domain::{
        MessageId, Timestamp,
        filter::{MessageFilter, MessagesQuery, Sort, StatusFilter},
        message::Channel,
        page::{Cursor, PageAt, PageRef, Place},
        status::Status,
    },
    server::{demo::chance::Chance, store::messages::page},
};
use std::collections::HashSet;
use uuid::Uuid;

const PER: u16 = 25;

fn query(filter: &MessageFilter, at: PageAt) -> MessagesQuery {
    MessagesQuery { filter: filter.clone(), page: PageRef { at, per: Some(PER) }, chart: None }
}

async fn look(shop: &Shop, filter: &MessageFilter, at: PageAt) -> (Vec<MessageId>, Place) {
    let page = page(&shop.manager, &query(filter, at)).await.unwrap();
    (page.rows.iter().map(|r| r.id).collect(), page.place)
}

/// All rows page by page, with a check of where each page stands.
async fn forward(shop: &Shop, filter: &MessageFilter) -> Vec<MessageId> {
    let (mut all, mut at) = (Vec::new(), PageAt::First);
    loop {
        let (rows, place) = look(shop, filter, at).await;
        let first = if rows.is_empty() { 0 } else { all.len() as u64 + 1 };
        assert_eq!(place.first_row, first, "{filter:?}");
        assert_eq!(place.previous.is_some(), !all.is_empty(), "{filter:?}");
        all.extend(rows);
        assert_eq!(place.last_row, all.len() as u64, "{filter:?}");
        match place.next {
            Some(next) => at = PageAt::After(next),
            None => {
                assert_eq!(place.total, all.len() as u64, "{filter:?}");
                return all;
            }
        }
    }
}

async fn backward(shop: &Shop, filter: &MessageFilter) -> Vec<MessageId> {
    let (mut all, mut at) = (Vec::new(), PageAt::Last);
    loop {
        let (mut rows, place) = look(shop, filter, at).await;
        if place.previous.is_none() {
            // The first page is whole, so it may show rows of the second again.
            rows.truncate(place.total as usize - all.len());
            assert_eq!(place.first_row, u64::from(place.total > 0), "{filter:?}");
            rows.extend(all);
            return rows;
        }
        assert_eq!((place.last_row, rows.len()), (place.total - all.len() as u64, PER.into()), "{filter:?}");
        rows.extend(all);
        all = rows;
        match place.previous {
            Some(previous) => at = PageAt::Before(previous),
            None => return all,
        }
    }
}

#[tokio::test]
async fn every_row_stands_once_and_in_order_in_both_directions() {
    let mut chance = Chance::new(1);
    let shop = Shop::full(24, 500, &mut chance).await;
    let known = shop.known().await;
    let mut filters: Vec<MessageFilter> =
        Sort::ALL.into_iter().map(|sort| MessageFilter { sort, ..MessageFilter::default() }).collect();
    filters.extend((0..60).map(|_| shop.any_filter(&mut chance)));
    for filter in &filters {
        let rows = expected(&known, filter);
        assert_eq!(forward(&shop, filter).await, rows, "{filter:?}");
        assert_eq!(backward(&shop, filter).await, rows, "{filter:?}");
    }
}

#[tokio::test]
async fn each_stat_is_the_number_of_rows_that_its_link_leads_to() {
    let mut chance = Chance::new(2);
    let shop = Shop::full(12, 300, &mut chance).await;
    let known = shop.known().await;
    let searches = ["", "", "ruiz", "visit", "50% off_", "no such user", "a", "does not exist", "nobody"];
    for n in 0..90 {
        let mut filter = shop.any_filter(&mut chance);
        filter.q = searches[n % searches.len()].into();
        let numbers = page(&shop.manager, &query(&filter, PageAt::First)).await.unwrap();
        assert_eq!(numbers.place.total, expected(&known, &filter).len() as u64, "{filter:?}");
        for status in Status::ALL {
            let linked = filter.with_status(Some(status));
            let rows = expected(&known, &linked);
            let page = page(&shop.manager, &query(&linked, PageAt::First)).await.unwrap();
            assert_eq!(page.stats, numbers.stats, "the status changes no number: {linked:?}");
            assert_eq!(page.place.total, rows.len() as u64, "{linked:?}");
            assert_eq!(page.rows.len(), rows.len().min(PER.into()), "{linked:?}");
            if page.stats.share_in_tenths(status).is_some() || status == Status::Sent {
                assert_eq!(page.stats.of(status), rows.len() as u64, "{linked:?}");
            }
        }
        let reviewed = MessageFilter { status: Some(StatusFilter::Reviewed), ..filter.clone() };
        let rows = expected(&known, &reviewed);
        let page = page(&shop.manager, &query(&reviewed, PageAt::First)).await.unwrap();
        assert_eq!(page.stats, numbers.stats, "{reviewed:?}");
        assert_eq!(page.place.total, rows.len() as u64, "{reviewed:?}");
        assert!(page.rows.iter().all(|row| row.rating.is_some()), "{reviewed:?}");
    }
}

#[tokio::test]
async fn rows_that_come_and_go_in_between_make_no_other_row_repeat_or_vanish() {
    let mut chance = Chance::new(3);
    for sort in Sort::ALL {
        let shop = Shop::full(8, 200, &mut chance).await;
        let filter = MessageFilter { sort, ..MessageFilter::default() };
        let mut steady: HashSet<MessageId> = shop.known().await.iter().map(|k| k.id).collect();
        let (mut seen, mut at) = (Vec::new(), PageAt::First);
        loop {
            let (rows, place) = look(&shop, &filter, at).await;
            assert!(place.last_row <= place.total, "{place:?}");
            seen.extend(rows);
            let Some(next) = place.next else { break };
            at = PageAt::After(next);
            shop.insert_any(&mut chance).await;
            // The very row to page on from goes, too.
            let gone = MessageId(next.id);
            crate::server::store::steering::delete(&shop.manager, gone).await.unwrap();
            steady.remove(&gone);
        }
        let once: HashSet<_> = seen.iter().copied().collect();
        assert_eq!(once.len(), seen.len(), "no row twice, by {sort:?}");
        assert!(steady.is_subset(&once), "no row left out, by {sort:?}");
    }
}

#[tokio::test]
async fn any_place_in_the_address_leads_to_a_page() {
    let mut chance = Chance::new(4);
    let shop = Shop::full(4, 60, &mut chance).await;
    for sort in Sort::ALL {
        let filter = MessageFilter { sort, ..MessageFilter::default() };
        for tail in [false, true] {
            for key in [i64::MIN, -1, 0, NOW.0, i64::MAX] {
                for rank in [0, 59, 60, 1_000, u64::MAX] {
                    for id in [Uuid::nil(), Uuid::max()] {
                        let cursor = Cursor { tail, key, id, rank };
                        for at in [PageAt::After(cursor), PageAt::Before(cursor)] {
                            let (rows, place) = look(&shop, &filter, at).await;
                            assert!(!rows.is_empty(), "{at:?}");
                            assert_eq!(place.last_row - place.first_row + 1, rows.len() as u64, "{at:?}");
                            assert!((1..=60).contains(&place.first_row) && place.last_row <= 60, "{at:?} {place:?}");
                        }
                    }
                }
            }
        }
    }
    let nothing = MessageFilter { from: "9999-12-31".parse().ok(), ..MessageFilter::default() };
    let (rows, place) = look(&shop, &nothing, PageAt::Last).await;
    assert_eq!((rows, place), (Vec::new(), Place { per: PER, ..Place::default() }));
}

#[tokio::test]
async fn a_page_beyond_an_end_is_the_page_at_that_end() {
    let shop = Shop::empty(1).await;
    let messages: Vec<_> = (0..60).map(|n| shop.message(0, Channel::Email, NOW.plus(n * Timestamp::MINUTE))).collect();
    shop.insert(&messages).await;
    let filter = MessageFilter::default();
    let (last, place) = look(&shop, &filter, PageAt::Last).await;
    assert_eq!((place.first_row, place.last_row, place.total), (36, 60, 60));
    let end = Cursor { tail: true, key: 0, id: Uuid::nil(), rank: 12 };
    assert_eq!(look(&shop, &filter, PageAt::After(end)).await, (last, place));
    let (first, place) = look(&shop, &filter, PageAt::First).await;
    let third = Cursor { rank: 2, ..place.next.unwrap() };
    let third = Cursor { key: NOW.plus(57 * Timestamp::MINUTE).0, id: messages[57].id.0, ..third };
    assert_eq!(look(&shop, &filter, PageAt::Before(third)).await, (first, place));
}
