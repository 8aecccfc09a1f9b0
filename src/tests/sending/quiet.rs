//! Quiet hours where the customer is.

use super::world::{NOW, World};
use crate::{
    domain::{
        Timestamp,
        message::Channel::{Email, Sms},
        schedule::{Delay, Quiet},
        sending::QuietHours,
        status::State,
    },
    server::{
        delivery::worker::step,
        store::{sending, steering},
    },
};

/// 08:00 in New York on the day of `NOW`, which is 06:00 there and 12:00 in the project's zone.
const MORNING: Timestamp = NOW.plus_hours(2);

impl Timestamp {
    const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0 + hours * Self::HOUR)
    }
}

async fn quiet_world() -> World {
    let w = World::new().await;
    let quiet = QuietHours { email: false, sms: true, hours: Quiet::default() };
    sending::set_quiet_hours(&w.manager, &quiet).await.unwrap();
    w
}

#[tokio::test]
async fn an_sms_waits_until_it_is_day_where_the_customer_is() {
    let w = quiet_world().await;
    let (sms, email) = (w.due(Sms).await, w.due(Email).await);
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(2));
    assert_eq!(w.stored(email).await.state, State::Sent);
    let stored = w.stored(sms).await;
    assert_eq!((stored.state, stored.due_at), (State::Scheduled, MORNING));
    assert_eq!(step(&w.db, &w.transports, MORNING.plus(-Timestamp::MINUTE)).await, Ok(0));
    assert_eq!(step(&w.db, &w.transports, MORNING).await, Ok(1));
    assert_eq!(w.stored(sms).await.state, State::Sent);
    assert_eq!(w.memory.sent().len(), 2);
}

#[tokio::test]
async fn staff_read_why_it_waits() {
    let w = quiet_world().await;
    let sms = w.due(Sms).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let delay: i16 = sqlx::query_scalar("select delay from message").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(Delay::from_code(delay), Some(Delay::Quiet));
    // The system reads at the end of time: everything is due by then.
    assert!(w.why(sms).await.starts_with("Planned for"));
    let put = steering::send_now(&w.manager, sms, NOW).await.unwrap();
    assert_eq!((put.due, put.delay), (MORNING, Some(Delay::Quiet)));
    let put = steering::send_now(&w.manager, sms, MORNING).await.unwrap();
    assert_eq!((put.due, put.delay), (MORNING.plus(steering::GRACE), None));
}

#[tokio::test]
async fn an_unknown_place_is_the_strictest_of_all_and_of_the_projects() {
    let w = quiet_world().await;
    // A toll-free number is anywhere in North America; the project is in Berlin.
    let ana = w.customer("Ana Ruiz", "", "+18005550100").await;
    let request = w.ask(ana, &[Sms], 0).await;
    let id = w.messages(request).await[0];
    step(&w.db, &w.transports, NOW).await.unwrap();
    // 08:00 in Honolulu is 19:00 in Berlin.
    assert_eq!(w.stored(id).await.due_at, NOW.plus_hours(7));
    assert_eq!(step(&w.db, &w.transports, NOW.plus_hours(7)).await, Ok(1));
    assert_eq!(w.stored(id).await.state, State::Sent);
}

#[tokio::test]
async fn other_quiet_hours_count_for_what_already_waits() {
    let w = quiet_world().await;
    let sms = w.due(Sms).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let none = QuietHours { email: false, sms: false, hours: Quiet::default() };
    sending::set_quiet_hours(&w.manager, &none).await.unwrap();
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(1));
    assert_eq!(w.stored(sms).await.state, State::Sent);
}

/// At each hour of a day: nothing is sent in quiet hours, and a request goes before its reminder.
#[tokio::test]
async fn a_request_and_its_reminder_keep_their_order_through_a_night() {
    let w = quiet_world().await;
    let ana = w.customer("Ana Ruiz", "", "+12075550100").await;
    let request = w.ask(ana, &[Sms], 1).await;
    let ids = w.messages(request).await;
    // Both in the same night.
    w.change(ids[1], "scheduled_at = scheduled_at + 3600000, due_at = 1795431600000 + 3600000").await;
    w.change(ids[1], "scheduled_at = 1795431600000 + 3600000").await;
    let mut sent = Vec::new();
    for hour in 0..48 {
        let at = NOW.plus_hours(hour);
        let before = w.memory.sent().len();
        while step(&w.db, &w.transports, at).await.unwrap() > 0 {}
        if w.memory.sent().len() > before {
            let there = at.local(&chrono_tz::America::New_York).machine();
            assert!(("08:00:00".."21:00:00").contains(&&there[11..19]), "{there}");
            sent.extend(w.memory.sent()[before..].iter().filter_map(|mail| mail.message));
        }
    }
    assert_eq!(sent, ids);
}
