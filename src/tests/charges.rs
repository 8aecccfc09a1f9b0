//! Charges through HTTP: on the profile, and as conditions of the strategy.

use super::support::{BASE, TestApp};
use crate::domain::{AppError, ChargeId, customer::Profile, role::Role};
use axum::http::StatusCode;

#[tokio::test]
async fn a_charge_is_added_shown_and_removed() {
    let app = TestApp::new().await;
    let ana = app.customer("Ana Ruiz").await;
    let operator = app.member(Role::Operator).await;
    let path = format!("/projects/cup/customers/{ana}");
    let page = operator.get(&path).await.body;
    assert!(page.contains("No charges yet.") && page.contains("Add a charge"));
    let form = format!(
        "slug=cup&id={ana}&form[amount]=1.234,50&form[currency]=eur&form[on]=2026-11-24&form[external_id]=A-1&form[subscription]=true"
    );
    let added = operator.submit("/api/add_charge", &form, &path).await;
    assert_eq!((added.status, added.header("location")), (StatusCode::FOUND, format!("{BASE}{path}").as_str()));
    operator.post("/api/add_charge", &format!("slug=cup&id={ana}&form[amount]=5&form[on]=2026-11-25")).await;
    let page = operator.get(&path).await.body.replace("<!>", "");
    for words in [
        // The currency of the strategy, where the form names none.
        "2 charges: 1,234.50 EUR, 1,234.50 EUR on average; 5.00 USD, 5.00 USD on average.",
        "24 Nov 2026, subscription, ID A-1",
        "Remove charge: 5.00 USD, 25 Nov 2026",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    for (form, field) in [
        ("form[amount]=&form[on]=2026-11-24", "amount"),
        ("form[amount]=1,234&form[on]=2026-11-24", "amount"),
        ("form[amount]=5&form[currency]=X&form[on]=2026-11-24", "currency"),
        ("form[amount]=5&form[on]=soon", "on"),
        ("form[amount]=5&form[on]=2026-11-24&form[external_id]=A-1", "external_id"),
    ] {
        let refused = operator.post("/api/add_charge", &format!("slug=cup&id={ana}&{form}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let error: AppError = serde_json::from_str(&refused.body).unwrap();
        assert!(error.for_field(field).is_some(), "{form}: {}", refused.body);
    }
    let profile = operator.get(&format!("/api/load_profile?slug=cup&id={ana}&query=")).await.body;
    let charges = serde_json::from_str::<Profile>(&profile).unwrap().charges;
    assert_eq!((charges.number, charges.currency.as_str()), (2, "USD"));
    let id: ChargeId = charges.newest[1].id;
    let ben = app.customer("Ben Berg").await;
    let form = |customer| format!("slug=cup&id={customer}&charge={id}");
    assert_eq!(operator.post("/api/remove_charge", &form(ben)).await.status, StatusCode::NOT_FOUND);
    assert!(operator.post("/api/remove_charge", &form(ana)).await.body.contains("Charge removed."));
    assert_eq!(operator.post("/api/remove_charge", &form(ana)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.count("select count(*) from charge").await, 1);
    assert_eq!(app.count("select count(*) from charge_sum").await, 1);
    let viewer = app.member(Role::Viewer).await.get(&path).await.body;
    assert!(viewer.contains("5.00 USD") && !viewer.contains("Add a charge"));
}

#[tokio::test]
async fn conditions_and_link_expiry_are_chosen_on_the_strategy_page() {
    const PAGE: &str = "/projects/cup/strategy";
    let app = TestApp::new().await;
    let ana = app.customer("Ana Ruiz").await;
    let manager = app.member(Role::Manager).await;
    let page = manager.get(PAGE).await.body.replace("<!>", "");
    for words in ["Customers are asked whatever they paid.", "The customer's last charge", "works for ever"] {
        assert!(page.contains(words), "{words}");
    }
    let form =
        "slug=cup&form[subscription]=subscribers&form[charges]=3&form[total]=100&form[average]=9,50&form[currency]=EUR";
    let saved = manager.submit("/api/save_conditions", form, PAGE).await;
    assert_eq!(saved.status, StatusCode::FOUND);
    let saved = manager.submit("/api/save_link_days", "slug=cup&days=14", PAGE).await;
    assert_eq!(saved.header("location"), format!("{BASE}{PAGE}"));
    let page = manager.get(PAGE).await.body.replace("<!>", "");
    for words in [
        "Only customers are asked with a subscription, at least 3 charges, at least 100.00 EUR in all, at least 9.50 EUR on average.",
        "value=\"9.50\"",
        "works for 14 days",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(manager.get("/projects/cup/settings").await.body.replace("<!>", "").contains("works for 14 days"));
    let preview = manager.get(&format!("{PAGE}/preview/{ana}")).await.body.replace("<!>", "");
    for words in
        ["A subscriber", "The minimum number of charges", "The minimum total", "The minimum average", "not met"]
    {
        assert!(preview.contains(words), "{words}\n{preview}");
    }
    let refused = manager.submit("/api/save_conditions", &form.replace("9,50", "much"), PAGE).await;
    let page = manager.get(refused.header("location").trim_start_matches(BASE)).await.body;
    assert!(page.contains("Write an amount such as 49.90."), "{}", refused.header("location"));
    let not_asked = manager.get(&format!("{PAGE}/not-asked?why=few-charges")).await.body;
    assert!(not_asked.contains("Fewer charges than the minimum"));
}
