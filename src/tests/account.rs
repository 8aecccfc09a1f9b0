//! One's own account: name, password and sessions.

use super::support::{Answer, BASE, Browser, NOWHERE, PASSWORD, TestApp};
use crate::{
    domain::{Timestamp, UserId, account::AccountPage, role::Role},
    server::{auth, clock, store::people},
};
use axum::http::StatusCode;

/// A person who is signed in, with the password.
pub struct Someone {
    pub id: UserId,
    pub email: String,
    pub browser: Browser,
}

impl Someone {
    pub async fn new(app: &TestApp) -> Self {
        let (id, email) = app.person(Role::Viewer).await;
        let browser = session(app, id).await;
        Self { id, email, browser }
    }

    pub async fn page(&self) -> AccountPage {
        page(&self.browser).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        post(&self.browser, path, fields).await
    }
}

/// Another browser in which the person is signed in.
pub async fn session(app: &TestApp, person: UserId) -> Browser {
    let token = auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
    Browser { cookie: Some(format!("session={}", token.as_str())), ..app.stranger() }
}

pub async fn page(browser: &Browser) -> AccountPage {
    let answer = browser.get("/api/load_account?slug=cup").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

pub async fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("slug", "cup").extend_pairs(fields).finish();
    browser.post(&format!("/api/{path}"), &form).await
}

/// That the form was refused for this field, or as a whole, with these words.
#[track_caller]
pub fn refused(answer: &Answer, field: &str, words: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body.contains(&format!(r#""field":"{field}""#)) && answer.body.contains(words), "{}", answer.body);
}

#[track_caller]
pub fn done(answer: &Answer, words: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.body.contains(words), "{}", answer.body);
}

pub async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/api/load_frame?slug=cup").await.status == StatusCode::OK
}

#[tokio::test]
async fn the_page_is_whole_without_scripts() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let page = pat.browser.get("/projects/cup/account").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        &*pat.email,
        "Present password",
        "Set up two-factor sign-in",
        "This browser",
        "/api/save_name",
        "/api/change_password",
        "/api/begin_two_factor",
        // The address of the tests has no name.
        "This server offers none",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    let frame = pat.browser.get("/projects/cup/messages").await;
    assert!(frame.body.contains("/projects/cup/account"), "the frame leads there");
}

#[tokio::test]
async fn a_name_is_saved_and_shown_to_others() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    done(&pat.post("save_name", &[("name", "  Pat O’Neil ")]).await, "Name saved.");
    assert_eq!(pat.page().await.name, "Pat O’Neil");
    refused(&pat.post("save_name", &[("name", " ")]).await, "name", "Enter your name");
    refused(&pat.post("save_name", &[("name", &"x".repeat(200))]).await, "name", "at most");
    let form = "slug=cup&name=";
    let back = pat.browser.submit("/api/save_name", form, "/projects/cup/account").await;
    let back = back.header("location").strip_prefix(BASE).unwrap().to_owned();
    assert!(pat.browser.get(&back).await.body.contains("Enter your name"));
}

