//! Requests that the strategy makes.

use super::sending::world::{BASE, NOW, World};
use crate::{
    domain::{
        AppResult, ChargeId, CustomerId, ProcessId, Timestamp,
        ask::{
            Ask, AskForm,
            many::{Whom, WhomForm},
        },
        charge::{Currency, Money, NewCharge},
        customer::bulk::{BulkForm, CustomerSelection, CustomerSkip},
        message::{Channel, EventKind, Template},
        review::Rating,
        schedule::{Opening, Week, Window},
        strategy::{
            Automate, Conditions, Delay, Limit, Limits, Strategy, Subscription, Trigger, Unit,
            page::Reason,
            verdict::{ASKED, Condition},
        },
    },
    server::{
        demo::chance::Chance,
        requests::{create, many},
        store::{
            charges,
            db::Query,
            guard::Manager,
            id::NewId,
            planning::{self, lead},
            reviews::{self, NewReview},
            strategy::{self, NotAskedPlace},
        },
        strategy::planner::{plan_some, thank_some},
    },
};
use chrono::NaiveDate;

async fn set(w: &World, sql: &'static str) {
    let mut tx = w.db.begin().await.unwrap();
    Query::new(sql).build().execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn switch_on(w: &World, chosen: Strategy) {
    let switch = |kept: &mut strategy::Kept| {
        kept.automate = Automate::On;
        kept.since = NaiveDate::default();
        kept.strategy = chosen;
        AppResult::Ok(())
    };
    strategy::change(&w.manager, NOW, switch).await.unwrap();
}

async fn plan(w: &World, now: Timestamp) -> usize {
    let guards: Vec<Manager> = planning::automated(&w.db).await.unwrap();
    let mut all = 0;
    for guard in &guards {
        loop {
            let n = plan_some(guard, BASE, now).await.unwrap();
            if n == 0 {
                break;
            }
            all += n;
        }
    }
    all
}

async fn made_of(w: &World, customer: CustomerId) -> i16 {
    sqlx::query_scalar("select plan from customer where id = $1").bind(customer).fetch_one(w.db.read()).await.unwrap()
}

async fn requests(w: &World) -> i64 {
    sqlx::query_scalar("select count(*) from request").fetch_one(w.db.read()).await.unwrap()
}

#[tokio::test]
async fn a_customer_is_asked_once_and_planning_again_changes_nothing() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "").await;
    assert_eq!(plan(&w, NOW).await, 0, "off");
    switch_on(&w, Strategy { reminders: vec![3, 5], ..Strategy::default() }).await;
    assert_eq!(plan(&w, NOW).await, 1);
    assert_eq!((made_of(&w, ana).await, requests(&w).await), (ASKED, 1));
    let rows: Vec<(i16, Timestamp, String)> = sqlx::query_as(
        "select m.reminder, m.scheduled_at, k.why from message m
         join message_content k on k.message_id = m.id order by m.reminder",
    )
    .fetch_all(w.db.read())
    .await
    .unwrap();
    let days: Vec<i64> = rows.iter().map(|(_, at, _)| (at.0 - rows[0].1.0) / Timestamp::DAY).collect();
    assert_eq!(days, [0, 3, 8]);
    assert!(rows[0].2.starts_with("1 day after the customer was added."), "{}", rows[0].2);
    assert_eq!(rows[1].2, "3 days after the message before it.");
    assert_eq!(plan(&w, NOW).await, 0);
    // Another strategy asks nobody again.
    switch_on(&w, Strategy::default()).await;
    assert_eq!((plan(&w, NOW).await, requests(&w).await), (0, 1));
    let created: i64 = sqlx::query_scalar("select count(*) from message_event where kind = $1 and actor is null")
        .bind(EventKind::Created)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(created, 3);
}

