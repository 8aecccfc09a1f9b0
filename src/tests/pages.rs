//! The Messages page: numbers that equal their rows, pages that neither repeat nor skip, searches that find what is there.

use super::{database::fresh, sending::world::NOW};
use crate::{
    domain::{
        MessageId, Timestamp,
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        message::{Channel, MessageRow, Template},
        page::{PageAt, PageRef},
        stats::Stats,
        status::Status,
    },
    server::{
        demo,
        guard::Manager,
        store::{Db, messages, projects, search, steering},
    },
    tests::database::Fresh,
};
use chrono::Days;
use std::collections::HashSet;

struct Shop {
    viewer: Manager,
    fresh: Fresh,
}

impl Shop {
    async fn open() -> Self {
        let fresh = fresh().await;
        let made = demo::create(&fresh.db, "http://localhost", NOW).await.unwrap();
        let viewer = projects::system(&fresh.db, made.project).await.unwrap();
        Self { viewer, fresh }
    }

    fn db(&self) -> &Db {
        &self.fresh.db
    }

    async fn page(&self, filter: &MessageFilter, page: PageRef) -> crate::api::messages::MessagesPage {
        messages::page(&self.viewer, &MessagesQuery { filter: filter.clone(), page }).await.unwrap()
    }

    /// All rows, page by page.
    async fn walk(&self, filter: &MessageFilter, forward: bool) -> Vec<MessageRow> {
        let mut at = if forward { PageAt::First } else { PageAt::Last };
        let mut rows: Vec<MessageRow> = Vec::new();
        loop {
            let page = self.page(filter, PageRef { at, per: 100 }).await;
            let place = page.place;
            if !page.rows.is_empty() {
                assert_eq!(place.last_row - place.first_row + 1, page.rows.len() as u64);
            }
            let next = if forward { place.next.map(PageAt::After) } else { place.previous.map(PageAt::Before) };
            if forward {
                assert_eq!(place.first_row.saturating_sub(1), rows.len() as u64, "{place:?}");
                rows.extend(page.rows);
            } else {
                // The first page is always whole: going back, it may show rows again.
                let seen: HashSet<MessageId> = rows.iter().map(|r| r.id).collect();
                rows.splice(0..0, page.rows.into_iter().filter(|r| !seen.contains(&r.id)));
            }
            match next {
                Some(next) => at = next,
                None => return rows,
            }
        }
    }
}

fn filters(shop: &Shop, location: crate::domain::LocationId) -> Vec<MessageFilter> {
    let none = MessageFilter::default();
    let today = shop.viewer.today(NOW);
    let year = today.checked_sub_days(Days::new(200));
    vec![
        none.clone(),
        MessageFilter { channel: Some(Channel::Sms), ..none.clone() },
        MessageFilter { template: Some(Template::Reminder), ..none.clone() },
        MessageFilter { location: Some(location), channel: Some(Channel::Email), ..none.clone() },
        MessageFilter { from: year, ..none.clone() },
        MessageFilter { to: year, ..none.clone() },
        MessageFilter { from: year, to: Some(today), template: Some(Template::Request), ..none.clone() },
        MessageFilter { from: Some(today), to: year, ..none.clone() },
        MessageFilter { q: "example.com".into(), ..none.clone() },
        MessageFilter { q: "an".into(), channel: Some(Channel::Email), ..none.clone() },
        MessageFilter { q: "does not exist".into(), ..none.clone() },
        MessageFilter { q: "no such thing anywhere".into(), ..none },
    ]
}

