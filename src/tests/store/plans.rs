//! How the databases go about the queries of the Messages page: along an index and no further than the page is long.

use super::shop::{NOW, Shop};
use crate::{
    domain::{
        MessageId,
        attention::After,
        filter::{Direction, MessageFilter, Sort, StatusFilter},
        message::{Channel, Template},
        page::Cursor,
        strategy::{Conditions, Strategy},
    },
    server::{
        demo::chance::Chance,
        store::{
            attention,
            db::Query,
            messages::queries_of,
            observe,
            planning::would_be_query_of,
            queue::lanes::{self, Via},
            search::{Hits, words},
        },
    },
};
use uuid::Uuid;

/// Each kind of filter in each order.
fn filters(shop: &Shop) -> Vec<MessageFilter> {
    let day = Some(shop.manager.today(NOW));
    let none = MessageFilter::default();
    let mut kinds = vec![
        none.clone(),
        MessageFilter { location: Some(shop.locations[0]), ..none.clone() },
        MessageFilter { channel: Some(Channel::Email), template: Some(Template::Reminder), ..none.clone() },
        MessageFilter { from: day, to: day, ..none.clone() },
    ];
    kinds.extend(StatusFilter::ALL.map(|s| MessageFilter {
        channel: Some(Channel::Email),
        status: Some(s),
        ..none.clone()
    }));
    let orders = Sort::ALL.into_iter().flat_map(|s| [Direction::Ascending, Direction::Descending].map(|d| (s, d)));
    let mut all: Vec<MessageFilter> = orders
        .flat_map(|(sort, dir)| kinds.clone().into_iter().map(move |k| MessageFilter { sort, dir, ..k }))
        .collect();
    all.extend(all.clone().into_iter().map(|filter| MessageFilter { machines: true, ..filter }));
    all
}

/// The queries of all pages there are, with what they are for.
fn queries(shop: &Shop) -> Vec<(String, Query)> {
    // Fewer than there are messages: of nearly all of them a scan would be the best.
    let few: Vec<i64> = (1..=60).map(|n| (1 << 40) + n).collect();
    let many = |q: &str| Some(Hits::Many(words(q)));
    let searches = [None, Some(Hits::Few(few)), many("example"), many("ex"), many("ruiz ana example"), many("ex ana")];
    let cursors = [
        None,
        Some(Cursor { tail: false, key: NOW.0, id: Uuid::nil(), rank: 9 }),
        Some(Cursor { tail: true, key: NOW.0, id: Uuid::nil(), rank: 9 }),
    ];
    let mut all = Vec::new();
    for filter in filters(shop) {
        for hits in &searches {
            for cursor in &cursors {
                let what = format!("{filter:?} {}", hits.is_some());
                let queries = queries_of(&shop.manager, &filter, hits.as_ref(), cursor.as_ref());
                all.extend(queries.into_iter().map(|q| (what.clone(), q)));
            }
        }
    }
    all
}

#[tokio::test]
async fn no_page_counts_skips_scans_or_sorts() {
    let mut chance = Chance::new(10);
    let shop = Shop::full(8, 300, &mut chance).await;
    let queries = queries(&shop);
    assert!(queries.len() > 2_000);
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("analyze").await;
        }
        let mut seen = std::collections::HashSet::new();
        for (what, query) in &queries {
            let sql = query.sql();
            let text = sql.as_str();
            assert!(!text.contains("offset") && !text.contains("count("), "{what}\n{text}");
            // The same text has the same plan.
            if seen.insert(text.to_owned()) {
                engine::assert_walks(&shop, what, text).await;
            }
        }
    }
}

/// However much waits in one project, such as while its connection is paused: one look into the index for each lane.
#[tokio::test]
async fn the_queue_is_read_along_its_index() {
    let mut chance = Chance::new(11);
    let shop = Shop::full(8, 300, &mut chance).await;
    let via = Via::of_deployment(shop.manager.project, Channel::Email);
    let few: Vec<MessageId> = (1..=3).map(|n| MessageId(Uuid::from_u128(n))).collect();
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("update message set state = 0, due_at = 1").await;
            shop.execute("analyze").await;
        }
        engine::assert_uses_queue(&shop, lanes::DUE).await;
        for skip in [&[][..], &few] {
            engine::assert_uses_queue(&shop, lanes::of_lane(&via, skip, 100, NOW).sql().as_str()).await;
        }
    }
}

/// Each message of a group is found by its key, however many others there are.
#[tokio::test]
#[cfg(not(feature = "postgres"))]
async fn results_are_written_by_key() {
    use crate::server::store::queue::results;
    let mut chance = Chance::new(11);
    let shop = Shop::full(8, 300, &mut chance).await;
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("analyze").await;
        }
        for query in results::queries(shop.manager.project) {
            let sql = query.sql();
            let plan = engine::plan(&shop, sql.as_str()).await;
            let of_tables =
                |step: &&String| ["message", "send_attempt", "customer", " m "].iter().any(|t| step.contains(t));
            assert!(plan.iter().filter(of_tables).all(|step| !step.starts_with("SCAN")), "{}\n{plan:#?}", sql.as_str());
        }
    }
}

/// Each page waits for it, however many messages the project has.
#[tokio::test]
async fn what_is_overdue_is_read_along_the_queue() {
    let mut chance = Chance::new(11);
    let shop = Shop::full(8, 300, &mut chance).await;
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("analyze").await;
        }
        let query = observe::overdue_of_all(shop.manager.project);
        let sql = query.sql();
        let plan = engine::plan(&shop, sql.as_str()).await.join("\n");
        assert!(plan.contains("message_due") && plan.contains("message_leased"), "{plan}");
        assert!(!plan.contains("autoindex") && !plan.contains("Seq Scan on message"), "{plan}");
    }
}