#[tokio::test]
async fn who_is_not_asked_is_listed_with_the_reason_and_looked_at_again_when_it_changes() {
    let w = World::new().await;
    let phone_only = w.customer("Bo Phone", "", "+12075550100").await;
    let gone = w.customer("Cy Gone", "cy@example.com", "").await;
    let asked = w.customer("Di Asked", "di@example.com", "").await;
    w.ask(asked, &[Channel::Email], 0).await;
    set(&w, "update customer set unsubscribed_at = 1 where name = 'Cy Gone'").await;
    switch_on(&w, Strategy::default()).await;
    plan(&w, NOW).await;
    for (customer, condition) in
        [(phone_only, Condition::HasAddress), (gone, Condition::Subscribed), (asked, Condition::NotAsked)]
    {
        assert_eq!(made_of(&w, customer).await, condition as i16);
    }
    let revision = strategy::kept(&w.manager).await.unwrap().revision;
    let (counted, to_look_at) = strategy::not_asked(&w.manager, revision).await.unwrap();
    assert_eq!(counted, [(Condition::Subscribed, 1), (Condition::NotAsked, 1), (Condition::HasAddress, 1)]);
    assert_eq!(to_look_at, 0);
    set(&w, "update customer set search_text = 'bo phone' where name = 'Bo Phone'").await;
    let listed = async |reason, search: &str, after| {
        strategy::not_asked_customers(&w.manager, reason, revision, search, after, 10).await.unwrap()
    };
    let lacking = Reason::Unmet(Condition::HasAddress);
    assert_eq!(listed(lacking, "BO", None).await.len(), 1);
    assert!(listed(lacking, "b%", None).await.is_empty());
    let all = listed(Reason::Any, "", None).await;
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Cy Gone", "Bo Phone", "Di Asked"], "by condition, then by name");
    let place = NotAskedPlace { plan: Condition::Subscribed as i16, name: "Cy Gone".into(), id: gone };
    assert_eq!(listed(Reason::Any, "", Some(place)).await, all[1..]);
    assert!(listed(Reason::Waiting, "", None).await.is_empty());
    w.customer("Ed New", "ed@example.com", "").await;
    let waiting = listed(Reason::Waiting, "", None).await;
    assert_eq!((waiting[0].name.as_str(), waiting[0].words()), ("Ed New", "Not looked at yet"));
    set(&w, "delete from customer where name = 'Ed New'").await;

    set(&w, "update customer set unsubscribed_at = null where name = 'Cy Gone'").await;
    set(&w, "update customer set email = 'bo@example.com' where name = 'Bo Phone'").await;
    assert_eq!(plan(&w, NOW).await, 2);
    assert_eq!((made_of(&w, phone_only).await, made_of(&w, gone).await), (ASKED, ASKED));
}

#[tokio::test]
async fn a_lifted_suppression_is_noticed() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "").await;
    let mut tx = w.db.begin_in(w.project).await.unwrap();
    sqlx::query("insert into suppression (project_id, id, channel, address, reason, since) values ($1, $1, 0, 'ana@example.com', 1, 0)")
        .bind(w.project)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    switch_on(&w, Strategy::default()).await;
    plan(&w, NOW).await;
    assert_eq!(made_of(&w, ana).await, Condition::NotSuppressed as i16);
    set(&w, "delete from suppression").await;
    assert_eq!(plan(&w, NOW).await, 1);
    assert_eq!(made_of(&w, ana).await, ASKED);
}

#[tokio::test]
async fn limits_and_schedule_spread_the_messages_and_count_what_is_there() {
    let w = World::new().await;
    for n in 0..7 {
        w.customer(&format!("Customer {n}"), &format!("c{n}@example.com"), "").await;
    }
    let open = Window::Between { start: 540, end: 1020 };
    let week = Week([open, open, open, open, open, Window::Never, Window::Never]);
    strategy::set_opening(&w.manager, Opening::of(week), NOW).await.unwrap();
    let limits = Limits { email: Limit { per_day: Some(2), per_month: None }, ..Limits::default() };
    let chosen = Strategy { reminders: vec![], limits, ..Strategy::default() };
    switch_on(&w, chosen.clone()).await;
    assert_eq!(plan(&w, NOW).await, 7);
    // In another transaction, which reads what is planned already.
    w.customer("Late", "late@example.com", "").await;
    assert_eq!(plan(&w, NOW).await, 1);
    let per_day: Vec<i64> = sqlx::query_scalar("select count(*) from message group by day order by day")
        .fetch_all(w.db.read())
        .await
        .unwrap();
    assert_eq!(per_day, [2, 2, 2, 2]);
    let times: Vec<Timestamp> =
        sqlx::query_scalar("select scheduled_at from message").fetch_all(w.db.read()).await.unwrap();
    assert!(times.iter().all(|at| week.next(&w.manager.zone, *at) == *at));
}