#[tokio::test]
async fn each_number_is_the_number_of_rows_that_it_leads_to() {
    let shop = Shop::open().await;
    let location = projects::locations(&shop.viewer).await.unwrap()[0].id;
    for filter in filters(&shop, location) {
        let stats = shop.page(&filter, PageRef::default()).await.stats;
        for status in [None].into_iter().chain(Status::ALL.map(Some)) {
            let filter = filter.with_status(status);
            let page = shop.page(&filter, PageRef::default()).await;
            assert_eq!(page.stats, stats, "the stats pass over the status: {filter:?}");
            let rows = shop.walk(&filter, true).await;
            assert_eq!(page.place.total, rows.len() as u64, "{filter:?}");
            if let Some(status) = status.filter(|s| Stats::SHOWN.contains(s)) {
                assert_eq!(stats.of(status), rows.len() as u64, "{filter:?}");
            }
        }
    }
}

#[tokio::test]
async fn pages_hold_every_row_once_in_order_both_ways() {
    let shop = Shop::open().await;
    for sort in Sort::ALL {
        for dir in [Direction::Ascending, Direction::Descending] {
            for q in ["", "example", "+1555"] {
                let filter = MessageFilter { sort, dir, q: q.into(), ..MessageFilter::default() };
                let rows = shop.walk(&filter, true).await;
                let back = shop.walk(&filter, false).await;
                assert_eq!(ids(&rows), ids(&back), "{filter:?}");
                assert_eq!(ids(&rows).iter().collect::<HashSet<_>>().len(), rows.len());
                let key = |r: &MessageRow| {
                    let own = match sort {
                        Sort::Sent => r.sent,
                        Sort::Scheduled => Some(r.scheduled),
                        Sort::Opened => r.opened,
                        Sort::Clicked => r.clicked,
                    };
                    let sign = if dir == Direction::Descending { -1 } else { 1 };
                    (own.is_none(), sign * own.unwrap_or(r.scheduled).at.0)
                };
                assert!(rows.is_sorted_by_key(key), "{filter:?}");
            }
        }
    }
}

fn ids(rows: &[MessageRow]) -> Vec<MessageId> {
    rows.iter().map(|r| r.id).collect()
}

#[tokio::test]
async fn what_changes_between_two_pages_is_neither_repeated_nor_skipped() {
    let shop = Shop::open().await;
    let filter = MessageFilter { sort: Sort::Scheduled, ..MessageFilter::default() };
    let all = shop.walk(&filter, true).await;
    let first = shop.page(&filter, PageRef { at: PageAt::First, per: 25 }).await;
    // A row of the first page and one of the second go.
    for row in [&all[3], &all[30]] {
        steering::delete(&shop.viewer, row.id).await.unwrap();
    }
    let next = first.place.next.unwrap();
    let second = shop.page(&filter, PageRef { at: PageAt::After(next), per: 25 }).await;
    let expected: Vec<MessageId> = ids(&all[25..51]).into_iter().filter(|id| *id != all[30].id).collect();
    assert_eq!(ids(&second.rows), expected);
}

#[tokio::test]
async fn a_search_finds_what_a_look_at_every_text_finds() {
    let shop = Shop::open().await;
    let texts: Vec<(i64, String)> =
        sqlx::query_as("select seq, text from message_search order by seq").fetch_all(shop.db().read()).await.unwrap();
    let mut seed = 7_u64;
    let mut random = move |n: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % n.max(1) as u64) as usize
    };
    let mut needles: Vec<String> =
        ["%", "_", "\\", "'", "\"", "a%b", "100%", "jose\\_", "\"an\"", "--", "* or 1", "ß", "é"]
            .map(String::from)
            .to_vec();
    for n in 0..1_000 {
        let (_, text) = &texts[random(texts.len())];
        let chars: Vec<char> = text.chars().collect();
        let (start, len) = (random(chars.len()), 1 + random(12));
        let mut needle: String = chars.iter().skip(start).take(len).collect();
        if n % 10 == 0 {
            needle.push(['%', '_', 'x', '"'][random(4)]);
        }
        // A search is one line without space around it.
        if !needle.contains('\n') && needle.trim() == needle && !needle.is_empty() {
            needles.push(needle);
        }
    }
    for q in needles {
        let wanted = search::needle(&q);
        let expected = texts.iter().filter(|(_, text)| text.contains(&wanted)).count() as u64;
        let filter = MessageFilter { q: q.clone(), ..MessageFilter::default() };
        let page = shop.page(&filter, PageRef::default()).await;
        assert_eq!(page.place.total, expected, "{q:?} as {wanted:?}");
        assert_eq!(page.rows.len() as u64, expected.min(50), "{q:?}");
    }
}

