//! The list of customers: what it filters by, its orders and pages, and how the databases go about it.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        CustomerId, Timestamp,
        customer::{
            CustomerCursor, CustomerRow, CustomersAt, CustomersQuery,
            filter::{CustomerFilter, CustomerSort, CustomerStatus, ReviewStage},
        },
        filter::Direction,
        message::CancelCause,
        review::Rating,
    },
    server::{
        demo::chance::Chance,
        store::{
            customers,
            reviews::{self, NewReview},
            search::normalized,
            steering,
        },
    },
};
use chrono::Days;
use std::cmp::Ordering;

/// The columns of customers that do not say what the rows say.
const DIFFERENCES: &str = "select count(*) from customer c where
    c.requested_at is distinct from (select min(r.created_at) from request r where r.project_id = c.project_id and r.customer_id = c.id)
    or c.clicked_at is distinct from (select min(m.clicked_at) from message m where m.project_id = c.project_id and m.customer_id = c.id)
    or c.reviewed_at is distinct from (select v.created_at from review v where v.project_id = c.project_id and v.customer_id = c.id order by v.created_at desc, v.id desc limit 1)
    or c.rating is distinct from (select v.rating from review v where v.project_id = c.project_id and v.customer_id = c.id order by v.created_at desc, v.id desc limit 1)
    or (c.has_notes = 1) <> exists (select 1 from note n where n.project_id = c.project_id and n.customer_id = c.id)
    or c.search_text is distinct from (select s.text from customer_search s where s.project_id = c.project_id and s.customer_id = c.id)";

async fn review(shop: &Shop, customer: CustomerId, stars: i16, at: Timestamp) {
    let review = NewReview { customer, rating: Rating::new(stars).unwrap(), text: String::new(), source: None };
    reviews::add(&shop.manager, &review, at).await.unwrap();
}

/// Customers of every kind: with messages, reviews, notes, tags, unsubscribed and archived.
async fn any_customers(n: usize, chance: &mut Chance) -> Shop {
    let shop = Shop::full(n, 3 * n, chance).await;
    let manager = &shop.manager;
    for (i, id) in shop.customers.iter().copied().enumerate() {
        let at = NOW.plus(-chance.between(1, 900) * Timestamp::HOUR);
        for _ in 0..chance.between(0, 3) {
            review(&shop, id, chance.between(1, 6) as i16, at.plus(chance.between(0, 3))).await;
        }
        if chance.happens(0.3) {
            customers::add_note(manager, id, "Likes tea", at).await.unwrap();
        }
        let tags = ["regular", "VIP", "a,b'\"", "Ünïcode"];
        let tags: Vec<String> = tags.iter().filter(|_| chance.happens(0.3)).map(|tag| (*tag).to_owned()).collect();
        customers::set_tags(manager, id, &tags).await.unwrap();
        if chance.happens(0.2) {
            customers::set_unsubscribed(manager, id, true, at).await.unwrap();
        }
        if chance.happens(0.15) {
            customers::set_archived(manager, id, true, at).await.unwrap();
        }
        if i % 3 == 0 {
            shop.execute("update customer set last_messaged_at = created_at + 5 where id in (select customer_id from message where sent_at is not null)").await;
        }
    }
    shop.execute("delete from request where id in (select r.id from request r where not exists (select 1 from message m where m.request_id = r.id))").await;
    shop.execute(
        "update customer set created_at = created_at - cast(86400000 as bigint) * (last_number + length(name) * 3)",
    )
    .await;
    shop
}

