//! The Customers page through HTTP: changes of many, without scripts too, and the export.

use super::support::{BASE, TestApp};
use crate::domain::{customer::CustomersPage, done::Done, message::Channel, role::Role};
use axum::http::StatusCode;

#[tokio::test]
async fn many_are_changed_by_those_who_may_and_the_answer_counts_them() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let other = app.customer("Ben Berg").await;
    let manager = app.member(Role::Manager).await;
    let both = format!("slug=cup&selection[ids][]={}&selection[ids][]={other}", sent.customer);
    let answer = manager.post("/api/change_customers", &format!("{both}&form[action]=unsubscribe")).await;
    let done: Done = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(done.sentence, "Unsubscribed 2 customers. Canceled 2 messages.");
    let again = manager.post("/api/change_customers", &format!("{both}&form[action]=unsubscribe")).await;
    assert!(again.body.contains("Unsubscribed 0 customers. 2 skipped: 2 unsubscribed already."), "{}", again.body);
    let all = "slug=cup&selection[all]=true&selection[filter]=q%3Dberg";
    let counted = manager.post("/api/preview_customers", all).await;
    assert_eq!(counted.body, "1");
    // What is not understood is refused, and changes nothing.
    for (form, sentence) in [
        (format!("{both}&form[action]=delete"), "for good"),
        (format!("{both}&form[action]=add-tag&form[tag]="), "Write the tag."),
        (format!("{both}&form[action]="), "Choose what to do"),
        ("slug=cup&form[action]=archive".into(), "Tick the customers first"),
        ("slug=cup&selection[all]=true&selection[filter]=status%3Dnew&form[action]=archive".into(), ""),
    ] {
        let answer = manager.post("/api/change_customers", &form).await;
        assert!(answer.status.is_client_error() && answer.body.contains(sentence), "{form}: {}", answer.body);
    }
    assert_eq!(app.count("select count(*) from customer where archived_at is null").await, 2);
    let deleted =
        manager.post("/api/change_customers", &format!("{all}&form[action]=delete&form[confirmed]=true")).await;
    assert!(deleted.body.contains("Deleted 1 customer."), "{}", deleted.body);
    assert_eq!(app.count("select count(*) from customer").await, 1);
}

#[tokio::test]
async fn without_scripts_the_answer_comes_back_to_the_same_list() {
    let app = TestApp::new().await;
    let customer = app.customer("Ana Ruiz").await;
    let manager = app.member(Role::Manager).await;
    let from = "/projects/cup/customers?q=ana";
    let page = manager.get(from).await.body;
    for part in ["form=\"bulk\"", "name=\"form[action]\"", "Apply to ticked", "1 customer<", "name=\"review\""] {
        assert!(page.contains(part), "{part}");
    }
    let form = format!("slug=cup&selection[ids][]={customer}&form[action]=add-tag&form[tag]=VIP");
    let answer = manager.submit("/api/change_customers", &form, from).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, format!("{BASE}{from}").as_str()));
    assert!(answer.cookie("notice").is_some());
    let refused = manager.submit("/api/change_customers", &form.replace("add-tag", "delete"), from).await;
    let page = manager.get(refused.header("location").trim_start_matches(BASE)).await.body;
    assert!(page.contains("confirm that they are to be deleted for good"), "{}", refused.header("location"));
    // Whoever may not change many sees no boxes and no export.
    let operator = app.member(Role::Operator).await;
    let page = operator.get("/projects/cup/customers?tag=VIP").await.body;
    assert!(page.contains("Ana Ruiz") && page.contains("Remove filter Tag: VIP"));
    assert!(!page.contains("form=\"bulk\"") && !page.contains("export.csv"));
    let list = operator.get("/api/load_customers?slug=cup&query=tag%3DVIP").await.body;
    assert_eq!(serde_json::from_str::<CustomersPage>(&list).unwrap().rows[0].tags, ["VIP"]);
}

#[tokio::test]
async fn the_export_is_a_file_of_what_matches() {
    let app = TestApp::new().await;
    let ana = app.customer("Ana Ruiz").await;
    app.customer("Ben Berg").await;
    let manager = app.member(Role::Manager).await;
    let named =
        format!("slug=cup&id={ana}&form[name]==1%2B2,+\"Ana\"&form[email]=ana@example.com&form[phone]=%2B12015550123");
    manager.post("/api/edit_customer", &named).await;
    manager.post("/api/set_tags", &format!("slug=cup&id={ana}&tags=regular,VIP")).await;
    manager.post("/api/add_review", &format!("slug=cup&id={ana}&rating=4")).await;
    let answer = manager.get("/projects/cup/customers/export.csv").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"customers-cup-20"));
    let lines: Vec<&str> = answer.body.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{}", answer.body);
    assert!(
        lines[0].starts_with("\u{feff}Name,Company,Email,Phone,Location,Tags,Date of visit,Added,"),
        "{}",
        lines[0]
    );
    let start = "\"'=1+2, \"\"Ana\"\"\",,ana@example.com,\"'+12015550123\",,\"VIP, regular\",,20";
    assert!(lines[1].starts_with(start) && lines[1].contains(",4,,"), "{}", lines[1]);
    assert!(lines[2].starts_with("Ben Berg,"));
    let filtered = manager.get("/projects/cup/customers/export.csv?q=berg").await.body;
    assert!(filtered.contains("Ben Berg") && !filtered.contains("ana@example.com"));
    // A condition that cannot be read must not become "all".
    assert_eq!(
        manager.get("/projects/cup/customers/export.csv?status=new").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let operator = app.member(Role::Operator).await;
    assert_eq!(operator.get("/projects/cup/customers/export.csv").await.status, StatusCode::FORBIDDEN);
}
