//! Addresses to which nothing is sent: what is refused, what is canceled when it is due, and the list.

use super::{ANA, Hook, effects::bounce};
use crate::{
    domain::{
        Timestamp,
        connection::settings::Provider,
        message::{CancelCause, Channel, FailureCode},
        role::Role,
        status::{State, Status},
        suppression::{SuppressedPage, SuppressedQuery, SuppressionReason},
    },
    server::{
        clock,
        delivery::{Refusal, retry::Class, worker},
        store::suppressions,
    },
    tests::support::TestApp,
};
use axum::http::StatusCode;
use serde_json::json;

async fn page(app: &TestApp, query: &str) -> SuppressedPage {
    let system = app.system("cup").await;
    suppressions::page(&system, &SuppressedQuery::parse(query)).await.unwrap()
}

#[tokio::test]
async fn what_is_due_to_a_suppressed_address_is_canceled() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let system = app.system("cup").await;
    // Added behind the back of the store, which would have canceled it at once.
    suppressions::add(&system, Channel::Sms, "+12015550177", "", clock::now()).await.unwrap();
    let mut tx = app.db.begin().await.unwrap();
    let sql = "update suppression set channel = 0, address = 'ana.ruiz@example.com'";
    crate::server::store::db::Query::new(sql).build().execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let later = clock::now().plus(10 * Timestamp::DAY);
    while worker::step(&app.db, &app.state.transports, later).await.unwrap() > 0 {}
    let causes: Vec<CancelCause> =
        sqlx::query_scalar("select cancel_cause from message where state = 4").fetch_all(app.db.read()).await.unwrap();
    assert_eq!(causes, [CancelCause::Suppressed]);
    assert_eq!(app.memory.sent().len(), 1);
    assert_eq!(app.status(sent.message).await, (Status::Sent, State::Sent));
}

#[tokio::test]
async fn a_refusal_at_the_first_attempt_counts_as_a_report() {
    for (channel, failure, reason) in [
        (Channel::Email, FailureCode::AddressUnknown, SuppressionReason::Bounced),
        (Channel::Sms, FailureCode::OptedOut, SuppressionReason::OptedOut),
    ] {
        let app = TestApp::new().await;
        app.memory.refuse(Refusal {
            class: Class::Permanent(failure),
            code: Some("550".into()),
            text: "550 no".into(),
        });
        let sent = app.sent("Ana Ruiz", channel, 2).await;
        assert_eq!(app.status(sent.message).await, (Status::Failed, State::Failed));
        assert_eq!(app.count("select count(*) from message where state = 4").await, 2, "the reminders");
        let found = page(&app, "").await;
        assert_eq!((found.rows[0].reason, found.rows[0].channel), (reason, channel));
        assert_eq!(found.rows[0].message, Some((sent.message, sent.customer)));
        let unsubscribed = app.count("select count(*) from customer where unsubscribed_at is not null").await;
        assert_eq!(unsubscribed, i64::from(reason == SuppressionReason::OptedOut));
    }
}