#[tokio::test]
async fn what_is_filtered_by_is_what_the_rows_say() {
    let mut chance = Chance::new(31);
    let shop = any_customers(40, &mut chance).await;
    assert_eq!(shop.number(DIFFERENCES).await, 0);
    for (column, least) in [
        ("select count(*) from customer where requested_at is not null", 10),
        ("select count(*) from customer where clicked_at is not null", 5),
        ("select count(*) from customer where rating is not null", 10),
        ("select count(*) from customer where has_notes = 1", 5),
    ] {
        assert!(shop.number(column).await >= least, "{column}");
    }
    // All of it follows what is taken back and deleted.
    shop.execute("update message set clicked_at = null where clicked_at is not null and reminder in (0, 1)").await;
    assert_eq!(shop.number(DIFFERENCES).await, 0);
    shop.execute("update message set clicked_at = scheduled_at - 5 where reminder = 2 and status in (1, 2)").await;
    assert_eq!(shop.number(DIFFERENCES).await, 0);
    for known in shop.known().await.iter().filter(|known| known.clicked_at.is_some()).take(6) {
        steering::delete(&shop.manager, known.id).await.unwrap();
    }
    shop.execute("delete from review where rating in (1, 5)").await;
    shop.execute("update review set rating = 2 where rating = 3").await;
    shop.execute("delete from note where customer_id in (select id from customer where unsubscribed_at is null)").await;
    assert_eq!(shop.number(DIFFERENCES).await, 0);
    let (taken, kept) = (shop.customers[3], shop.customers[4]);
    let form = crate::domain::customer::CustomerForm { name: "Somebody Else".into(), ..Default::default() };
    customers::edit(&shop.manager, kept, &form, NOW).await.unwrap();
    shop.execute("update message set state = 2 where state = 1").await;
    customers::delete(&shop.manager, taken).await.unwrap();
    assert_eq!(shop.number(DIFFERENCES).await, 0);
    assert_eq!(shop.number("select count(*) from customer_search").await, 39);
    // The index of the search has let go of the old name, and knows the new one.
    let found = async |q: &str| {
        let all = ["", "&status=archived"].map(|status| CustomersQuery::parse(&format!("q={q}{status}")));
        let mut n = 0;
        for query in all {
            n += customers::page(&shop.manager, &query).await.unwrap().rows.len();
        }
        n
    };
    assert_eq!(
        (found("somebody").await, found("customer.4@example").await, found("customer.5@example").await),
        (1, 0, 1)
    );
}

/// By brute force: whether the filter lets it through.
fn matches(row: &CustomerRow, f: &CustomerFilter) -> bool {
    let text = [&row.name, &row.company, &row.email, &row.phone].map(|s| normalized(s)).join("\n");
    let stage = f.review.is_none_or(|stage| match stage {
        ReviewStage::Requested => row.requested.is_some(),
        ReviewStage::NotRequested => row.requested.is_none(),
        ReviewStage::Missed => row.clicked.is_some() && row.rating.is_none(),
        ReviewStage::Reviewed => row.rating.is_some(),
        ReviewStage::NotReviewed => row.rating.is_none(),
    });
    let status = match f.status {
        Some(CustomerStatus::Archived) => row.archived.is_some(),
        Some(CustomerStatus::Unsubscribed) => row.archived.is_none() && row.unsubscribed.is_some(),
        // Notes are not in the row.
        Some(CustomerStatus::HasNotes) | None => row.archived.is_none(),
    };
    stage
        && status
        && f.location.is_none_or(|location| row.location == Some(location))
        && (f.tag.is_empty() || row.tags.contains(&f.tag))
        && f.rating.is_none_or(|rating| row.rating == Some(rating))
        && f.from.is_none_or(|from| row.added.date() >= from)
        && f.to.is_none_or(|to| row.added.date() <= to)
        && crate::server::store::search::words(&f.q).iter().all(|word| text.contains(word.as_str()))
}

fn order(a: &CustomerRow, b: &CustomerRow, f: &CustomerFilter) -> Ordering {
    let messaged = |row: &CustomerRow| row.last_messaged.map_or(0, |at| at.at.0);
    let up = match f.sort {
        CustomerSort::Name => (a.name.as_str(), a.id).cmp(&(b.name.as_str(), b.id)),
        CustomerSort::Added => (a.added.at.0, a.id).cmp(&(b.added.at.0, b.id)),
        CustomerSort::Messaged => (messaged(a), a.id).cmp(&(messaged(b), b.id)),
    };
    if f.dir() == Direction::Ascending { up } else { up.reverse() }
}

