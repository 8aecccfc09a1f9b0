//! Who may do what: the table of access names everything that answers, and each entry is tried by everybody.

use super::support::{Answer, Browser, NOWHERE, TestApp};
use crate::{
    app::App,
    domain::{message::Channel, role::Role, suppression::SuppressedQuery},
    server::{clock, store::suppressions},
    web::{
        access::{ACCESS, Needs},
        mcp, routes, v1,
    },
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use std::collections::BTreeSet;

/// Methods and paths as they are registered.
async fn registered() -> BTreeSet<(String, String)> {
    // The application's component runs once for the list: on a stack like the server's.
    let pages = std::thread::Builder::new()
        .stack_size(crate::commands::STACK)
        .spawn(|| leptos_axum::generate_route_list(App))
        .unwrap()
        .join()
        .unwrap();
    let pages = pages.into_iter().map(|page| ("GET".to_owned(), page.path().to_owned()));
    let functions =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned()));
    let mut all: BTreeSet<_> = pages.chain(functions).collect();
    let app = TestApp::new().await;
    for path in routes().map(|(path, _)| path).into_iter().chain([mcp::PATH]) {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let request = app.stranger().request(method.clone(), &filled(path)).body(Body::empty()).unwrap();
            if app.stranger().open(request).await.status() != StatusCode::METHOD_NOT_ALLOWED {
                all.insert((method.to_string(), path.to_owned()));
            }
        }
    }
    let api = v1::operations().into_iter().map(|(method, path, _)| (method, path));
    let open = v1::OPEN.iter().map(|path| ("GET".to_owned(), format!("{}{path}", v1::PREFIX)));
    all.extend(api.chain(open));
    all
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    [
        ("{slug}", "cup"),
        ("{message}", NOWHERE),
        ("{customer}", NOWHERE),
        ("{import}", NOWHERE),
        ("{bulk}", NOWHERE),
        ("{file}", "1-0190163d-8694-739b-aea5-966c26f8ad91.eml"),
        ("{token}", "abcdefghijklmnopqrstuvwx"),
        ("{*file}", "nothing.css"),
        ("{provider}", "twilio"),
        ("{connection}", NOWHERE),
    ]
    .iter()
    .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[tokio::test]
async fn the_table_names_everything_that_answers() {
    let named: BTreeSet<_> =
        ACCESS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(named.len(), ACCESS.len(), "an entry stands there twice");
    let registered = registered().await;
    let lacking: Vec<_> = registered.difference(&named).collect();
    assert!(lacking.is_empty(), "say in src/web/access.rs who may ask for: {lacking:?}");
    let gone: Vec<_> = named.difference(&registered).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}

#[test]
fn the_table_knows_the_scopes_of_the_api() {
    for (method, path, scope) in v1::operations() {
        let entry = ACCESS.iter().find(|(m, p, _)| (*m, *p) == (method.as_str(), path.as_str()));
        assert_eq!(entry.map(|(_, _, needs)| *needs), Some(Needs::Key(scope)), "{method} {path}");
    }
}

#[test]
fn what_writes_is_a_post_and_what_reads_a_get() {
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        let reads = ["load_", "open_"].iter().any(|start| path.starts_with(&format!("/api/{start}")));
        assert_eq!(method, if reads { Method::GET } else { Method::POST }, "{path}");
    }
}

/// What every server function takes, as far as it needs it.
const INPUT: &str = "slug=cup&id=0190163d-8694-739b-aea5-966c26f8ad91&batch=0190163d-8694-739b-aea5-966c26f8ad91\
     &charge=0190163d-8694-739b-aea5-966c26f8ad91&note=0190163d-8694-739b-aea5-966c26f8ad91&selection[ids]=0190163d-8694-739b-aea5-966c26f8ad91&whom[selection][ids]=0190163d-8694-739b-aea5-966c26f8ad91&query=&at=2099-01-01T09:00\
     &file=1-0190163d-8694-739b-aea5-966c26f8ad91.eml&text=x&tags=x&rating=5&cause=email-other&form[name]=Ana&form[kind]=resend&form[email]=true\
     &webhook=0190163d-8694-739b-aea5-966c26f8ad91&channel=email&to=%2B12015550123&form[address]=somebody@example.com";

async fn ask(browser: &Browser, method: &str, path: &str) -> Answer {
    let path = filled(path);
    match (method, path.starts_with("/api/")) {
        ("POST", _) => browser.post(&path, INPUT).await,
        (_, true) => browser.get(&format!("{path}?{INPUT}")).await,
        (_, false) if path.ends_with("/live") => {
            // Its body does not end.
            let request = browser.request(Method::GET, &path).body(Body::empty()).unwrap();
            let (parts, _) = browser.open(request).await.into_parts();
            Answer { status: parts.status, headers: parts.headers, body: String::new() }
        }
        _ => browser.get(&path).await,
    }
}