#[tokio::test]
async fn requests_and_sending_again_are_refused_with_the_reason() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 1).await;
    hook.take(&hook.signed(&json!([bounce("e1", sent.message, clock::now())]))).await;
    let operator = hook.app.member(Role::Operator).await;
    let asked = operator.post("/api/request_review", &format!("slug=cup&id={}&form[email]=true", sent.customer)).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.body.contains("is suppressed: a message came back"), "{}", asked.body);
    let resent = operator.post("/api/resend_message", &format!("slug=cup&id={}", sent.message)).await;
    assert_eq!(resent.status, StatusCode::CONFLICT);
    let canceled: crate::domain::MessageId =
        sqlx::query_scalar("select id from message where state = 4").fetch_one(hook.app.db.read()).await.unwrap();
    let now = operator.post("/api/send_now", &format!("slug=cup&id={canceled}")).await;
    assert_eq!(now.status, StatusCode::CONFLICT);
    assert!(now.body.contains("Suppressed page"), "{}", now.body);
    // The other channel is free, and so is the address once it is lifted.
    let by_sms = operator.post("/api/request_review", &format!("slug=cup&id={}&form[sms]=true", sent.customer)).await;
    assert_eq!(by_sms.status, StatusCode::OK, "{}", by_sms.body);
    let id = page(&hook.app, "").await.rows[0].id;
    let lifted = operator.post("/api/lift_suppression", &format!("slug=cup&id={id}")).await;
    assert!(lifted.body.contains("is not suppressed any more"), "{}", lifted.body);
    let asked = operator.post("/api/request_review", &format!("slug=cup&id={}&form[email]=true", sent.customer)).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    let again = operator.post("/api/lift_suppression", &format!("slug=cup&id={id}")).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn managers_add_by_hand() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let (operator, manager) = (app.member(Role::Operator).await, app.member(Role::Manager).await);
    let form = "slug=cup&form[address]=Ana.Ruiz@Example.com&form[note]=She%20called";
    assert_eq!(operator.post("/api/add_suppression", form).await.status, StatusCode::FORBIDDEN);
    let added = manager.post("/api/add_suppression", form).await;
    assert!(added.body.contains("ana.ruiz@example.com is suppressed. Canceled 2 messages."), "{}", added.body);
    let again = manager.post("/api/add_suppression", form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("suppressed already: it was added by hand"), "{}", again.body);
    for (address, stored) in [("(201)%20555-0177", "+12015550177"), ("%2B44%2020%207946%200958", "+442079460958")] {
        let added = manager.post("/api/add_suppression", &format!("slug=cup&form[address]={address}")).await;
        assert!(added.body.replace(' ', "").contains(stored), "{}", added.body);
    }
    for wrong in ["", "ana@", "12", "x"] {
        let answer = manager.post("/api/add_suppression", &format!("slug=cup&form[address]={wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(answer.body.contains("address"), "{}", answer.body);
    }
    let found = page(&app, "").await;
    assert_eq!(found.total, 3);
    let ana = found.rows.iter().find(|row| row.address == ANA).unwrap();
    assert_eq!((ana.added_by.as_deref(), ana.note.as_str()), (Some("Pat Person"), "She called"));
    assert_eq!(ana.customer, Some((sent.customer, "Ana Ruiz".into())));
}

#[tokio::test]
async fn the_list_is_searched_and_paged() {
    let app = TestApp::new().await;
    let system = app.system("cup").await;
    let base = clock::now();
    for n in 0..120 {
        // Many at the same time.
        let at = base.plus(n / 40);
        suppressions::add(&system, Channel::Email, &format!("person.{n}@example.com"), "", at).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let query = SuppressedQuery { after, ..SuppressedQuery::default() };
        let page = suppressions::page(&system, &query).await.unwrap();
        assert_eq!(page.total, 120);
        seen.extend(page.rows.into_iter().map(|row| (row.since.at, row.address)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(seen.is_sorted_by(|one, other| one.0 >= other.0));
    let addresses: std::collections::HashSet<_> = seen.iter().map(|(_, address)| address.clone()).collect();
    assert_eq!((addresses.len(), seen.len()), (120, 120));
    assert_eq!(page(&app, "q=PERSON.11%40").await.total, 1);
    assert_eq!(page(&app, "q=nobody").await.total, 0);
    assert_eq!(page(&app, "after=nonsense").await.rows.len(), 50);
    // Another project sees and lifts nothing of it.
    let other = app.project("bean").await;
    assert_eq!(suppressions::page(&other, &SuppressedQuery::default()).await.unwrap().total, 0);
    let id = page(&app, "").await.rows[0].id;
    assert!(suppressions::lift(&other, id).await.is_err());
    let lifting = suppressions::page(&other, &SuppressedQuery::parse(&format!("do=lift-{id}"))).await.unwrap();
    assert!(lifting.lifting.is_none());
    assert_eq!(page(&app, "").await.total, 120);
}