fn any_filter(shop: &Shop, chance: &mut Chance) -> CustomerFilter {
    let day = |chance: &mut Chance| shop.manager.today(NOW).checked_sub_days(Days::new(chance.between(0, 70) as u64));
    let words = ["", "", "", "ru", "ruiz", "garcia jo", "example", "50%", "+1 (555) 010-0003", "o'b", "nobody"];
    CustomerFilter {
        q: (*chance.pick(&words)).into(),
        review: chance.happens(0.4).then(|| *chance.pick(&ReviewStage::ALL)),
        status: chance.happens(0.3).then(|| *chance.pick(&[CustomerStatus::Unsubscribed, CustomerStatus::Archived])),
        location: chance.happens(0.2).then(|| *chance.pick(&shop.locations)),
        tag: if chance.happens(0.2) {
            (*chance.pick(&["VIP", "regular", "a,b'\"", "none"])).into()
        } else {
            String::new()
        },
        rating: chance.happens(0.2).then(|| Rating::new(chance.between(1, 6) as i16).unwrap()),
        from: if chance.happens(0.2) { day(chance) } else { None },
        to: if chance.happens(0.2) { day(chance) } else { None },
        sort: *chance.pick(&CustomerSort::ALL),
        is_reversed: chance.happens(0.5),
    }
}

#[tokio::test]
async fn every_filter_and_order_is_as_by_hand_forward_and_back() {
    let mut chance = Chance::new(32);
    let shop = any_customers(90, &mut chance).await;
    let page = async |query: &CustomersQuery| customers::page(&shop.manager, query).await.unwrap();
    let mut all = Vec::new();
    for status in ["", "status=archived"] {
        all.extend(page(&CustomersQuery::parse(&format!("per=100&{status}"))).await.rows);
    }
    assert_eq!(all.len(), 90);
    let mut found = 0;
    for _ in 0..300 {
        let filter = any_filter(&shop, &mut chance);
        let mut expected: Vec<&CustomerRow> = all.iter().filter(|row| matches(row, &filter)).collect();
        expected.sort_by(|a, b| order(a, b, &filter));
        let expected: Vec<CustomerId> = expected.into_iter().map(|row| row.id).collect();
        found += expected.len();
        let mut query = CustomersQuery { filter, at: CustomersAt::First, per: Some(25) };
        let (mut rows, mut last) = (Vec::new(), page(&query).await);
        loop {
            rows.extend(last.rows.iter().map(|row| row.id));
            let Some(next) = last.next.clone() else { break };
            query = query.to(CustomersAt::After(next));
            last = page(&query).await;
        }
        assert_eq!(rows, expected, "{:?}", query.filter);
        let mut end = rows.len() - last.rows.len();
        while let Some(previous) = last.previous.clone() {
            query = query.to(CustomersAt::Before(previous));
            last = page(&query).await;
            let ids: Vec<CustomerId> = last.rows.iter().map(|row| row.id).collect();
            assert_eq!(ids, expected[end - 25..end], "{:?}", query.filter);
            end -= 25;
            assert_eq!(last.first_row, end as u64 + 1);
        }
        assert_eq!(end, 0);
    }
    assert!(found > 2_000, "{found}");
    let noted = page(&CustomersQuery::parse("status=has-notes&per=100")).await.rows.len() as i64;
    assert_eq!(
        noted,
        shop.number("select count(*) from customer where archived_at is null and id in (select customer_id from note)")
            .await
    );
    let tags = page(&CustomersQuery::default()).await.tags;
    assert_eq!(tags.len(), 4, "{tags:?}");
    let other = project(&shop.db, "other").await;
    let seen = customers::page(&other, &CustomersQuery::parse("q=ruiz")).await.unwrap();
    assert!(seen.rows.is_empty() && seen.tags.is_empty());
}