fn is_unknown_project(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && (answer.body.contains("member of it") || answer.body.is_empty())
}

#[tokio::test]
async fn each_entry_lets_in_whom_it_says_and_nobody_else() {
    let app = TestApp::demo().await;
    app.project("bean").await;
    let stranger = app.stranger();
    let elsewhere = app.member_of("bean", Role::Owner).await;
    let mut members = Vec::new();
    for role in Role::ALL {
        members.push((role, app.member(role).await));
    }
    for (method, path, needs) in ACCESS {
        let what = format!("{method} {path}");
        let Needs::Role(least) = needs else { continue };
        let answer = ask(&stranger, method, path).await;
        let is_page = *method == "GET" && path.starts_with("/projects/") && answer.status == StatusCode::SEE_OTHER;
        if is_page {
            assert!(answer.header("location").starts_with("/sign-in?next="), "{what}");
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what} by a stranger");
        }
        let answer = ask(&elsewhere, method, path).await;
        assert!(is_unknown_project(&answer), "{what} by the owner of another project: {}", answer.status);
        for (role, browser) in &members {
            let answer = ask(browser, method, path).await;
            let (status, body) = (answer.status, &answer.body);
            if role < least {
                assert_eq!(status, StatusCode::FORBIDDEN, "{what} by {role}");
                assert!(body.contains(&format!("the {least} role")), "{what} by {role}: {body}");
            } else {
                let refused =
                    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::SEE_OTHER);
                assert!(
                    !refused && !is_unknown_project(&answer) && !status.is_server_error(),
                    "{what} by {role}: {status} {body}"
                );
            }
        }
    }
}

#[tokio::test]
async fn ids_of_another_project_are_unknown() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    app.project("bean").await;
    let owner = app.member_of("bean", Role::Owner).await;
    let (customer, message) = (sent.customer, sent.message);
    let cup = app.system("cup").await;
    suppressions::add(&cup, Channel::Email, "gone@example.com", "", clock::now()).await.unwrap();
    let suppression = suppressions::page(&cup, &SuppressedQuery::default()).await.unwrap().rows[0].id;
    for (path, form) in [
        ("cancel_message", format!("id={message}&also_request=true")),
        ("send_now", format!("id={message}")),
        ("reschedule_message", format!("id={message}&at=2027-06-01T09:00")),
        ("resend_message", format!("id={message}")),
        ("dismiss_message", format!("id={message}")),
        ("send_copy", format!("id={message}")),
        ("delete_message", format!("id={message}")),
        ("edit_customer", format!("id={customer}&form[name]=Stolen")),
        ("set_unsubscribed", format!("id={customer}&on=true")),
        ("set_archived", format!("id={customer}&on=true")),
        ("cancel_unsent", format!("id={customer}")),
        ("add_note", format!("id={customer}&text=x")),
        ("add_charge", format!("id={customer}&form[amount]=5&form[on]=2026-11-24")),
        ("set_tags", format!("id={customer}&tags=x")),
        ("request_review", format!("id={customer}&form[email]=true")),
        ("erase_customer", format!("id={customer}&confirm=ERASE")),
        ("delete_customer", format!("id={customer}")),
        ("lift_suppression", format!("id={suppression}")),
    ] {
        let answer = owner.post(&format!("/api/{path}"), &format!("slug=bean&{form}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
    }
    let review = owner.post("/api/add_review", &format!("slug=bean&id={customer}&rating=1")).await;
    assert!(review.status.is_client_error(), "{}", review.body);
    let bulk = owner.post("/api/cancel_messages", &format!("slug=bean&selection[ids]={message}")).await;
    assert!(bulk.body.contains("Canceled 0 messages"), "{}", bulk.body);
    for path in [
        format!("/api/load_message?slug=bean&id={message}"),
        format!("/api/load_profile?slug=bean&id={customer}&query="),
        format!("/projects/bean/messages/{message}/preview"),
        format!("/projects/bean/customers/{customer}"),
    ] {
        assert_eq!(owner.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(app.count("select count(*) from message where status <> 6").await, 2, "nothing was changed");
    assert_eq!(app.count("select count(*) from customer where name = 'Ana Ruiz'").await, 1);
    assert_eq!(app.count("select count(*) from suppression").await, 1);
}