#[tokio::test]
async fn the_schedule_knows_holidays_and_the_clock_where_the_customer_is() {
    let w = World::new().await;
    let open = Window::Between { start: 540, end: 1020 };
    let week = Week::daily(open);
    let opening = Opening { week, holidays: Some("US".parse().unwrap()), by_customer: true };
    strategy::set_opening(&w.manager, opening, NOW).await.unwrap();
    w.customer("Far", "far@example.com", "+12075550100").await;
    w.customer("Near", "near@example.com", "").await;
    set(&w, "update customer set created_at = 1795431600000").await;
    // From the customer being added on Monday at noon to Thanksgiving at noon in Berlin.
    let delay = Delay { number: 3, unit: Unit::Days };
    switch_on(&w, Strategy { reminders: vec![], delay, ..Strategy::default() }).await;
    assert_eq!(plan(&w, NOW).await, 2);
    let planned: Vec<(String, Timestamp, String)> = sqlx::query_as(
        "select c.name, m.scheduled_at, k.why from message m join customer c on c.id = m.customer_id
            join message_content k on k.message_id = m.id order by c.name",
    )
    .fetch_all(w.db.read())
    .await
    .unwrap();
    let local = |at: Timestamp| at.local(&chrono_tz::Europe::Berlin).machine();
    // Nine o'clock on Friday in New York, and in Berlin.
    assert_eq!(local(planned[0].1), "2026-11-27T15:00:00+01:00");
    assert_eq!(local(planned[1].1), "2026-11-27T09:00:00+01:00");
    for (name, _, why) in planned {
        let expected = "It is a public holiday then by the clock where the customer is; it opens Fri 27 Nov 2026";
        assert!(why.contains(expected), "{name}: {why}");
    }
}

#[tokio::test]
async fn a_visit_counts_only_where_it_is_known_and_since_the_chosen_day() {
    let w = World::new().await;
    let (none, old, new) = (
        w.customer("None", "none@example.com", "").await,
        w.customer("Old", "old@example.com", "").await,
        w.customer("New", "new@example.com", "").await,
    );
    set(&w, "update customer set visited_on = 100 where name = 'Old'").await;
    set(&w, "update customer set visited_on = 40000 where name = 'New'").await;
    let switch = |kept: &mut strategy::Kept| {
        kept.automate = Automate::On;
        kept.since = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
        kept.strategy = Strategy { trigger: Trigger::Visit, ..Strategy::default() };
        AppResult::Ok(())
    };
    strategy::change(&w.manager, NOW, switch).await.unwrap();
    plan(&w, NOW).await;
    assert_eq!(made_of(&w, none).await, Condition::HasDate as i16);
    assert_eq!(made_of(&w, old).await, Condition::DateCounts as i16);
    assert_eq!(made_of(&w, new).await, ASKED);
}

#[tokio::test]
async fn a_new_run_follows_for_who_gave_no_rating_and_none_for_the_others() {
    let w = World::new().await;
    let (silent, clicked) =
        (w.customer("Silent", "s@example.com", "").await, w.customer("Clicked", "c@example.com", "").await);
    let rated = w.customer("Rated", "r@example.com", "").await;
    switch_on(&w, Strategy { reminders: vec![], retries: 1, retry_days: 10, ..Strategy::default() }).await;
    plan(&w, NOW).await;
    set(&w, "update message set state = 2, status = 1, sent_at = scheduled_at").await;
    let mut tx = w.db.begin_in(w.project).await.unwrap();
    sqlx::query("update message set clicked_at = scheduled_at, status = 3 where customer_id = $1")
        .bind(clicked)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let last: Timestamp = sqlx::query_scalar("select max(sent_at) from message").fetch_one(w.db.read()).await.unwrap();
    let mut tx = w.db.begin_in(w.project).await.unwrap();
    sqlx::query(
        "insert into review (project_id, id, customer_id, rating, text, created_at) values ($1, $2, $2, 5, '', 1)",
    )
    .bind(w.project)
    .bind(rated)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(plan(&w, last.plus(9 * Timestamp::DAY)).await, 0);
    let later = last.plus(10 * Timestamp::DAY + Timestamp::HOUR);
    assert_eq!(plan(&w, later).await, 3);
    let of: Vec<(CustomerId, i16, i32)> =
        sqlx::query_as("select customer_id, run, number from request where run > 0 order by customer_id")
            .fetch_all(w.db.read())
            .await
            .unwrap();
    assert_eq!(of, [(silent, 1, 2), (clicked, 1, 2)], "who only opened the page is asked again");
    let why: String = sqlx::query_scalar("select why from message_content where why like 'Retry%'")
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert!(why.starts_with("Retry 1: 10 days after the last message; no rating was given."), "{why}");
    // It was the last one.
    set(&w, "update message set state = 2, status = 1, sent_at = scheduled_at where state = 0").await;
    assert_eq!(plan(&w, later.plus(30 * Timestamp::DAY)).await, 0);
}