/// Of more than few, where the walk finds them.
#[tokio::test]
async fn what_many_meet_is_found_by_a_walk() {
    let shop = Shop::empty(3).await;
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    for n in 0..1_100_i64 {
        sqlx::query("insert into customer (project_id, id, name, search_text, created_at, unsubscribed_at) values ($1, $2, $3, $4, $5, $6)")
            .bind(shop.manager.project)
            .bind(CustomerId(uuid::Uuid::now_v7()))
            .bind(format!("Many {n:04}"))
            .bind(format!("many {n:04}"))
            .bind(NOW.plus(n))
            .bind((n % 100 != 7).then_some(NOW))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    shop.db.commit(tx, shop.manager.project).await.unwrap();
    for (query, first, total) in [
        ("q=many", "Many 0000", 1_100),
        ("q=many&status=unsubscribed", "Many 0000", 1_089),
        ("q=many&sort=added", "Many 1099", 1_100),
        ("q=many+7&dir=desc", "Many 1097", 0),
        ("review=not-requested&status=unsubscribed", "Many 0000", 1_089),
        ("from=2026-11-23&sort=messaged", "Many 1099", 0),
    ] {
        let mut query = CustomersQuery::parse(&format!("{query}&per=100"));
        let mut page = customers::page(&shop.manager, &query).await.unwrap();
        assert_eq!(page.rows[0].name, first, "{query:?}");
        let mut n = page.rows.len();
        while let Some(next) = page.next.clone() {
            query = query.to(CustomersAt::After(next));
            page = customers::page(&shop.manager, &query).await.unwrap();
            n += page.rows.len();
        }
        assert!(total == 0 || n == total, "{query:?}: {n}");
    }
}

#[tokio::test]
async fn no_list_of_customers_counts_scans_or_sorts() {
    let mut chance = Chance::new(33);
    let shop = any_customers(30, &mut chance).await;
    let mut filters: Vec<CustomerFilter> = (0..60).map(|_| any_filter(&shop, &mut chance)).collect();
    for sort in CustomerSort::ALL {
        filters.extend([false, true].map(|is_reversed| CustomerFilter { sort, is_reversed, ..Default::default() }));
    }
    filters.push(CustomerFilter::parse("status=has-notes"));
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("analyze").await;
        }
        let mut seen = std::collections::HashSet::new();
        for filter in &filters {
            let key = if filter.sort == CustomerSort::Name { "Ana" } else { "5" };
            let cursor = CustomerCursor { rank: 1, id: shop.customers[0], key: key.into() };
            for from in [None, Some(&cursor)] {
                let (walks, others) = customers::queries_of(&shop.manager, filter, from);
                for query in walks {
                    let sql = query.sql().as_str().to_owned();
                    assert!(!sql.contains("count(") && !sql.contains("offset"), "{sql}");
                    if seen.insert(sql.clone()) {
                        engine::assert_walks(&shop, &sql).await;
                    }
                }
                for query in others {
                    let sql = query.sql().as_str().to_owned();
                    if seen.insert(sql.clone()) {
                        engine::assert_reads_an_index(&shop, &sql).await;
                    }
                }
            }
        }
    }
    let query = steering::of_customers(&shop.manager, &shop.customers[..2], CancelCause::Unsubscribed, NOW);
    engine::assert_reads_by_customer(&shop, query.sql().as_str()).await;
}

#[cfg(not(feature = "postgres"))]
mod engine {
    use super::super::{plans::engine::plan, shop::Shop};

    pub async fn assert_walks(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await;
        assert!(plan[0].starts_with("SEARCH c USING") && plan[0].contains("INDEX customer_by_"), "{sql}\n{plan:#?}");
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE") && !step.starts_with("SCAN")), "{sql}\n{plan:#?}");
        assert!(sql.contains("search_text") || plan[0].contains("COVERING"), "{sql}\n{plan:#?}");
    }

    pub async fn assert_reads_an_index(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await;
        let scans = |step: &String| {
            step.starts_with("SCAN customer") || step.starts_with("SCAN c") || step.starts_with("SCAN t")
        };
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE") && !scans(step)), "{sql}\n{plan:#?}");
    }

    pub async fn assert_reads_by_customer(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await;
        assert!(plan[0].contains("message_of_customer"), "{sql}\n{plan:#?}");
    }
}

#[cfg(feature = "postgres")]
mod engine {
    use super::super::{plans::engine::plan, shop::Shop};

    pub async fn assert_walks(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await.join("\n");
        assert!(
            plan.contains("customer_by_") && !plan.contains("Sort  ") && !plan.contains("Seq Scan"),
            "{sql}\n{plan}"
        );
    }

    pub async fn assert_reads_an_index(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await.join("\n");
        assert!(!plan.contains("Seq Scan"), "{sql}\n{plan}");
    }

    pub async fn assert_reads_by_customer(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await.join("\n");
        assert!(!plan.contains("Seq Scan"), "{sql}\n{plan}");
    }
}
