//! The Settings page, through HTTP: what is shown, changed, refused and answered.

use super::support::TestApp;
use crate::{
    domain::{message::Channel, role::Role},
    server::{delivery::worker, store::sending},
};
use axum::http::StatusCode;

const PAGE: &str = "/projects/cup/settings";

#[tokio::test]
async fn pausing_is_said_on_every_page_with_who_and_since_when() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    let answer = manager.submit("/api/set_paused", "slug=cup&on=true", PAGE).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert!(answer.header("location").ends_with(PAGE));
    for path in [PAGE, "/projects/cup/messages"] {
        let body = manager.get(path).await.body.replace("<!>", "");
        assert!(body.contains("Sending is paused since today") && body.contains("by Pat Person"), "{path}");
    }
    assert!(manager.get(PAGE).await.body.contains("Resume sending"));
    let answer = manager.post("/api/set_paused", "slug=cup&on=false").await;
    assert!(answer.body.contains("Sending is resumed."), "{}", answer.body);
    assert!(!manager.get(PAGE).await.body.contains("Sending is paused since"));
    let viewer = app.member(Role::Viewer).await.get(PAGE).await.body;
    assert!(viewer.contains("Messages go out at their times") && !viewer.contains("Pause sending"));
}

#[tokio::test]
async fn wrong_input_is_refused_with_a_sentence_beside_its_field() {
    let app = TestApp::new().await;
    let owner = app.member(Role::Owner).await;
    for (path, form, words) in [
        ("save_pace", "per_minute=ten", "from 1 to 60,000"),
        ("save_pace", "per_minute=0", "from 1 to 60,000"),
        ("save_link_days", "days=4", "Choose a number of days"),
        ("save_quiet_hours", "sms=true&start=25:00&end=08:00", "Write a time such as 21:00."),
        ("save_quiet_hours", "sms=true&start=21:00", "Write a time such as 21:00."),
        ("save_guests", "guests=ana%40", "Write an email address"),
        ("save_guests", "guests=12", "Write a phone number"),
        ("resume_channel", "channel=fax", "Choose a channel."),
        ("resume_channel", "channel=email&per_minute=x", "from 1 to 60,000"),
    ] {
        let answer = owner.post(&format!("/api/{path}"), &format!("slug=cup&{form}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
        assert!(answer.body.contains(words), "{path} {form}: {}", answer.body);
    }
    let answer = owner.post("/api/resume_channel", "slug=cup&channel=email").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("Email is not held by the reputation guard."));
}

#[tokio::test]
async fn what_is_saved_is_shown() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    let saved = manager.post("/api/save_pace", "slug=cup&per_minute=1%2C200").await;
    assert!(saved.body.contains("At most 1,200 messages a minute"), "{}", saved.body);
    let saved = manager.post("/api/save_quiet_hours", "slug=cup&email=true&start=20:30&end=09:00").await;
    assert!(saved.body.contains("Quiet hours saved."));
    let body = manager.get(PAGE).await.body.replace("<!>", "");
    for words in ["At most 1,200 messages a minute", "No email is sent from 20:30 until 09:00."] {
        assert!(body.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_trial_is_explained_and_ends_by_going_live() {
    let app = TestApp::new().await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update project set trial = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let admin = app.member(Role::Admin).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert_eq!(app.memory.sent().len(), 0);
    let page = admin.get("/projects/cup/messages").await.body.replace("<!>", "");
    assert!(page.contains("Trial mode: only members and guests get messages."));
    assert!(page.contains("held: trial mode"), "the row says it");
    assert!(!page.contains("none has gone out"), "what is held is not late");
    let view = admin.get(&format!("/projects/cup/messages/{}", sent.message)).await.body.replace("<!>", "");
    assert!(view.contains("Held: the project is in trial mode"));
    let settings = admin.get(PAGE).await.body.replace("<!>", "");
    for words in ["Before you go live", "1 message is held and would go out now.", "No connection for Email is set up"]
    {
        assert!(settings.contains(words), "{words}");
    }
    let saved = admin.post("/api/save_guests", "slug=cup&guests=Gus%40example.com%0A%2B1+201+555+0100").await;
    assert!(saved.body.contains("Guests saved."), "{}", saved.body);
    let settings = admin.get(PAGE).await.body.replace("<!>", "");
    assert!(settings.contains("gus@example.com") && settings.contains("+12015550100"));
    let live = admin.submit("/api/go_live", "slug=cup", PAGE).await;
    assert_eq!(live.status, StatusCode::FOUND);
    let settings = admin.get(PAGE).await.body.replace("<!>", "");
    assert!(settings.contains("The project is live: messages go to all customers."));
    while worker::step(&app.db, &app.state.transports, crate::server::clock::now()).await.unwrap() > 0 {}
    assert_eq!(app.memory.sent().len(), 1);
    assert!(!sending::chosen(&*app.system("cup").await).await.unwrap().is_trial);
}
