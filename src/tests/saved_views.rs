//! Saved views of the Messages page, through HTTP: whose they are, who changes them, and where the link Messages leads.

use super::support::{Answer, Browser, TestApp};
use crate::domain::{
    role::Role,
    view::{SavedView, VIEWS_MAX, ViewsPage},
};
use axum::http::StatusCode;

async fn post(browser: &Browser, function: &str, form: &str) -> Answer {
    browser.post(&format!("/api/{function}"), &format!("slug=cup&{form}")).await
}

async fn save(browser: &Browser, name: &str, filter: &str, rest: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("form[name]", name), ("filter", filter)])
        .finish();
    post(browser, "save_view", &format!("{form}{rest}")).await
}

async fn views(browser: &Browser) -> Vec<SavedView> {
    let answer = browser.get("/api/load_views?slug=cup").await;
    let page: ViewsPage = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body));
    page.views
}

async fn names(browser: &Browser) -> Vec<String> {
    views(browser).await.into_iter().map(|view| view.link.name).collect()
}

#[tokio::test]
async fn a_view_is_its_owners_until_it_is_shared() {
    let app = TestApp::new().await;
    let (viewer, manager) = (app.member(Role::Viewer).await, app.member(Role::Manager).await);
    app.project("mug").await;
    let stranger = app.member_of("mug", Role::Owner).await;
    assert_eq!(save(&viewer, "Mine", "status=failed", "").await.status, StatusCode::OK);
    assert_eq!(
        save(&manager, "Ours", "channel=sms&status=failed", "&form[is_shared]=true").await.status,
        StatusCode::OK
    );
    assert_eq!(names(&viewer).await, ["Mine", "Ours"]);
    assert_eq!(names(&manager).await, ["Ours"]);
    assert_eq!(stranger.get("/api/load_views?slug=cup").await.status, StatusCode::NOT_FOUND);
    let ours = views(&viewer).await.remove(1);
    assert_eq!(ours.link.href("cup"), "/projects/cup/messages?channel=sms&status=failed");
    assert!(ours.is_shared && !ours.may_change);
    let refused = post(&viewer, "change_view", &format!("id={}&form[name]=Theirs", ours.id)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(post(&viewer, "remove_view", &format!("id={}", ours.id)).await.status, StatusCode::FORBIDDEN);
    let mine = views(&viewer).await.remove(0);
    let hidden = post(&manager, "remove_view", &format!("id={}", mine.id)).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "somebody's own view is not known to others");
    let unshared = post(&manager, "change_view", &format!("id={}&form[name]=Ours", ours.id)).await;
    assert_eq!(unshared.status, StatusCode::OK);
    assert_eq!(names(&viewer).await, ["Mine"]);
}

#[tokio::test]
async fn what_cannot_be_saved_says_why() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    assert_eq!(save(&viewer, "Failed", "status=failed", "").await.status, StatusCode::OK);
    for (name, filter, rest, words) in [
        ("", "", "", "Write a name"),
        ("FAILED", "", "", "There is a view Failed already"),
        ("Other", "", "&form[is_shared]=true", "needs the Manager role"),
        ("Other", "status=lost", "", "filter cannot be read"),
    ] {
        let answer = save(&viewer, name, filter, rest).await;
        assert!(answer.status.is_client_error() && answer.body.contains(words), "{name}: {}", answer.body);
    }
    for n in 1..VIEWS_MAX {
        assert_eq!(save(&viewer, &format!("View {n}"), "", "").await.status, StatusCode::OK);
    }
    let answer = save(&viewer, "One more", "", "").await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
}

#[tokio::test]
async fn each_member_chooses_where_messages_leads() {
    let app = TestApp::new().await;
    let (viewer, manager) = (app.member(Role::Viewer).await, app.member(Role::Manager).await);
    let both = "&form[is_shared]=true&form[is_default]=true";
    assert_eq!(save(&manager, "Failed", "status=failed", both).await.status, StatusCode::OK);
    let id = views(&viewer).await[0].id;
    let is_default = async |browser: &Browser| views(browser).await.iter().any(|view| view.link.is_default);
    assert!(is_default(&manager).await && !is_default(&viewer).await);
    let page = viewer.get("/projects/cup/customers").await.body;
    assert!(page.contains("href=\"/projects/cup/messages\""));
    post(&viewer, "toggle_default_view", &format!("id={id}")).await;
    assert!(is_default(&viewer).await);
    let page = viewer.get("/projects/cup/customers").await.body;
    assert!(page.contains("href=\"/projects/cup/messages?status=failed\""));
    // No longer shared, it is no one else's default; removed, it is nobody's.
    post(&manager, "change_view", &format!("id={id}&form[name]=Failed")).await;
    assert_eq!(app.count("select count(*) from default_view").await, 1);
    post(&manager, "toggle_default_view", &format!("id={id}")).await;
    assert!(!is_default(&manager).await);
    post(&manager, "toggle_default_view", &format!("id={id}")).await;
    post(&manager, "remove_view", &format!("id={id}")).await;
    assert_eq!(app.count("select count(*) from default_view").await, 0);
}
