//! Reviews of one or two stars: who is told of them by email, and the list of those that nobody has dealt with.

use super::support::{Browser, NOWHERE, TestApp};
use crate::{
    domain::{
        CustomerId, ReviewId, Timestamp, account::AccountPage, attention::AttentionPage, message::Channel,
        project::Frame, review::Rating, role::Role,
    },
    server::{
        clock,
        delivery::retry::Class,
        low_ratings::{Way, step},
        store::reviews::{self, NewReview},
    },
};
use axum::http::StatusCode;

fn way(app: &TestApp) -> Way {
    let base_url = app.state.config.base_url.clone();
    Way { transports: app.state.transports.clone(), is_open: true, base_url }
}

/// Sends what is due, and returns the addresses of those who were told, in order.
async fn tell(app: &TestApp, way: &Way, now: Timestamp) -> Vec<String> {
    let before = app.memory.sent().len();
    while step(&app.db, way, now).await.unwrap() {}
    let mut told: Vec<String> = app.memory.sent()[before..].iter().map(|mail| mail.recipient.clone()).collect();
    told.sort();
    told
}

/// A review that reached the business without a message.
async fn review(app: &TestApp, customer: CustomerId, stars: i16) -> ReviewId {
    let rating = Rating::new(stars).unwrap();
    let new = NewReview { customer, rating, text: "Cold & late".into(), source: None };
    let system = app.system("cup").await;
    reviews::add(&system, &new, clock::now()).await.unwrap()
}

async fn page(browser: &Browser) -> AttentionPage {
    let answer = browser.get("/api/load_attention?slug=cup&query=").await;
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

async fn number(browser: &Browser) -> u32 {
    let answer = browser.get("/api/load_frame?slug=cup").await;
    serde_json::from_str::<Frame>(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body)).attention
}

async fn is_told(browser: &Browser) -> Option<bool> {
    let answer = browser.get("/api/load_account?slug=cup").await;
    let page: AccountPage = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body));
    page.low_ratings.map(|emails| emails.is_on)
}

#[tokio::test]
async fn owners_are_told_once_of_one_or_two_stars() {
    let app = TestApp::new().await;
    let (_, owner) = app.person(Role::Owner).await;
    app.person(Role::Admin).await;
    app.project("bean").await;
    app.person_of("bean", Role::Owner).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let (way, now) = (way(&app), clock::now().plus(Timestamp::MINUTE));
    for stars in [3, 4, 5] {
        review(&app, sent.customer, stars).await;
    }
    assert_eq!(tell(&app, &way, now).await, [""; 0]);
    let id = app.review(&sent, 2).await;
    assert_eq!(tell(&app, &way, now).await, std::slice::from_ref(&owner));
    let mail = app.memory.sent().pop().unwrap();
    assert_eq!((mail.subject.as_str(), mail.message), ("Ana Ruiz left 2 stars for Cup & Saucer", None));
    let link = format!("/projects/cup/customers/{}#review-{id}", sent.customer);
    assert!(mail.text.contains("“As it was”") && mail.text.contains(&link), "{}", mail.text);
    assert_eq!(tell(&app, &way, now.plus(Timestamp::DAY)).await, [""; 0], "once");
    review(&app, sent.customer, 1).await;
    assert_eq!(tell(&app, &way, now).await, [owner]);
    assert_eq!(app.count("select count(*) from review_alert").await, 0);
}

