//! Opens and clicks of machines: kept in the timeline with the reason, and left out of the numbers.

use super::support::{Browser, Sent, TestApp};
use crate::{
    domain::{
        message::{Channel, EventKind, MessageDetail, MessageRow},
        messages_page::MessagesPage,
        role::Role,
        status::{State, Status},
    },
    server::{clock, store::counters},
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};

const SCANNER: &str = "192.0.2.7";
const PERSON: &str = "198.51.100.1";
const PHONE: &str =
    "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20 PRO) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36";

/// A message that was sent so many milliseconds ago.
async fn sent(app: &TestApp, channel: Channel, ago: i64) -> Sent {
    sent_to(app, "Ana Ruiz", channel, ago).await
}

async fn sent_to(app: &TestApp, name: &str, channel: Channel, ago: i64) -> Sent {
    let sent = app.sent(name, channel, 0).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update message set sent_at = $1").bind(clock::now().plus(-ago)).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    sent
}

async fn visit(app: &TestApp, method: Method, path: &str, sent: &Sent, network: &str, agent: Option<&str>) {
    let browser = app.stranger();
    let request = browser.request(method, &format!("/{path}/{}", sent.token)).header("x-forwarded-for", network);
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(agent) = agent {
        request.headers_mut().insert("user-agent", agent.parse().unwrap());
    }
    assert_eq!(browser.send(request).await.status, StatusCode::OK);
}

async fn get(app: &TestApp, path: &str, sent: &Sent, network: &str) {
    visit(app, Method::GET, path, sent, network, None).await;
}

/// What the counters say: opened and clicked. They agree with the messages.
async fn counted(app: &TestApp) -> (i64, i64) {
    let opened = app.count("select cast(sum(opened) as bigint) from counter where day = 0").await;
    let clicked = app.count("select cast(sum(clicked) as bigint) from counter where day = 0").await;
    assert_eq!(counters::audit(&app.db, false).await.unwrap(), []);
    (opened, clicked)
}

/// The same with machines.
async fn counted_with_machines(app: &TestApp) -> (i64, i64) {
    let opened = app.count("select cast(sum(opened_any) as bigint) from counter where day = 0").await;
    let clicked = app.count("select cast(sum(clicked_any) as bigint) from counter where day = 0").await;
    (opened, clicked)
}

/// The page of a filter: the numbers of Opened and Clicked, and the rows.
async fn page(viewer: &Browser, query: &str) -> (u64, u64, Vec<MessageRow>) {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let answer = viewer.get(&format!("/api/load_messages?slug=cup&query={query}")).await;
    let page: MessagesPage = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body));
    (page.stats.opened, page.stats.clicked, page.rows)
}

/// The opens and clicks of the timeline, with what is stored beside them.
async fn kept(app: &TestApp) -> Vec<(EventKind, i16, Option<String>)> {
    app.state.hits.flush().await;
    let events = "select kind, machine, detail from message_event where kind in (5, 6) order by at, id";
    sqlx::query_as(events).fetch_all(app.db.read()).await.unwrap()
}

#[tokio::test]
async fn machines_are_kept_with_the_reason_and_not_counted() {
    let outlook = "2a01:111:f403::1";
    for (ago, path, method, network, agent, code) in [
        (3_600_000, "o", Method::HEAD, PERSON, None, "head"),
        (3_600_000, "r", Method::HEAD, PERSON, None, "head"),
        (3_600_000, "o", Method::GET, PERSON, Some("Mozilla/5.0"), "privacy proxy"),
        (3_600_000, "r", Method::GET, "17.58.1.1", Some("Mozilla/5.0"), "privacy proxy"),
        (3_600_000, "r", Method::GET, PERSON, Some("Googlebot/2.1"), "scanner: Googlebot/2.1"),
        (3_600_000, "o", Method::GET, PERSON, Some("curl/8.5.0"), "scanner: curl/8.5.0"),
        (-5_000, "o", Method::GET, PERSON, None, "too soon"),
        (-5_000, "r", Method::GET, PERSON, None, "too soon"),
        (10_000, "r", Method::GET, "52.101.1.1", Some("Defender"), "scanner: Defender"),
        (10_000, "o", Method::GET, outlook, Some("Defender"), "scanner: Defender"),
    ] {
        let app = TestApp::new().await;
        let sent = sent(&app, Channel::Email, ago).await;
        visit(&app, method, path, &sent, network, agent).await;
        assert_eq!(counted(&app).await, (0, 0), "{code}");
        assert_eq!(app.status(sent.message).await, (Status::Sent, State::Sent), "{code}");
        let kind = if path == "o" { EventKind::Opened } else { EventKind::Clicked };
        assert_eq!(kept(&app).await, [(kind, 1, Some(code.to_owned()))]);
        assert_eq!(counted_with_machines(&app).await, if path == "o" { (1, 0) } else { (0, 1) }, "{code}");
        assert_eq!(app.count("select count(*) from review").await, 0);
    }
}

