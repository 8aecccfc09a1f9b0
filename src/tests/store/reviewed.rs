//! Messages that led to a review, as a filter: of bulk actions, of the export, and across its pages.

use super::shop::{NOW, Shop, expected};
use crate::{
    domain::{
        MessageId,
        bulk::{BulkKind, plan::BulkPlan},
        filter::MessageFilter,
        page::{PageAt, PageRef},
        status::Status,
    },
    server::{
        demo::chance::Chance,
        store::{
            bulk,
            messages::{Export, page_once},
            steering,
        },
    },
    tests::support::all_of,
};

const SEARCHES: [&str; 4] = ["", "ruiz", "visit", "a"];

fn reviewed(q: &str) -> MessageFilter {
    MessageFilter::parse(&format!("status=reviewed&sort=clicked&q={q}"))
}

#[tokio::test]
async fn a_bulk_action_takes_what_the_table_shows_and_nothing_else() {
    let mut chance = Chance::new(21);
    let shop = Shop::full(12, 400, &mut chance).await;
    let known = shop.known().await;
    for q in SEARCHES {
        let filter = reviewed(q);
        let rows = expected(&known, &filter);
        let waiting = known.iter().filter(|k| k.status == Status::Scheduled && rows.contains(&k.id)).count() as u64;
        let preview = steering::preview_cancel(&shop.manager, &all_of(filter.clone())).await.unwrap();
        let skipped: u64 = preview.skipped.iter().map(|(_, n)| n).sum();
        assert_eq!((preview.done, preview.done + skipped), (waiting, rows.len() as u64), "{q}");
        let plan = BulkPlan { kind: BulkKind::Delete, time: None, pace: None, canceled: false, reason: String::new() };
        let delete = bulk::preview(&shop.manager, &all_of(filter), &plan, NOW).await.unwrap();
        assert_eq!(delete.outcome.done, rows.len() as u64, "{q}");
    }
    let others = "select count(*) from message where state = 0 and rating is null";
    let before = shop.number(others).await;
    let waiting = shop.number("select count(*) from message where state = 0 and rating is not null").await;
    let outcome = steering::cancel_selection(&shop.manager, &all_of(reviewed("")), "", NOW).await.unwrap();
    assert_eq!((outcome.done as i64, shop.number(others).await), (waiting, before));
    assert!(waiting > 0 && before > 0);
}

#[tokio::test]
async fn the_export_and_the_pages_have_the_same_rows() {
    let mut chance = Chance::new(22);
    let shop = Shop::full(12, 400, &mut chance).await;
    let known = shop.known().await;
    for q in SEARCHES {
        let filter = reviewed(q);
        let rows = expected(&known, &filter);
        let mut export = Export::new(shop.manager.clone(), filter.clone()).await.unwrap().reading(7);
        let mut exported: Vec<MessageId> = Vec::new();
        loop {
            let part = export.next().await.unwrap();
            if part.is_empty() {
                break;
            }
            assert!(part.iter().all(|row| row.rating.is_some()));
            exported.extend(part.iter().map(|row| row.id));
        }
        assert_eq!(exported, rows, "{q}");
        let (mut paged, mut at) = (Vec::new(), Some(PageAt::First));
        while let Some(place) = at.take() {
            let query = crate::domain::filter::MessagesQuery {
                filter: filter.clone(),
                page: PageRef { at: place, per: Some(25) },
                chart: None,
            };
            let page = page_once(&shop.manager, &query).await.unwrap();
            assert_eq!(page.place.total, rows.len() as u64);
            paged.extend(page.rows.iter().map(|row| row.id));
            at = page.place.next.map(PageAt::After);
        }
        assert_eq!(paged, rows, "{q}");
    }
}