/// Also where nearly all failures are dismissed.
#[tokio::test]
async fn what_needs_attention_is_read_along_its_index() {
    let mut chance = Chance::new(11);
    let shop = Shop::full(8, 400, &mut chance).await;
    shop.execute("update message set dismiss_batch = id where status = 4 and reminder <> 3").await;
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("analyze").await;
        }
        for after in [None, Some(After { failed: NOW.0, id: MessageId(Uuid::nil()) })] {
            for query in attention::queries(&shop.manager, after) {
                let sql = query.sql();
                let plan = engine::plan(&shop, sql.as_str()).await.join("\n");
                assert!(
                    plan.contains("message_attention") && !plan.contains("TEMP B-TREE"),
                    "{}\n{plan}",
                    sql.as_str()
                );
                for bad in ["SCAN m", "Seq Scan on message", "Sort  ", "message_by_", "message_rare"] {
                    assert!(!plan.contains(bad), "{bad}\n{}\n{plan}", sql.as_str());
                }
            }
        }
    }
}

/// Who has paid enough may be few among many.
#[tokio::test]
async fn who_has_paid_enough_is_found_by_it() {
    let shop = Shop::empty(8).await;
    let conditions = Conditions { total: Some(1), ..Conditions::default() };
    let query = would_be_query_of(&shop.manager, &Strategy { conditions, ..Strategy::default() });
    for analyzed in [false, true] {
        if analyzed {
            shop.execute("analyze").await;
        }
        let sql = query.sql();
        let plan = engine::plan(&shop, sql.as_str()).await.join("\n");
        assert!(plan.contains("charge_sum_by_total") && !plan.contains("SCAN c "), "{plan}");
    }
}

#[cfg(not(feature = "postgres"))]
pub(super) mod engine {
    use super::Shop;
    use sqlx::{AssertSqlSafe, Row};

    pub async fn plan(shop: &Shop, sql: &str) -> Vec<String> {
        let explained = AssertSqlSafe(format!("explain query plan {sql}"));
        // Parameters that are not bound are null, which does for a plan.
        let steps = sqlx::raw_sql(explained).fetch_all(shop.db.read()).await.unwrap();
        steps.iter().map(|step| step.get::<String, _>("detail")).collect()
    }

    pub async fn assert_uses_queue(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await;
        let looks: Vec<_> = plan.iter().filter(|step| step.contains("message")).collect();
        assert!(
            !looks.is_empty()
                && looks
                    .iter()
                    .all(|step| step.contains("INDEX message_due (project_id=? AND channel=? AND due_at<?)")),
            "{plan:#?}"
        );
        // The lanes are few; messages are never sorted.
        let sorts = plan.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        assert!(sorts <= usize::from(sql.contains("lane")), "{plan:#?}");
    }

    pub async fn assert_walks(shop: &Shop, what: &str, sql: &str) {
        let plan = plan(shop, sql).await;
        let counters = sql.contains(" from counter ");
        for step in &plan {
            let scan = step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE INDEX");
            // The few cells of the counters are grouped by status.
            let sort = step.contains("TEMP B-TREE") && !counters;
            assert!(!scan && !sort, "{what}\n{sql}\n{plan:#?}");
        }
        let walks = sql.contains(" order by ");
        assert!(!walks || plan[0].contains(" INDEX message_"), "{what}\n{sql}\n{plan:#?}");
        // What machines did costs no look at the rows: only a few orders have to, with machines or without.
        let is_other = sql.contains("clicked_at is not null") && sql.contains("opened_at is not null");
        let is_plain = walks && !sql.contains("message_search");
        assert!(!is_plain || is_other || plan[0].contains("COVERING"), "{what}\n{sql}\n{plan:#?}");
    }
}

#[cfg(feature = "postgres")]
pub(super) mod engine {
    use super::Shop;
    use sqlx::{AssertSqlSafe, Row};

    pub async fn assert_uses_queue(shop: &Shop, sql: &str) {
        let plan = plan(shop, sql).await;
        let text = plan.join("\n");
        assert!(text.contains("using message_due on message") && !text.contains("Seq Scan on message"), "{text}");
        let is_sorted = text.contains("Sort  ") && !sql.contains("lane");
        assert!(!is_sorted, "{text}");
    }

    /// With other ways made dear, those remain that cannot do without: there must be an index for each order.
    pub async fn plan(shop: &Shop, sql: &str) -> Vec<String> {
        let mut tx = shop.db.begin().await.unwrap();
        // Parameters that are null do for a plan, where it may not depend on them.
        let parameters = (1..).take_while(|n| sql.contains(&format!("${n}"))).map(|_| "null").collect::<Vec<_>>();
        let prepared = format!(
            "set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off;
             set local enable_bitmapscan = off; set local enable_sort = off; prepare asked as {sql}"
        );
        sqlx::raw_sql(AssertSqlSafe(prepared)).execute(&mut *tx).await.unwrap();
        let given = if parameters.is_empty() { String::new() } else { format!("({})", parameters.join(", ")) };
        let explained = AssertSqlSafe(format!("explain execute asked{given}"));
        let steps = sqlx::raw_sql(explained).fetch_all(&mut *tx).await.unwrap();
        let plan = steps.iter().map(|step| step.get::<String, _>(0)).collect();
        sqlx::raw_sql("deallocate asked").execute(&mut *tx).await.unwrap();
        plan
    }

    pub async fn assert_walks(shop: &Shop, what: &str, sql: &str) {
        let plan = plan(shop, sql).await;
        for step in &plan {
            let scan = step.contains("Seq Scan on message");
            let sort = step.contains("Sort  ") && !sql.contains(" from counter ");
            assert!(!scan && !sort, "{what}\n{sql}\n{plan:#?}");
        }
    }
}