#[tokio::test]
async fn each_member_chooses_for_themselves() {
    let app = TestApp::new().await;
    let (owner, viewer) = (app.member(Role::Owner).await, app.member(Role::Viewer).await);
    let emails: Vec<String> =
        sqlx::query_scalar("select email from person order by email").fetch_all(app.db.read()).await.unwrap();
    assert_eq!((is_told(&owner).await, is_told(&viewer).await), (Some(true), Some(false)));
    let (way, now) = (way(&app), clock::now().plus(Timestamp::MINUTE));
    let ana = app.customer("Ana Ruiz").await;
    for (browser, on) in [(&owner, "false"), (&viewer, "true")] {
        let answer = browser.post("/api/set_low_ratings", &format!("slug=cup&on={on}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    assert_eq!((is_told(&owner).await, is_told(&viewer).await), (Some(false), Some(true)));
    review(&app, ana, 1).await;
    assert_eq!(tell(&app, &way, now).await, emails[1..], "the viewer, who is the second person");
    // Who adds the review knows of it.
    owner.post("/api/set_low_ratings", "slug=cup&on=true").await;
    let added = owner.post("/api/add_review", &format!("slug=cup&id={ana}&rating=2&text=")).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    assert_eq!(tell(&app, &way, now).await, emails[1..]);
    // Who has changed their mind, or left, before it was sent is not told.
    review(&app, ana, 1).await;
    viewer.post("/api/set_low_ratings", "slug=cup&on=false").await;
    assert_eq!(tell(&app, &way, now).await, emails[..1]);
    let shown = app.member(Role::Operator).await.get("/projects/cup/account").await.body;
    assert!(shown.contains("You get no email when a review") && shown.contains("set SMTP_URL"), "{shown}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_tried_again_for_some_hours() {
    let app = TestApp::new().await;
    let (_, owner) = app.person(Role::Owner).await;
    let ana = app.customer("Ana Ruiz").await;
    let (way, mut now) = (way(&app), clock::now().plus(Timestamp::MINUTE));
    let refusal = || crate::server::delivery::Refusal { class: Class::LATER, code: None, text: "451 later".into() };
    review(&app, ana, 1).await;
    app.memory.refuse(refusal());
    assert_eq!(tell(&app, &way, now).await, [""; 0]);
    assert_eq!(tell(&app, &way, now.plus(Timestamp::MINUTE)).await, [""; 0], "not before two minutes");
    now = now.plus(2 * Timestamp::MINUTE);
    assert_eq!(tell(&app, &way, now).await, [owner]);
    // In the end it is given up.
    review(&app, ana, 1).await;
    app.memory.refuse_by(move |_| Some(refusal()));
    for _ in 0..8 {
        now = now.plus(5 * Timestamp::HOUR);
        assert_eq!(tell(&app, &way, now).await, [""; 0]);
    }
    assert_eq!(app.count("select count(*) from review_alert").await, 0);
    // Without a mail server nothing waits.
    review(&app, ana, 1).await;
    tell(&app, &Way { is_open: false, ..way.clone() }, now).await;
    assert_eq!(app.count("select count(*) from review_alert").await, 0);
}

#[tokio::test]
async fn nobody_is_told_of_a_person_who_was_erased() {
    let app = TestApp::new().await;
    let owner = app.member(Role::Owner).await;
    let ana = app.customer("Ana Ruiz").await;
    review(&app, ana, 1).await;
    assert_eq!((page(&owner).await.reviews.len(), number(&owner).await), (1, 1));
    let erased = owner.post("/api/erase_customer", &format!("slug=cup&id={ana}&confirm=ERASE")).await;
    assert_eq!(erased.status, StatusCode::OK, "{}", erased.body);
    assert_eq!(tell(&app, &way(&app), clock::now().plus(Timestamp::MINUTE)).await, [""; 0]);
    assert_eq!((page(&owner).await.reviews.len(), number(&owner).await), (0, 0));
}

#[tokio::test]
async fn the_list_has_them_until_somebody_has_dealt_with_them() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let (ana, ben) = (app.customer("Ana Ruiz").await, app.customer("Ben Ode").await);
    let first = review(&app, ana, 2).await;
    review(&app, ben, 5).await;
    let second = review(&app, ben, 1).await;
    let listed: Vec<_> = page(&operator).await.reviews.into_iter().map(|r| (r.id, r.customer_name)).collect();
    assert_eq!(listed, [(second, "Ben Ode".to_owned()), (first, "Ana Ruiz".to_owned())]);
    assert_eq!(number(&operator).await, 2);
    let shown = operator.get("/projects/cup/attention").await.body;
    assert!(shown.contains("Reviews of 1 or 2 stars") && shown.contains("Cold &amp; late"), "{shown}");
    let settle = |id: String| {
        let operator = operator.clone();
        async move { operator.post("/api/settle_review", &format!("slug=cup&id={id}")).await }
    };
    let done = settle(second.to_string()).await;
    assert!(done.status == StatusCode::OK && done.body.contains("off the list"), "{}", done.body);
    assert_eq!((page(&operator).await.reviews.len(), number(&operator).await), (1, 1));
    for id in [second.to_string(), NOWHERE.to_owned()] {
        assert_eq!(settle(id).await.status, StatusCode::CONFLICT);
    }
    // Nobody of another project does.
    app.project("bean").await;
    let elsewhere = app.member_of("bean", Role::Owner).await;
    elsewhere.post("/api/settle_review", &format!("slug=bean&id={first}")).await;
    assert_eq!(number(&operator).await, 1);
    let viewer = app.member(Role::Viewer).await.get("/projects/cup/attention").await.body;
    assert!(viewer.contains("Cold &amp; late") && !viewer.contains("Dealt with"), "{viewer}");
}