#[tokio::test]
async fn one_process_leads_until_it_is_silent_for_a_minute() {
    let w = World::new().await;
    let (one, two) = (ProcessId::new(), ProcessId::new());
    assert!(lead(&w.db, "planner", one, NOW).await.unwrap());
    assert!(!lead(&w.db, "planner", two, NOW.plus(Timestamp::SECOND)).await.unwrap());
    assert!(lead(&w.db, "planner", one, NOW.plus(59 * Timestamp::SECOND)).await.unwrap());
    assert!(!lead(&w.db, "planner", two, NOW.plus(60 * Timestamp::SECOND)).await.unwrap());
    assert!(lead(&w.db, "planner", two, NOW.plus(120 * Timestamp::SECOND)).await.unwrap());
    assert!(!lead(&w.db, "planner", one, NOW.plus(121 * Timestamp::SECOND)).await.unwrap());
    assert!(lead(&w.db, "another", one, NOW).await.unwrap());
}

#[tokio::test]
async fn a_pause_plans_nothing_and_goes_on_where_it_was() {
    let w = World::new().await;
    switch_on(&w, Strategy::default()).await;
    let state = |automate| {
        move |kept: &mut strategy::Kept| {
            kept.automate = automate;
            AppResult::Ok(())
        }
    };
    strategy::change(&w.manager, NOW, state(Automate::Paused)).await.unwrap();
    w.customer("Ana Ruiz", "ana@example.com", "").await;
    assert_eq!(plan(&w, NOW).await, 0);
    strategy::change(&w.manager, NOW, state(Automate::On)).await.unwrap();
    assert_eq!((plan(&w, NOW).await, requests(&w).await), (1, 1));
}

/// A review that came by the link of a customer's message.
async fn review(w: &World, customer: CustomerId, stars: &str) {
    let (message, request) = sqlx::query_as("select id, request_id from message where customer_id = $1 limit 1")
        .bind(customer)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    let source = Some((message, request));
    let review = NewReview { customer, rating: Rating::parse(stars).unwrap(), text: String::new(), source };
    reviews::add(&w.manager, &review, NOW).await.unwrap();
}

/// Friday, and a schedule of Monday to Friday.
#[tokio::test]
async fn reminders_by_hand_keep_their_distance_where_the_schedule_is_closed() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "").await;
    let open = Window::Between { start: 540, end: 1020 };
    let week = Week([open, open, open, open, open, Window::Never, Window::Never]);
    strategy::set_opening(&w.manager, Opening::of(week), NOW).await.unwrap();
    let at = Some("2026-11-27T10:00:00".parse().unwrap());
    let ask = Ask { channels: vec![Channel::Email], reminders: vec![1, 1], at };
    create(&w.manager, ana, &ask, BASE, NOW).await.unwrap();
    let times: Vec<Timestamp> =
        sqlx::query_scalar("select scheduled_at from message order by reminder").fetch_all(w.db.read()).await.unwrap();
    let local: Vec<String> = times.iter().map(|at| w.manager.local(*at).input()).collect();
    assert_eq!(local, ["2026-11-27T10:00", "2026-11-30T09:00", "2026-12-01T09:00"]);
}

