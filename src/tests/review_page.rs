//! How the review page looks and what it says, through HTTP: what staff choose, and what customers get.

use super::support::{BASE, Browser, TestApp};
use crate::domain::{AppError, message::Channel, role::Role};
use axum::http::StatusCode;

const PAGE: &str = "/projects/cup/templates/review-page";

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("slug", "cup");
    for (field, value) in fields {
        form.append_pair(&format!("form[{field}]"), value);
    }
    form.finish()
}

/// Without the marks of Leptos.
async fn page(browser: &Browser, address: &str) -> String {
    browser.get(address).await.body.replace("<!>", "")
}

#[tokio::test]
async fn customers_see_what_staff_chose_whatever_their_rating() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    let first = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let stranger = app.stranger();
    let plain = stranger.get(&format!("/r/{}", first.token)).await;
    assert!(
        plain.body.contains("--brand:#4a4fd0;--on-brand:#ffffff") && plain.body.contains("brand-name"),
        "{}",
        plain.body
    );
    let fields = [
        ("logo", "https://Shop.example/logo.png"),
        ("color", "#FFCC00"),
        ("introduction", "We <b>roast</b> daily.\r\nTell us."),
        ("thanks", "See you & bye"),
        ("google", "g.page/r/abc/review"),
        ("other_name", "Yelp"),
        ("other", "https://yelp.example/biz?a=1&b=2"),
    ];
    let saved = manager.post("/api/save_review_page", &form(&fields)).await;
    assert!(saved.body.contains("The review page is saved."), "{}", saved.body);

    let shown = stranger.get(&format!("/r/{}", first.token)).await;
    for words in [
        "<style>:root{--brand:#ffcc00;--on-brand:#000000}</style>",
        "src=\"https://shop.example/logo.png\"",
        "alt=\"Cup &amp; Saucer\"",
        "We &lt;b&gt;roast&lt;/b&gt; daily.\nTell us.",
        "Hello Ana,",
    ] {
        assert!(shown.body.contains(words), "{words}\n{}", shown.body);
    }
    let policy = shown.header("content-security-policy");
    assert!(policy.contains("img-src 'self' data: https://shop.example;"), "{policy}");
    assert!(policy.contains("style-src 'self' 'sha256-") && policy.contains("script-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");

    let mut seen = Vec::new();
    for (name, rating) in [("Ben Ode", "1"), ("Eva Lund", "3"), ("Ida Berg", "5")] {
        let sent = app.sent(name, Channel::Email, 0).await;
        let thanks = stranger.post(&format!("/r/{}", sent.token), &format!("rating={rating}&text=x")).await.body;
        assert!(thanks.contains("See you &amp; bye"), "{thanks}");
        let sites = thanks.split("<section").nth(1).unwrap().split("</section>").next().unwrap().to_owned();
        assert!(sites.contains("href=\"https://g.page/r/abc/review\"") && sites.contains("Yelp"), "{sites}");
        assert!(
            sites.contains("href=\"https://yelp.example/biz?a=1&amp;b=2\"") && !sites.contains("Facebook"),
            "{sites}"
        );
        let again = page(&stranger, &format!("/r/{}", sent.token)).await;
        assert!(again.contains("already") && again.contains(&sites.replace("<!>", "")), "{again}");
        seen.push(sites);
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]), "the same for every rating: {seen:?}");
    let out = page(&stranger, &format!("/u/{}", first.token)).await;
    assert!(out.contains("--brand:#ffcc00") && out.contains("logo.png"), "{out}");

    let settings = page(&manager, PAGE).await;
    assert!(
        settings.contains("value=\"https://g.page/r/abc/review\"") && settings.contains("Tell us.</textarea>"),
        "{settings}"
    );
    let viewer = page(&app.member(Role::Viewer).await, PAGE).await;
    assert!(viewer.contains("Managers of this project") && !viewer.contains("Save review page"), "{viewer}");
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_field_and_kept() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    for (field, value) in [
        ("logo", "http://shop.example/logo.png"),
        ("logo", "https://shop.example; script-src *"),
        ("google", "javascript:alert(1)"),
        ("facebook", "//evil.example"),
        ("color", "red;--x:url(x)"),
        ("introduction", &*"x".repeat(601)),
    ] {
        let answer = manager.post("/api/save_review_page", &form(&[(field, value)])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {}", answer.body);
        let error: AppError = serde_json::from_str(&answer.body).unwrap();
        assert!(error.for_field(field).is_some(), "{field}: {error}");
    }
    assert_eq!(app.count("select count(*) from review_page").await, 0);
    let typed = form(&[("thanks", "Bye"), ("google", "http://g.page")]);
    let refused = manager.submit("/api/save_review_page", &typed, PAGE).await;
    let cookie = format!("{}; {}", manager.cookie.clone().unwrap(), refused.cookie("entered").unwrap());
    let after = Browser { cookie: Some(cookie), ..manager.clone() };
    let shown = page(&after, &refused.header("location").replace(BASE, "")).await;
    assert!(shown.contains("value=\"http://g.page\"") && shown.contains("Bye</textarea>"), "{shown}");
    assert!(shown.contains("The address must begin with https://."), "{shown}");
}

#[tokio::test]
async fn the_preview_shows_what_is_being_changed_and_can_do_nothing() {
    let app = TestApp::new().await;
    app.customer("Ana Ruiz").await;
    let (manager, viewer) = (app.member(Role::Manager).await, app.member(Role::Viewer).await);
    let shown = viewer.get(&format!("{PAGE}/preview")).await;
    assert!(shown.body.contains("Hello Ana,") && shown.body.contains("Send review"), "{}", shown.body);
    let policy = shown.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-same-origin; default-src 'none'; style-src 'self' 'sha256-"), "{policy}");
    assert!(policy.contains("form-action 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
    let draft = form(&[("thanks", "Bye"), ("google", "https://g.page/x"), ("color", "#112233")]);
    let shown = manager.post(&format!("{PAGE}/preview?view=thanks"), &draft).await;
    for words in ["Thank you, Ana", "Bye", "https://g.page/x", "--brand:#112233"] {
        assert!(shown.body.contains(words), "{words}\n{}", shown.body);
    }
    let wrong = manager.post(&format!("{PAGE}/preview"), &form(&[("logo", "x")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.count("select count(*) from review_page").await, 0);
}
