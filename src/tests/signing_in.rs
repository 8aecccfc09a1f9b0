//! Signing in and out: passwords, one-time links, sessions, and where they lead.

use super::support::{Answer, BASE, Browser, PASSWORD, TestApp};
use crate::{
    domain::{Timestamp, role::Role},
    server::{
        auth, clock,
        store::{
            people,
            second_factor::{self, Confirmed},
            sessions::{self, NewSession},
        },
    },
};
use axum::http::StatusCode;

fn form(email: &str, password: &str, next: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", password), ("next", next)])
        .finish()
}

fn with(browser: &Browser, cookie: Option<String>) -> Browser {
    assert!(cookie.is_some(), "no session cookie");
    Browser { cookie, ..browser.clone() }
}

#[tokio::test]
async fn the_right_password_opens_a_session_of_its_own() {
    let app = TestApp::new().await;
    let (_, email) = app.person(Role::Viewer).await;
    let stranger = app.stranger();
    let answer = stranger.post("/api/sign_in", &form(&email.to_uppercase(), PASSWORD, "")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("location"), "/projects/cup/messages");
    let set = answer.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    assert!(!set.contains("Secure"), "{set}");
    let first = with(&stranger, answer.cookie("session"));
    assert_eq!(first.get("/projects/cup/messages").await.status, StatusCode::OK);

    let again = first.post("/api/sign_in", &form(&email, PASSWORD, "")).await;
    let second = with(&stranger, again.cookie("session"));
    assert_ne!(first.cookie, second.cookie);
    assert_eq!(second.get("/api/load_frame?slug=cup").await.status, StatusCode::OK);
    assert_eq!(first.get("/api/load_frame?slug=cup").await.status, StatusCode::UNAUTHORIZED, "it was replaced");
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let app = TestApp::configured(|s| s.base_url = Some("https://reviews.example.com".into()), |_| {}).await;
    let (_, email) = app.person(Role::Viewer).await;
    let answer = app.stranger().post("/api/sign_in", &form(&email, PASSWORD, "")).await;
    for set in answer.headers.get_all("set-cookie") {
        let set = set.to_str().unwrap();
        assert!(set.starts_with("__Host-") && set.contains("; Secure") && !set.contains("Domain"), "{set}");
    }
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let person = with(&app.stranger(), answer.cookie("__Host-session"));
    assert_eq!(person.get("/api/load_frame?slug=cup").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_get_the_same_answer() {
    let app = TestApp::new().await;
    let (_, email) = app.person(Role::Viewer).await;
    let wrong = app.stranger().post("/api/sign_in", &form(&email, "not it", "")).await;
    let unknown = app.stranger().post("/api/sign_in", &form("nobody@example.com", "not it", "")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    assert!(wrong.body.contains("The email or the password is wrong."));
    assert!(wrong.cookie("session").is_none());
}

fn from(peer: &str, browser: Browser) -> Browser {
    Browser { peer: peer.parse().unwrap(), ..browser }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_who_guesses_and_not_for_who_is_guessed() {
    let app = TestApp::new().await;
    let (_, email) = app.person(Role::Viewer).await;
    let guesser = from("192.0.2.7:1234", app.stranger());
    for _ in 0..10 {
        let wrong = guesser.post("/api/sign_in", &form(&email, "", "")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    for password in ["", PASSWORD, "", ""] {
        let limited = guesser.post("/api/sign_in", &form(&email, password, "")).await;
        assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(limited.body.contains("Wait"), "{}", limited.body);
    }
    let (_, other) = app.person(Role::Viewer).await;
    for email in [&email].into_iter().chain([&other; 12]) {
        let right = app.stranger().post("/api/sign_in", &form(email, PASSWORD, "")).await;
        assert_eq!(right.status, StatusCode::OK, "signing in is no guessing");
    }
}

#[tokio::test]
async fn a_browser_that_signed_in_before_is_kept_out_by_nobody() {
    let app = TestApp::new().await;
    let (person, email) = app.person(Role::Viewer).await;
    let name = auth::device::name(person);
    let answer = app.stranger().post("/api/sign_in", &form(&email, PASSWORD, "")).await;
    let set = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).find(|c| c.starts_with(&name));
    assert!(set.is_some_and(|c| c.contains("HttpOnly") && c.contains("SameSite=Lax")), "{set:?}");
    let known = with(&app.stranger(), answer.cookie(&name));
    let again = known.post("/api/sign_in", &form(&email, PASSWORD, "")).await;
    assert!(again.status == StatusCode::OK && again.cookie(&name).is_none(), "it is known already");

    // From many networks: the account is closed to browsers that it does not know.
    for network in 0..3 {
        for _ in 0..10 {
            let _ = app.state.limits.sign_in(&email, &format!("192.0.2.{network}"), None, clock::now());
        }
    }
    let stranger = app.stranger();
    assert_eq!(stranger.post("/api/sign_in", &form(&email, PASSWORD, "")).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(known.post("/api/sign_in", &form(&email, PASSWORD, "")).await.status, StatusCode::OK);
    // A cookie that was made up, another person's, or from before a new password, proves nothing.
    let (other, _) = app.person(Role::Viewer).await;
    let theirs = known.cookie.clone().unwrap();
    for cookie in [
        format!("{name}=0.AAAA"),
        theirs.replace('.', "x."),
        theirs.replace(&name, &auth::device::name(other)),
        format!("{name}={}", auth::device::new("another hash ").unwrap()),
    ] {
        let made_up = with(&stranger, Some(cookie.clone()));
        let refused = made_up.post("/api/sign_in", &form(&email, PASSWORD, "")).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{cookie}");
    }
    // Even there, guessing is limited.
    for _ in 0..10 {
        assert_eq!(known.post("/api/sign_in", &form(&email, "", "")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(known.post("/api/sign_in", &form(&email, "", "")).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn guessing_is_slowed_down_for_the_address_that_guesses() {
    let app = TestApp::new().await;
    let now = clock::now();
    for _ in 0..100 {
        app.state.limits.address.take("192.0.2.7", now).unwrap();
    }
    let theirs = Browser { peer: "192.0.2.7:1234".parse().unwrap(), ..app.stranger() };
    let limited = theirs.post("/api/sign_in", &form("nobody@example.com", "x", "")).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    let others = app.stranger().post("/api/sign_in", &form("nobody@example.com", "x", "")).await;
    assert_eq!(others.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_server() {
    let app = TestApp::new().await;
    let person = app.member(Role::Viewer).await;
    let answer = person.post("/api/sign_out", "").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, "/sign-in"));
    let removed = answer.header("set-cookie");
    assert!(
        removed.starts_with("session=;") && removed.contains("Path=/;") && removed.ends_with("Max-Age=0"),
        "{removed}"
    );
    assert_eq!(person.get("/api/load_frame?slug=cup").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn sessions_run_out_and_end_with_a_new_password() {
    let app = TestApp::new().await;
    let (person, email) = app.person(Role::Viewer).await;
    let long_ago = clock::now().plus(-31 * Timestamp::DAY);
    let token = auth::start_session(&app.db, person, None, long_ago).await.unwrap();
    let old = with(&app.stranger(), Some(format!("session={}", token.as_str())));
    assert_eq!(old.get("/api/load_frame?slug=cup").await.status, StatusCode::UNAUTHORIZED);

    let token = auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
    assert_eq!(app.count("select count(*) from session").await, 1, "what had run out went with it");
    let fresh = with(&app.stranger(), Some(format!("session={}", token.as_str())));
    assert_eq!(fresh.get("/api/load_frame?slug=cup").await.status, StatusCode::OK);
    people::set_password(&app.db, &email, "another hash").await.unwrap();
    assert_eq!(fresh.get("/api/load_frame?slug=cup").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_sign_in_under_way_ends_with_a_new_password_and_with_two_factor_sign_in() {
    let app = TestApp::new().await;
    let now = clock::now();
    let (person, email) = app.person(Role::Viewer).await;
    let start = async |read: &people::Person| {
        let new = NewSession { person: read, token_hash: &[1], browser: "", expires: now.plus(Timestamp::DAY) };
        let is_started = sessions::start(&app.db, &new, None, now).await.unwrap();
        let is_half = sessions::add_half(&app.db, &[2], read, "", now, now.plus(Timestamp::DAY)).await.unwrap();
        (is_started, is_half)
    };
    let read = people::by_email(&app.db, &email).await.unwrap().unwrap();
    people::set_password(&app.db, &email, "another hash").await.unwrap();
    assert_eq!(start(&read).await, (false, false), "the password that was read is not the person's any more");
    let link = auth::new_link(&app.db, person, now).await.unwrap();
    let link = auth::session::Token::parse(&link).unwrap().hash();
    let by_link = people::use_link(&app.db, &link, now).await.unwrap().unwrap();
    people::set_password(&app.db, &email, "a third hash").await.unwrap();
    assert_eq!(start(&by_link).await, (false, false));

    let read = people::by_id(&app.db, person).await.unwrap().unwrap();
    second_factor::begin(&app.db, person, b"secret", now).await.unwrap();
    let confirmed = Confirmed { person, secret: [b"secret"; 2], step: 1, codes: &[], session: &[] };
    assert!(second_factor::confirm(&app.db, &confirmed, now).await.unwrap());
    assert_eq!(start(&read).await, (false, false), "the password alone is not enough any more");
    assert_eq!(app.count("select (select count(*) from session) + (select count(*) from half_sign_in)").await, 0);
    let read = people::by_id(&app.db, person).await.unwrap().unwrap();
    assert_eq!(start(&read).await, (true, true));
}

#[tokio::test]
async fn a_one_time_link_signs_in_once() {
    let app = TestApp::new().await;
    let (person, _) = app.person(Role::Owner).await;
    let token = auth::new_link(&app.db, person, clock::now()).await.unwrap();
    let (page, form) = (format!("/sign-in?token={token}"), format!("token={token}"));
    let stranger = app.stranger();
    for _ in 0..3 {
        assert!(stranger.head(&page).await.cookie("session").is_none());
        let looked_at = stranger.get(&page).await;
        assert!(looked_at.status == StatusCode::OK && looked_at.cookie("session").is_none(), "looking does not use it");
        assert!(looked_at.body.contains(&token) && looked_at.body.contains("/api/sign_in_by_link"));
    }
    let answer = stranger.post("/api/sign_in_by_link", &form).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, "/projects/cup/messages"));
    let owner = with(&stranger, answer.cookie("session"));
    assert_eq!(owner.get("/").await.header("location"), "/projects/cup/messages");

    let late = auth::new_link(&app.db, person, clock::now().plus(-25 * Timestamp::HOUR)).await.unwrap();
    for token in [token.as_str(), &late, "", "x", "%00", &"x".repeat(5_000), "%27%20or%201=1"] {
        let answer = stranger.post("/api/sign_in_by_link", &format!("token={token}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{token}");
        assert!(answer.body.contains("has been used or has expired") && answer.cookie("session").is_none(), "{token}");
    }
}

#[tokio::test]
async fn a_one_time_link_works_without_scripts() {
    let app = TestApp::new().await;
    let (person, _) = app.person(Role::Owner).await;
    let token = auth::new_link(&app.db, person, clock::now()).await.unwrap();
    let (page, form) = (format!("/sign-in?token={token}"), format!("token={token}"));
    let stranger = app.stranger();
    let right = stranger.submit("/api/sign_in_by_link", &form, &page).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::FOUND, "/projects/cup/messages"));
    assert!(right.cookie("session").is_some());
    let again = stranger.submit("/api/sign_in_by_link", &form, &page).await;
    let back = again.header("location").strip_prefix(BASE).unwrap().to_owned();
    let said = stranger.get(&back).await;
    assert!(said.body.contains("has been used or has expired"), "{}", said.body);
}

#[tokio::test]
async fn links_of_no_use_are_deleted() {
    let app = TestApp::new().await;
    let (person, _) = app.person(Role::Owner).await;
    let now = clock::now();
    let used = auth::new_link(&app.db, person, now).await.unwrap();
    auth::new_link(&app.db, person, now.plus(-25 * Timestamp::HOUR)).await.unwrap();
    auth::new_link(&app.db, person, now).await.unwrap();
    assert_eq!(app.count("select count(*) from sign_in_link").await, 2);
    let answer = app.stranger().post("/api/sign_in_by_link", &format!("token={used}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    auth::new_link(&app.db, person, now).await.unwrap();
    assert_eq!(app.count("select count(*) from sign_in_link").await, 2);
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_there_and_back() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    assert_eq!(stranger.get("/").await.header("location"), "/sign-in");
    let answer = stranger.get("/projects/cup/messages?status=failed&q=a%26b").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = "/sign-in?next=%2Fprojects%2Fcup%2Fmessages%3Fstatus%3Dfailed%26q%3Da%2526b";
    assert_eq!(answer.header("location"), next);
    let (_, email) = app.person(Role::Viewer).await;
    let back = stranger.post("/api/sign_in", &form(&email, PASSWORD, "/projects/cup/messages?status=failed")).await;
    assert_eq!(back.header("location"), "/projects/cup/messages?status=failed");
}

#[tokio::test]
async fn signing_in_leads_to_no_other_site() {
    let app = TestApp::new().await;
    let (_, email) = app.person(Role::Viewer).await;
    for next in
        ["//evil.example", "https://evil.example", "/\\evil.example", "/\r\nx: y", "javascript:alert(1)", "\\\\evil"]
    {
        let answer = app.stranger().post("/api/sign_in", &form(&email, PASSWORD, next)).await;
        assert_eq!(answer.header("location"), "/projects/cup/messages", "{next:?}");
    }
}

#[tokio::test]
async fn a_form_without_scripts_signs_in_and_says_what_was_wrong() {
    let app = TestApp::new().await;
    let (_, email) = app.person(Role::Viewer).await;
    let stranger = app.stranger();
    let right = stranger.submit("/api/sign_in", &form(&email, PASSWORD, ""), "/sign-in").await;
    assert_eq!((right.status, right.header("location")), (StatusCode::FOUND, "/projects/cup/messages"));
    assert!(right.cookie("session").is_some());
    let wrong = stranger.submit("/api/sign_in", &form(&email, "x", ""), "/sign-in").await;
    assert_eq!(wrong.status, StatusCode::FOUND);
    let back = wrong.header("location").strip_prefix(BASE).unwrap().to_owned();
    assert!(back.starts_with("/sign-in?"), "{back}");
    let page = stranger.get(&back).await;
    assert!(page.body.contains("The email or the password is wrong."), "{}", page.body);
}

#[tokio::test]
async fn home_is_the_project_last_used() {
    let app = TestApp::new().await;
    app.project("bean").await;
    let (person, _) = app.person(Role::Viewer).await;
    let mut tx = app.db.begin().await.unwrap();
    let bean = app.system("bean").await.project;
    crate::server::store::projects::set_member(&mut tx, bean, person, Role::Viewer, clock::now()).await.unwrap();
    tx.commit().await.unwrap();
    let token = auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
    let browser = with(&app.stranger(), Some(format!("session={}", token.as_str())));
    for slug in ["cup", "bean", "cup"] {
        assert_eq!(browser.get(&format!("/api/load_frame?slug={slug}")).await.status, StatusCode::OK);
        // It is stored after the answer. (Home alone proves nothing: without a last project, it is the first by name.)
        for _ in 0..1000 {
            let last = sqlx::query_scalar::<_, Option<String>>(
                "select (select slug from project where id = person.last_project_id) from person where id = $1",
            );
            if last.bind(person).fetch_one(app.db.read()).await.unwrap().as_deref() == Some(slug) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(browser.get("/").await.header("location"), format!("/projects/{slug}/messages"));
    }
}

#[tokio::test]
async fn who_is_in_no_project_is_told() {
    let app = TestApp::new().await;
    let (person, _) = app.person(Role::Viewer).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("delete from membership").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let token = auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
    let browser = with(&app.stranger(), Some(format!("session={}", token.as_str())));
    let to = |answer: &Answer| (answer.status, answer.header("location").to_owned());
    assert_eq!(to(&browser.get("/").await), (StatusCode::SEE_OTHER, "/account".to_owned()));
    let page = browser.get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in
        ["You are not a member of any project", "Settings, Members", "Save name", "Change password", "This browser"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }

    // All that the page has works without a project.
    let saved = browser.submit("/api/save_name", "slug=&name=Pat+Alone", "/account").await;
    assert_eq!(to(&saved), (StatusCode::FOUND, format!("{BASE}/account")));
    let cookies = format!("{}; {}", browser.cookie.clone().unwrap(), saved.cookie("notice").unwrap());
    let shown = with(&browser, Some(cookies)).get("/account").await.body;
    assert!(shown.contains("Name saved.") && shown.contains("value=\"Pat Alone\""), "{shown}");
    let change = format!("slug=&present={PASSWORD}&password=another+long+one&repeat=another+long+one");
    let changed = browser.post("/api/change_password", &change.replace(' ', "+")).await;
    assert!(changed.status == StatusCode::OK && changed.body.contains("Your password is changed."), "{}", changed.body);
    let browser = with(&browser, changed.cookie("session"));
    assert!(browser.get("/api/load_account?slug=").await.body.contains("Pat Alone"));
    // A project is still closed to who is not in it.
    assert_eq!(browser.get("/api/load_account?slug=cup").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/projects/cup/account").await.status, StatusCode::NOT_FOUND);

    let stranger = app.stranger();
    assert_eq!(to(&stranger.get("/account").await).1, "/sign-in?next=%2Faccount");
    assert_eq!(stranger.get("/api/load_account?slug=").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stranger.post("/api/save_name", "slug=&name=X").await.status, StatusCode::UNAUTHORIZED);
    // Who is in a project has the page there.
    let member = app.member(Role::Viewer).await;
    assert_eq!(to(&member.get("/account").await), (StatusCode::SEE_OTHER, "/projects/cup/account".to_owned()));
}