#[tokio::test]
async fn a_thank_you_keeps_to_the_limits() {
    let w = World::new().await;
    let customers = [w.customer("A", "a@example.com", "").await, w.customer("B", "b@example.com", "").await];
    for customer in customers {
        w.ask(customer, &[Channel::Email], 0).await;
    }
    let limits = Limits { email: Limit { per_day: Some(1), per_month: None }, ..Limits::default() };
    switch_on(&w, Strategy { thanks: true, limits, ..Strategy::default() }).await;
    for customer in customers {
        review(&w, customer, "5").await;
    }
    thank(&w).await;
    let days: Vec<i32> = sqlx::query_scalar("select day from message where template = 2 order by day")
        .fetch_all(w.db.read())
        .await
        .unwrap();
    let today = w.manager.day(NOW);
    assert_eq!(days, [today, today + 1], "what the reviews canceled takes no place");
}

async fn thank(w: &World) {
    for guard in planning::reviewed(&w.db).await.unwrap() {
        thank_some(&guard, BASE, NOW).await.unwrap();
    }
}

#[tokio::test]
async fn a_review_is_answered_once_with_what_its_rating_calls_for() {
    let w = World::new().await;
    let (happy, unhappy, gone) = (
        w.customer("Happy", "happy@example.com", "").await,
        w.customer("Unhappy", "unhappy@example.com", "").await,
        w.customer("Gone", "gone@example.com", "").await,
    );
    for customer in [happy, unhappy, gone] {
        w.ask(customer, &[Channel::Email], 1).await;
    }
    review(&w, happy, "5").await;
    thank(&w).await;
    assert_eq!(w.count("template in (2, 3)").await, 0, "not wanted");
    // Changing the strategy answers nothing that came before.
    switch_on(&w, Strategy { thanks: true, ..Strategy::default() }).await;
    review(&w, unhappy, "3").await;
    review(&w, gone, "4").await;
    set(&w, "update customer set unsubscribed_at = 1 where name = 'Gone'").await;
    thank(&w).await;
    thank(&w).await;
    let thanks: Vec<(CustomerId, Template, i16)> =
        sqlx::query_as("select customer_id, template, state from message where template in (2, 3)")
            .fetch_all(w.db.read())
            .await
            .unwrap();
    assert_eq!(thanks, [(unhappy, Template::ThanksNegative, 0)]);
    // The rest of the request was canceled by the review itself.
    assert_eq!(w.count("template = 1 and state = 4").await, 3);
}

#[tokio::test]
async fn many_are_asked_at_once_and_who_cannot_be_is_counted_by_reason() {
    let w = World::new().await;
    let ids = [
        w.customer("Ana", "ana@example.com", "").await,
        w.customer("Bo", "bo@example.com", "").await,
        w.customer("Cy Phone", "", "+12075550100").await,
        w.customer("Di Gone", "di@example.com", "").await,
        CustomerId(uuid::Uuid::from_u128(7)),
    ];
    set(&w, "update customer set archived_at = 1 where name = 'Di Gone'").await;
    let selection = Whom::Selected(CustomerSelection::These(ids.into()));
    let ask = Ask::by(&Strategy::default());
    let said = many::preview(&w.manager, &selection, &ask, BASE, NOW).await.unwrap();
    let outcome = many::ask_many(&w.manager, &selection, &ask, BASE, NOW).await.unwrap();
    assert_eq!((said.can, said.by_email, said.by_sms, said.looked_at), (2, 2, 0, 5));
    assert_eq!(said.cannot, outcome.skipped);
    let change = BulkForm { action: "request".into(), ..BulkForm::default() }.check().unwrap();
    assert_eq!(
        outcome.sentence(&change),
        "Asked 2 customers. 3 skipped: 1 without an address for the chosen channels, 1 archived, 1 deleted meanwhile."
    );
    assert_eq!((w.count("reminder = 0").await, w.count("reminder = 1").await), (2, 2));
    let by_staff: i64 = sqlx::query_scalar("select count(*) from request where run is null and number = 1")
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(by_staff, 2);
    // By hand any number of times.
    let again = Whom::Selected(CustomerSelection::These(vec![ids[0]]));
    assert_eq!(many::ask_many(&w.manager, &again, &ask, BASE, NOW).await.unwrap().done, 1);
}