#[tokio::test]
async fn a_person_after_a_machine_counts_once() {
    let app = TestApp::new().await;
    let sent = sent(&app, Channel::Email, 3_600_000).await;
    visit(&app, Method::GET, "o", &sent, PERSON, Some("Mozilla/5.0")).await;
    visit(&app, Method::HEAD, "r", &sent, PERSON, None).await;
    for _ in 0..2 {
        visit(&app, Method::GET, "r", &sent, PERSON, Some(PHONE)).await;
    }
    assert_eq!(counted(&app).await, (1, 1), "the phone of a person");
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
    let viewer = app.member(Role::Viewer).await;
    let loaded = viewer.get(&format!("/api/load_message?slug=cup&id={}", sent.message)).await;
    let detail: MessageDetail = serde_json::from_str(&loaded.body).unwrap();
    let said: Vec<&str> = detail.timeline.iter().filter_map(|entry| entry.detail.as_deref()).collect();
    assert!(said.contains(&"by a mail privacy proxy, not counted"), "{said:?}");
    assert!(said.contains(&"by a program that looks at headers only, not counted"), "{said:?}");
    let page = viewer.get(&format!("/projects/cup/messages/{}", sent.message)).await;
    assert!(page.body.contains("by a mail privacy proxy, not counted"), "{}", page.body);
}

