//! The audit log, through HTTP: what members did stands in it, and nothing of an erased person does.

use super::support::{Browser, TestApp};
use crate::{
    domain::{
        Timestamp,
        audit::{AuditEntry, AuditPage, KEPT_DAYS},
        role::Role,
    },
    server::{clock, store::audit},
};
use axum::http::StatusCode;

/// What was done, and the name of the customer whom it is about.
async fn entries(browser: &Browser, query: &str) -> Vec<(String, String)> {
    let answer = browser.get(&format!("/api/load_audit?slug=cup&query={query}")).await;
    let page: AuditPage = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body));
    let about = |entry: AuditEntry| (entry.sentence, entry.about.map(|about| about.name).unwrap_or_default());
    page.entries.into_iter().map(about).collect()
}

#[tokio::test]
async fn what_members_did_stands_in_it() {
    let app = TestApp::new().await;
    let (manager, operator) = (app.member(Role::Manager).await, app.member(Role::Operator).await);
    let customer = app.customer("Ana").await;
    let profile = format!("/projects/cup/customers/{customer}");
    operator.submit("/api/set_archived", &format!("slug=cup&id={customer}&on=true"), &profile).await;
    // What was refused did not happen.
    operator.post("/api/add_location", "slug=cup&name=Berlin").await;
    manager.post("/api/add_location", "slug=cup&name=Hamburg").await;
    let all = entries(&manager, "").await;
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[0].0.contains("Hamburg") && all[0].1.is_empty(), "{all:?}");
    assert_eq!(all[1], ("Archived.".to_owned(), "Ana".to_owned()));
    assert_eq!(entries(&manager, "q%3Dhamburg").await.len(), 1);
    assert_eq!(entries(&manager, "q%3Dnowhere").await.len(), 0);
    assert_eq!(operator.get("/api/load_audit?slug=cup").await.status, StatusCode::FORBIDDEN);
    manager.post("/api/add_customer", "slug=cup&form[name]=Ben").await;
    assert_eq!(entries(&manager, "").await[0], ("Customer added.".to_owned(), "Ben".to_owned()));
    app.project("mug").await;
    let elsewhere = app.member_of("mug", Role::Owner).await;
    assert_eq!(elsewhere.get("/api/load_audit?slug=cup").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_erased_person_is_not_named_any_more() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let customer = app.customer("Ana Ruiz").await;
    let profile = format!("/projects/cup/customers/{customer}");
    admin.submit("/api/set_archived", &format!("slug=cup&id={customer}&on=true"), &profile).await;
    let system = app.system("cup").await;
    audit::add(&system, ("x", "Ana Ruiz was called."), None, clock::now()).await.unwrap();
    assert_eq!(entries(&admin, "").await[1].1, "Ana Ruiz");
    let answer = admin.post("/api/erase_customer", &format!("slug=cup&id={customer}&confirm=ERASE")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let all = entries(&admin, "").await;
    assert!(all.len() == 3 && !format!("{all:?}").contains("Ana Ruiz"), "{all:?}");
}

#[tokio::test]
async fn old_entries_are_deleted() {
    let app = TestApp::new().await;
    let manager = app.system("cup").await;
    let now = clock::now();
    audit::add(&manager, ("x", "Long ago."), None, now.plus(-(KEPT_DAYS + 1) * Timestamp::DAY)).await.unwrap();
    audit::add(&manager, ("x", "Last year."), None, now.plus(-365 * Timestamp::DAY)).await.unwrap();
    audit::add(&manager, ("x", "Now."), None, now).await.unwrap();
    assert_eq!(app.count("select count(*) from audit_entry").await, 2);
}
