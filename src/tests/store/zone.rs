//! Another time zone: each message counts on its day there, and what waits is judged anew.

use super::shop::{NOW, Shop, expected};
use crate::{
    domain::{Timestamp, message::Channel},
    server::{
        demo::chance::Chance,
        store::{
            counters,
            guard::{Admin, Viewer, day_number},
            messages, projects, zone,
        },
    },
};
use chrono_tz::Tz;

async fn admin(shop: &Shop) -> Admin {
    let system = projects::system(&shop.db, shop.manager.project).await.unwrap();
    Viewer::clone(&system).admin().unwrap()
}

async fn set_all_days(shop: &Shop, now: Timestamp) -> u32 {
    let mut steps = 0;
    while zone::set_days(&shop.db, now).await.unwrap() {
        steps += 1;
    }
    steps
}

#[tokio::test]
async fn each_message_counts_on_its_day_in_the_new_zone() {
    let mut chance = Chance::new(15);
    let mut shop = Shop::full(8, 700, &mut chance).await;
    assert_eq!(set_all_days(&shop, NOW).await, 0, "nothing is to be done before a change");
    let zone = Tz::Pacific__Auckland;
    assert!(!zone::save(&admin(&shop).await, "Shop", Tz::Europe__Berlin, NOW).await.unwrap(), "it is that already");
    assert!(zone::save(&admin(&shop).await, "The Shop", zone, NOW).await.unwrap());
    let before: Vec<_> = shop.known().await.into_iter().map(|known| (known.id, known.scheduled_at)).collect();
    assert!(set_all_days(&shop, NOW).await > 1, "in several steps");
    let known = shop.known().await;
    for message in &known {
        let at = Timestamp(message.sent_at.unwrap_or(message.scheduled_at));
        assert_eq!(message.day, day_number(at.local(&zone).date()));
    }
    let after: Vec<_> = known.iter().map(|known| (known.id, known.scheduled_at)).collect();
    assert_eq!(before.len(), after.len());
    assert!(before.iter().all(|one| after.contains(one)), "each keeps its moment");
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);

    // What is counted is what is listed, also between two days.
    shop.manager = projects::system(&shop.db, shop.manager.project).await.unwrap();
    assert_eq!((shop.manager.zone, shop.manager.project_name.as_str()), (zone, "The Shop"));
    for _ in 0..30 {
        let filter = shop.any_filter(&mut chance);
        let query = crate::domain::filter::MessagesQuery { filter: filter.clone(), ..Default::default() };
        let page = messages::page(&shop.manager, &query).await.unwrap();
        assert_eq!(page.place.total, expected(&known, &filter).len() as u64, "{filter:?}");
    }

    // Whoever read the old zone just before may have written by it: a while later all are looked at once more.
    shop.execute("update message set day = day + 1 where reminder = 1").await;
    assert_eq!(set_all_days(&shop, NOW.plus(5 * Timestamp::MINUTE)).await, 0);
    assert!(set_all_days(&shop, NOW.plus(11 * Timestamp::MINUTE)).await > 0);
    assert!(shop.known().await.iter().all(|message| {
        let at = Timestamp(message.sent_at.unwrap_or(message.scheduled_at));
        message.day == day_number(at.local(&zone).date())
    }));
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    assert_eq!(shop.number("select count(*) from project where days_seq is not null").await, 0);
    assert_eq!(set_all_days(&shop, NOW.plus(Timestamp::DAY)).await, 0);
}

#[tokio::test]
async fn what_waits_for_a_window_is_judged_anew() {
    let shop = Shop::empty(1).await;
    shop.insert(&[shop.message(0, Channel::Email, NOW)]).await;
    shop.execute("update message set due_at = due_at + 3600000, delay = 1").await;
    zone::save(&admin(&shop).await, "Shop", Tz::America__New_York, NOW).await.unwrap();
    assert_eq!(shop.number("select count(*) from message where due_at = scheduled_at and delay = 0").await, 1);
    let (scheduled, is_counting) = zone::state(&shop.manager, NOW).await.unwrap();
    assert_eq!((scheduled, is_counting), (1, true));
    set_all_days(&shop, NOW).await;
    assert!(!zone::state(&shop.manager, NOW).await.unwrap().1);
}