#[tokio::test]
async fn who_is_listed_is_asked_by_the_chosen_channels_and_at_the_chosen_time() {
    let w = World::new().await;
    w.customer("Ana", "ana@example.com", "+12075550100").await;
    w.customer("Cy", "", "+12075550101").await;
    w.customer("Di", "di@example.com", "").await;
    let list = "ANA@example.com\n(207) 555-0101, nobody@example.com; x\ndi@example.com";
    let whom = WhomForm::listed(list.into()).check().unwrap();
    let form = AskForm { sms: true, reminders: "2".into(), days: "5".into(), ..AskForm::default() };
    let ask = AskForm { when: "later".into(), at: "2026-11-24T12:00".into(), ..form }.check().unwrap();
    let said = many::preview(&w.manager, &whom, &ask, BASE, NOW).await.unwrap();
    assert_eq!((said.can, said.by_email, said.by_sms), (2, 0, 2));
    assert_eq!(said.unknown, ["nobody@example.com", "x"]);
    assert_eq!(said.cannot, [(CustomerSkip::NoAddress, 1)]);
    assert_eq!((said.samples.len(), said.samples[0].channel), (1, Channel::Sms));
    assert_eq!(w.count("true").await, 0, "a preview writes nothing");
    let outcome = many::ask_many(&w.manager, &whom, &ask, BASE, NOW).await.unwrap();
    assert_eq!((outcome.done, w.count("channel = 1").await, w.count("true").await), (2, 6, 6));
    assert_eq!(outcome.skipped, [(CustomerSkip::Unknown, 2), (CustomerSkip::NoAddress, 1)]);
    let first: Timestamp =
        sqlx::query_scalar("select min(scheduled_at) from message").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(w.manager.local(first), said.first.unwrap());
}

/// A charge of so many cents, days after 1970-01-01.
async fn charge(w: &World, customer: CustomerId, cents: i64, currency: &str, day: u64, is_subscription: bool) {
    let charge = NewCharge {
        on: NaiveDate::default() + chrono::Days::new(day),
        money: Money { amount: cents, currency: Currency::from_code(currency).unwrap() },
        is_subscription,
        external_id: String::new(),
    };
    charges::add(&w.manager, customer, &charge, NOW).await.unwrap();
}

#[tokio::test]
async fn charges_are_a_trigger_and_conditions_and_a_new_one_is_noticed() {
    let w = World::new().await;
    let mut of = Vec::new();
    for name in ["None", "One", "Other", "Rich", "Subscriber"] {
        of.push(w.customer(name, &format!("{name}@example.com"), "").await);
    }
    let [none, one, other, rich, subscriber] = of[..] else { panic!() };
    charge(&w, one, 5_000, "USD", 20_750, false).await;
    for day in [20_760, 20_751] {
        charge(&w, other, 9_000, "EUR", day, false).await;
        charge(&w, rich, 5_000, "USD", day, false).await;
        charge(&w, subscriber, 6_000, "USD", day, day == 20_751).await;
    }
    let conditions = Conditions {
        subscription: Subscription::Others,
        charges: Some(2),
        total: Some(10_000),
        average: Some(5_000),
        ..Conditions::default()
    };
    let chosen = Strategy { trigger: Trigger::Charge, reminders: vec![], conditions, ..Strategy::default() };
    switch_on(&w, chosen.clone()).await;
    assert_eq!(plan(&w, NOW).await, 5);
    for (customer, condition) in [
        (none, Condition::HasCharge as i16),
        (one, Condition::EnoughCharges as i16),
        (other, Condition::EnoughTotal as i16),
        (rich, ASKED),
        (subscriber, Condition::NotSubscriber as i16),
    ] {
        assert_eq!(made_of(&w, customer).await, condition);
    }
    let (why, at): (String, Timestamp) =
        sqlx::query_as("select k.why, m.scheduled_at from message m join message_content k on k.message_id = m.id")
            .fetch_one(w.db.read())
            .await
            .unwrap();
    let words = "1 day after the last charge. The conditions on charges are met: no subscriber, 2 charges, 100.00 USD in all, \
        50.00 USD on average.";
    assert!(why.starts_with(words), "{why}");
    // The day 20,760 is 3 November 2026: that time had passed.
    assert_eq!(at, NOW);
    // A charge more and all is met.
    charge(&w, one, 5_000, "USD", 20_762, false).await;
    assert_eq!(plan(&w, NOW).await, 1);
    assert_eq!(made_of(&w, one).await, ASKED);
    // Charges do not move what is planned, and who has none any more isn't asked anew.
    let ids: Vec<ChargeId> = sqlx::query_scalar("select id from charge where customer_id = $1")
        .bind(subscriber)
        .fetch_all(w.db.read())
        .await
        .unwrap();
    for id in ids {
        charges::remove(&w.manager, subscriber, id).await.unwrap();
    }
    assert_eq!(plan(&w, NOW).await, 1);
    assert_eq!(made_of(&w, subscriber).await, Condition::HasCharge as i16);
    let sums: i64 = sqlx::query_scalar("select count(*) from charge_sum").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(sums, 3);
}