#[tokio::test]
async fn another_projects_messages_are_not_there() {
    let shop = Shop::open().await;
    let row = shop.page(&MessageFilter::default(), PageRef::default()).await.rows.remove(0);
    let mut tx = shop.db().begin().await.unwrap();
    let other = projects::create(&mut tx, "other", "Other", chrono_tz::UTC, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let stranger = projects::system(shop.db(), other).await.unwrap();
    assert_eq!(messages::detail(&stranger, row.id).await.unwrap_err().status(), 404);
    assert_eq!(messages::content(&stranger, row.id).await.unwrap_err().status(), 404);
    assert_eq!(steering::cancel(&stranger, row.id, true, NOW).await.unwrap_err().status(), 404);
    assert_eq!(steering::send_now(&stranger, row.id, NOW).await.unwrap_err().status(), 404);
    assert_eq!(steering::reschedule(&stranger, row.id, NOW.plus(Timestamp::DAY), NOW).await.unwrap_err().status(), 404);
    assert_eq!(steering::resend(&stranger, row.id, NOW).await.unwrap_err().status(), 404);
    assert_eq!(steering::delete(&stranger, row.id).await.unwrap_err().status(), 404);
    let page = messages::page(&stranger, &MessagesQuery::default()).await.unwrap();
    assert_eq!((page.rows.len(), page.place.total, page.stats), (0, 0, Stats::default()));
    let found = MessageFilter { q: row.customer_name.clone(), ..MessageFilter::default() };
    let page = messages::page(&stranger, &MessagesQuery { filter: found, page: PageRef::default() }).await.unwrap();
    assert!(page.rows.is_empty());
}

/// The planner is asked about every query of the page: each reaches messages through an index of their project, and none
/// is sorted, counted or skipped through.
#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn no_query_of_the_page_scans_sorts_counts_or_offsets() {
    use crate::{domain::page::Cursor, server::store::search::Hits};
    use sqlx::{AssertSqlSafe, Execute, Row};
    let shop = Shop::open().await;
    let viewer = &shop.viewer;
    let location = projects::locations(viewer).await.unwrap()[0].id;
    let many = Hits::Many("example".into());
    let few = Hits::Few(vec![1 << 40, (1 << 40) + 1]);
    let mut asked = 0;
    for filter in filters(&shop, location) {
        for status in [None].into_iter().chain(Status::ALL.map(Some)) {
            for (sort, hits) in Sort::ALL.into_iter().flat_map(|s| [(s, None), (s, Some(&many)), (s, Some(&few))]) {
                let filter = MessageFilter { status, sort, ..filter.clone() };
                let cursor = Cursor { tail: false, key: NOW.0, id: location.0, rank: 50 };
                for mut query in messages::queries_of(viewer, &filter, hits, Some(&cursor)) {
                    let sql = query.build().sql().as_str().to_lowercase();
                    assert!(!sql.contains("count(") && !sql.contains("offset"), "{sql}");
                    let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}")));
                    let plan = plan.fetch_all(shop.db().read()).await;
                    for step in plan.unwrap() {
                        let step: String = step.get("detail");
                        let scans =
                            ["SCAN m", "SCAN s"].iter().any(|t| step == *t || step.starts_with(&format!("{t} ")));
                        let sorts = step.contains("TEMP B-TREE") && !sql.contains("from counter");
                        // A rare search names its rows: what it finds is sorted by us.
                        let named = sql.contains("seq in (");
                        assert!(!scans && (!sorts || named), "{step}: {sql}");
                    }
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 1_000);
}