#[tokio::test]
async fn a_new_password_asks_for_the_present_one_and_ends_all_other_sessions() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let other = session(&app, pat.id).await;
    let link = auth::new_link(&app.db, pat.id, clock::now()).await.unwrap();
    let new = "another long password";
    let change = async |present: &str, password: &str, repeat: &str| {
        pat.post("change_password", &[("present", present), ("password", password), ("repeat", repeat)]).await
    };
    refused(&change("", new, new).await, "present", "Enter your password.");
    refused(&change("not it", new, new).await, "present", "not your password");
    refused(&change(PASSWORD, "short", "short").await, "password", "at least 8");
    refused(&change(PASSWORD, new, "another").await, "repeat", "not the same");
    assert!(is_signed_in(&other).await, "nothing was changed");

    let changed = change(PASSWORD, new, new).await;
    done(&changed, "Your password is changed. You are signed out everywhere else.\"");
    assert!(changed.cookie(&auth::device::name(pat.id)).is_some(), "this browser stays known");
    assert!(!is_signed_in(&pat.browser).await && !is_signed_in(&other).await, "a copied cookie is of no use any more");
    let pat = Someone { browser: Browser { cookie: changed.cookie("session"), ..app.stranger() }, ..pat };
    assert!(is_signed_in(&pat.browser).await);
    let change = async |present: &str| {
        pat.post("change_password", &[("present", present), ("password", new), ("repeat", new)]).await
    };
    let by_link = app.stranger().post("/api/sign_in_by_link", &format!("token={link}")).await;
    assert_eq!(by_link.status, StatusCode::UNPROCESSABLE_ENTITY, "links from before do not work");
    refused(&change(PASSWORD).await, "present", "not your password");
    let form = |password: &str| format!("email={}&password={}", pat.email, password.replace(' ', "+"));
    assert_eq!(app.stranger().post("/api/sign_in", &form(PASSWORD)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.stranger().post("/api/sign_in", &form(new)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_the_present_password_is_slowed_down_and_locks_nobody_out() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let new = "another long password";
    let fields = [("present", "not it"), ("password", new), ("repeat", new)];
    for _ in 0..10 {
        refused(&pat.post("change_password", &fields).await, "present", "not your password");
    }
    assert_eq!(pat.post("change_password", &fields).await.status, StatusCode::TOO_MANY_REQUESTS);
    let form = format!("email={}&password={}", pat.email, PASSWORD.replace(' ', "+"));
    assert_eq!(
        app.stranger().post("/api/sign_in", &form).await.status,
        StatusCode::OK,
        "the person signs in elsewhere"
    );
}

#[tokio::test]
async fn who_has_no_password_sets_one() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update person set password_hash = null").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!pat.page().await.has_password);
    let shown = pat.browser.get("/projects/cup/account").await;
    assert!(!shown.body.contains("Present password") && shown.body.contains("Set password"));
    let new = "another long password";
    let fields = [("password", new), ("repeat", new)];
    sign_in_earlier(&app, 600_000).await;
    refused(&pat.post("change_password", &fields).await, "", "Sign in again, by a passkey or a new link");
    refused(&pat.post("begin_two_factor", &[]).await, "", "Sign in again, by a passkey or a new link");
    assert!(!pat.page().await.has_password);
    sign_in_earlier(&app, -60_000).await;
    let set = pat.post("change_password", &fields).await;
    done(&set, "Your password is set.");
    assert!(page(&Browser { cookie: set.cookie("session"), ..app.stranger() }).await.has_password);
}

async fn sign_in_earlier(app: &TestApp, milliseconds: i64) {
    let mut tx = app.db.begin().await.unwrap();
    let earlier = sqlx::query("update session set created_at = created_at - $1").bind(milliseconds);
    earlier.execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let form = format!("email={}&password={}", pat.email, PASSWORD.replace(' ', "+"));
    let signed_in = app.stranger().post("/api/sign_in", &form).await;
    let phone = Browser { cookie: signed_in.cookie("session"), ..app.stranger() };
    let tablet = session(&app, pat.id).await;
    let stranger = Someone::new(&app).await;

    let sessions = pat.page().await.sessions;
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions.iter().map(|s| s.is_this).collect::<Vec<_>>(), [true, false, false]);
    let phones = sessions.iter().find(|session| session.browser == "Firefox on Linux").unwrap().id;
    assert_eq!(page(&phone).await.sessions[0].id, phones);

    let theirs = stranger.post("end_session", &[("id", &phones.to_string())]).await;
    assert_eq!(theirs.status, StatusCode::CONFLICT, "nobody ends another's");
    assert!(is_signed_in(&phone).await);
    assert_eq!(pat.post("end_session", &[("id", NOWHERE)]).await.status, StatusCode::CONFLICT);
    done(&pat.post("end_session", &[("id", &phones.to_string())]).await, "Ended the session.");
    assert!(!is_signed_in(&phone).await && is_signed_in(&tablet).await && is_signed_in(&pat.browser).await);

    done(&pat.post("end_other_sessions", &[]).await, "Ended 1 other session.");
    assert!(!is_signed_in(&tablet).await && is_signed_in(&pat.browser).await && is_signed_in(&stranger.browser).await);
    done(&pat.post("end_other_sessions", &[]).await, "no other session");
}

#[tokio::test]
async fn when_a_session_was_last_used_is_known_to_within_minutes() {
    let app = TestApp::new().await;
    let (id, _) = app.person(Role::Viewer).await;
    let then = clock::now().plus(-Timestamp::HOUR);
    let token = auth::start_session(&app.db, id, None, then).await.unwrap();
    let used = async || people::access(&app.db, &token.hash(), "cup", clock::now()).await.unwrap().unwrap().used;
    assert_eq!(used().await, then);
    let browser = Browser { cookie: Some(format!("session={}", token.as_str())), ..app.stranger() };
    assert!(is_signed_in(&browser).await);
    // It is stored after the answer.
    for _ in 0..1_000 {
        if used().await > then {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let first = used().await;
    assert!(first > then);
    assert!(is_signed_in(&browser).await);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(used().await, first, "not with each request");
}