#[tokio::test]
async fn numbers_and_rows_include_machines_where_the_address_says_so() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let by_machine = sent_to(&app, "Ana Ruiz", Channel::Email, 3_600_000).await;
    let by_both = sent_to(&app, "Ana Novak", Channel::Email, 3_600_000).await;
    sent_to(&app, "Ana Silva", Channel::Email, 3_600_000).await;
    for message in [&by_machine, &by_both] {
        visit(&app, Method::GET, "o", message, PERSON, Some("Mozilla/5.0")).await;
        visit(&app, Method::HEAD, "r", message, PERSON, None).await;
    }
    app.state.hits.flush().await;
    get(&app, "r", &by_both, PERSON).await;
    app.state.hits.flush().await;
    let (opened, clicked, rows) = page(&viewer, "status=opened").await;
    assert_eq!((opened, clicked, rows.len()), (1, 1, 1));
    assert!(rows[0].opened.is_some() && rows[0].machine_opened.is_none(), "{rows:?}");
    for (status, sort) in [("opened", "sent"), ("clicked", "scheduled"), ("opened", "opened"), ("clicked", "clicked")] {
        for search in ["", "&q=ana", "&q=example.com"] {
            let query = format!("status={status}&sort={sort}&machines=1{search}");
            let (opened, clicked, rows) = page(&viewer, &query).await;
            assert_eq!((opened, clicked, rows.len()), (2, 2, 2), "{query}");
            let only = rows.iter().find(|row| row.id == by_machine.message).unwrap();
            assert!(
                only.opened.is_none() && only.machine_opened.is_some() && only.machine_clicked.is_some(),
                "{only:?}"
            );
            let both = rows.iter().find(|row| row.id == by_both.message).unwrap();
            assert!(both.clicked.is_some() && both.machine_clicked.is_none(), "{both:?}");
        }
    }
    let whole = viewer.get("/projects/cup/messages?status=opened&machines=1").await.body;
    assert!(whole.contains("Opened and clicked by people and machines") && whole.contains("Leave machines out"));
    assert!(whole.contains("By a machine, ") && whole.contains(r#"name="machines" value="1""#), "{whole}");
    let whole = viewer.get("/projects/cup/messages").await.body;
    assert!(whole.contains("Include machines") && whole.contains("?machines=1") && !whole.contains("By a machine, "));
}

#[tokio::test]
async fn image_proxies_open_for_a_person() {
    for agent in
        ["Mozilla/5.0 Firefox/11.0 (via ggpht.com GoogleImageProxy)", "YahooMailProxy; https://help.yahoo.com/"]
    {
        let app = TestApp::new().await;
        let sent = sent(&app, Channel::Email, 3_600_000).await;
        visit(&app, Method::GET, "o", &sent, "66.249.84.1", Some(agent)).await;
        assert_eq!(counted(&app).await, (1, 0), "{agent}");
    }
}

#[tokio::test]
async fn who_follows_every_link_was_never_counted() {
    let every = |kind| (kind, 1, Some("every link".to_owned()));
    let app = TestApp::new().await;
    let sent = sent(&app, Channel::Email, 5_000).await;
    get(&app, "o", &sent, SCANNER).await;
    get(&app, "r", &sent, SCANNER).await;
    assert_eq!(counted(&app).await, (1, 1), "so far it may be a person");
    get(&app, "u", &sent, SCANNER).await;
    assert_eq!(counted(&app).await, (0, 0));
    assert_eq!(counted_with_machines(&app).await, (1, 1));
    assert_eq!(app.status(sent.message).await, (Status::Sent, State::Sent));
    assert_eq!(kept(&app).await, [every(EventKind::Opened), every(EventKind::Clicked)]);
    get(&app, "r", &sent, SCANNER).await;
    assert_eq!(counted(&app).await, (0, 0));
    for _ in 0..2 {
        get(&app, "r", &sent, PERSON).await;
    }
    assert_eq!(counted(&app).await, (1, 1), "a person's, once");
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
    assert_eq!(app.count("select count(*) from customer where unsubscribed_at is not null").await, 0);
}

#[tokio::test]
async fn a_link_followed_again_and_again_at_once_is_no_click() {
    let app = TestApp::new().await;
    let sent = sent(&app, Channel::Sms, 5_000).await;
    for _ in 0..2 {
        get(&app, "r", &sent, SCANNER).await;
    }
    assert_eq!(counted(&app).await, (0, 1), "a double click");
    get(&app, "r", &sent, SCANNER).await;
    assert_eq!(counted(&app).await, (0, 0));
    assert!(kept(&app).await.iter().all(|(_, machine, _)| *machine == 1));
}

#[tokio::test]
async fn what_others_did_meanwhile_stays_counted() {
    let app = TestApp::new().await;
    let sent = sent(&app, Channel::Email, 5_000).await;
    get(&app, "u", &sent, SCANNER).await;
    get(&app, "r", &sent, PERSON).await;
    get(&app, "r", &sent, SCANNER).await;
    assert_eq!(counted(&app).await, (1, 1));
    let machines: Vec<i16> = kept(&app).await.into_iter().map(|(_, machine, _)| machine).collect();
    assert_eq!(machines, [0, 0, 1]);
}

#[tokio::test]
async fn a_review_proves_the_person() {
    let app = TestApp::new().await;
    let sent = sent(&app, Channel::Email, 5_000).await;
    get(&app, "r", &sent, SCANNER).await;
    app.state.hits.flush().await;
    let thanks = app.stranger().post(&format!("/r/{}", sent.token), "rating=5").await;
    assert_eq!(thanks.status, StatusCode::OK);
    get(&app, "u", &sent, SCANNER).await;
    assert_eq!(counted(&app).await, (1, 1));
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
}

#[tokio::test]
async fn what_a_machine_saw_is_as_failed_as_before() {
    let app = TestApp::new().await;
    let sent = sent(&app, Channel::Email, 5_000).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update message set failed_at = sent_at, state = $1, status = $2")
        .bind(State::Failed)
        .bind(Status::Failed)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    get(&app, "r", &sent, SCANNER).await;
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
    get(&app, "u", &sent, SCANNER).await;
    assert_eq!(app.status(sent.message).await, (Status::Failed, State::Failed));
    assert_eq!(counted(&app).await, (0, 0));
}