#[tokio::test]
async fn what_charges_come_to_is_what_they_are() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "").await;
    let mut chance = Chance::new(7);
    for _ in 0..60 {
        let ids: Vec<ChargeId> = sqlx::query_scalar("select id from charge").fetch_all(w.db.read()).await.unwrap();
        if !ids.is_empty() && chance.happens(0.4) {
            charges::remove(&w.manager, ana, *chance.pick(&ids)).await.unwrap();
        } else {
            let currency = *chance.pick(&["USD", "EUR"]);
            let day = chance.between(20_000, 20_010) as u64;
            charge(&w, ana, chance.between(0, 10_000), currency, day, chance.happens(0.5)).await;
        }
        type Sum = (String, i64, i64, i64, i32);
        let kept = "select currency, cast(charges as bigint), total, cast(subscriptions as bigint), last_on from charge_sum order by currency";
        let kept: Vec<Sum> = sqlx::query_as(kept).fetch_all(w.db.read()).await.unwrap();
        let truth =
            "select currency, count(*), cast(sum(amount) as bigint), cast(sum(subscription) as bigint), max(charged_on)
            from charge group by currency order by currency";
        let truth: Vec<Sum> = sqlx::query_as(truth).fetch_all(w.db.read()).await.unwrap();
        assert_eq!(kept, truth);
    }
    crate::server::store::customers::delete(&w.manager, ana).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from charge_sum").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn before_it_is_switched_on_the_newest_are_counted_however_many_are_older() {
    let w = World::new().await;
    for n in 0..5 {
        w.customer(&format!("Old {n}"), &format!("old{n}@example.com"), "").await;
    }
    set(&w, "update customer set created_at = 1000000000000").await;
    let new = w.customer("New", "new@example.com", "").await;
    set(&w, "update customer set created_at = 1795431600000 where name = 'New'").await;
    let today = w.manager.today(NOW);
    for trigger in [Trigger::Added, Trigger::Visit, Trigger::Charge] {
        if trigger == Trigger::Visit {
            set(&w, "update customer set visited_on = 20000 where name <> 'New'").await;
            set(&w, "update customer set visited_on = 40000 where name = 'New'").await;
        }
        if trigger == Trigger::Charge {
            charge(&w, new, 1_000, "USD", 40_000, false).await;
        }
        let strategy = Strategy { trigger, ..Strategy::default() };
        let found = planning::would_be_candidates(&w.manager, &strategy, today, 2).await.unwrap();
        let ids: Vec<CustomerId> = found.iter().map(|candidate| candidate.id).collect();
        assert_eq!(ids, [new], "{trigger:?}");
    }
}

#[tokio::test]
async fn before_it_is_switched_on_only_those_are_counted_whose_charges_count() {
    let w = World::new().await;
    for n in 0..3 {
        let customer = w.customer(&format!("Customer {n}"), &format!("c{n}@example.com"), "").await;
        charge(&w, customer, n * 1_000, "USD", 20_760, false).await;
    }
    w.customer("None", "none@example.com", "").await;
    let mut strategy = Strategy { trigger: Trigger::Charge, ..Strategy::default() };
    assert_eq!(planning::would_be_candidates(&w.manager, &strategy, NaiveDate::default(), 10).await.unwrap().len(), 3);
    strategy.conditions.total = Some(1_000);
    let found = planning::would_be_candidates(&w.manager, &strategy, NaiveDate::default(), 10).await.unwrap();
    let mut totals: Vec<i64> = found.iter().map(|candidate| candidate.facts.charges.total).collect();
    totals.sort_unstable();
    assert_eq!(totals, [1_000, 2_000]);
    strategy.conditions.currency = Currency::from_code("EUR").unwrap();
    assert!(planning::would_be_candidates(&w.manager, &strategy, NaiveDate::default(), 10).await.unwrap().is_empty());
}
