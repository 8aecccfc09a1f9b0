//! The chart against the table: each bar says what the stats say of its days.

use super::shop::{NOW, Shop};
use crate::{
    domain::{
        chart::ChartUnit,
        filter::{MessageFilter, MessagesQuery, StatusFilter},
    },
    server::{
        demo::chance::Chance,
        store::messages::{self, chart},
    },
};
use chrono::Days;

/// A review for each message whose link was followed.
const REVIEW_EACH_CLICK: &str = "insert into review (project_id, id, customer_id, message_id, request_id, rating, text, created_at)
    select m.project_id, m.id, m.customer_id, m.id, null, 5, '', m.scheduled_at from message m where m.clicked_at is not null and m.rating is null";

#[tokio::test]
async fn each_bar_is_what_the_stats_say_of_its_days() {
    let mut chance = Chance::new(11);
    let shop = Shop::full(12, 300, &mut chance).await;
    shop.execute(REVIEW_EACH_CLICK).await;
    let mut bars = 0;
    for n in 0..40 {
        let filter = shop.any_filter(&mut chance);
        let unit = ChartUnit::ALL[n % 3];
        let drawn = chart::of(&shop.manager, &filter, unit, NOW).await.unwrap();
        for bar in &drawn.bars {
            let filter = MessageFilter { from: Some(bar.from), to: Some(bar.to), status: None, ..filter.clone() };
            let query = MessagesQuery { filter, ..MessagesQuery::default() };
            let page = messages::page(&shop.manager, &query).await.unwrap();
            assert_eq!(bar.stats, page.stats, "{unit:?} {query:?}");
            let filter = MessageFilter { status: Some(StatusFilter::Reviewed), ..query.filter.clone() };
            let reviewed = MessagesQuery { filter, ..MessagesQuery::default() };
            let reviewed = messages::page(&shop.manager, &reviewed).await.unwrap();
            assert_eq!(bar.reviews, reviewed.place.total, "{query:?}");
            bars += usize::from(bar.stats.sent > 0);
        }
    }
    assert!(bars > 20, "{bars} bars had something in them");
}

#[tokio::test]
async fn every_review_that_a_message_led_to_stands_in_a_bar() {
    let mut chance = Chance::new(12);
    let shop = Shop::full(5, 100, &mut chance).await;
    shop.execute(REVIEW_EACH_CLICK).await;
    let today = shop.manager.today(NOW);
    let filter = MessageFilter {
        from: today.checked_sub_days(Days::new(1_000)),
        to: today.checked_add_days(Days::new(1_000)),
        ..MessageFilter::default()
    };
    let drawn = chart::of(&shop.manager, &filter, ChartUnit::Month, NOW).await.unwrap();
    let shown: u64 = drawn.bars.iter().map(|bar| bar.reviews).sum();
    assert_eq!(shown as i64, shop.number("select count(*) from review").await);
    assert!(shown > 0 && !drawn.is_cut);
}
