//! Tools that change something: only by a key that may write, and only where the operator allows it.

use super::{Installation, NOWHERE, READING, STEERING};
use crate::{
    domain::{
        MessageId, Timestamp,
        api_key::Scope,
        message::Channel,
        status::{State, Status},
        time::LocalTime,
    },
    server::clock,
};
use serde_json::{Value, json};

const WRITER: [Scope; 2] = [Scope::Read, Scope::Write];

async fn waiting(installation: &Installation) -> MessageId {
    installation.app.sent("Ana Ruiz", Channel::Email, 3).await;
    let first = "select id from message where state = 0 order by scheduled_at limit 1";
    sqlx::query_scalar(first).fetch_one(installation.app.db.read()).await.unwrap()
}

#[tokio::test]
async fn nothing_is_changed_unless_the_operator_allows_it() {
    for mcp_write in ["", "false"] {
        let installation = Installation::new(mcp_write).await;
        let message = waiting(&installation).await;
        let client = installation.client(&WRITER).await;
        assert_eq!(client.names().await, READING);
        let at = later();
        for (tool, arguments) in
            STEERING.into_iter().zip([json!({ "id": message }), json!({ "id": message, "scheduled_at": at })])
        {
            let sentence = client.refused(tool, arguments).await;
            assert!(sentence.contains("MCP_WRITE=true"), "{sentence}");
        }
        assert_eq!(installation.app.status(message).await, (Status::Scheduled, State::Scheduled));
        assert_eq!(installation.app.timeline(message).await.len(), 1);
    }
}

fn later() -> String {
    LocalTime { at: clock::now().plus(2 * Timestamp::DAY), offset: 0 }.machine()
}

#[tokio::test]
async fn a_key_that_writes_cancels_and_reschedules_and_the_history_says_so() {
    let installation = Installation::new("true").await;
    let app = &installation.app;
    let message = waiting(&installation).await;
    let client = installation.client(&WRITER).await;
    let tools = client.tools().await;
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(names, [&READING[..], &STEERING[..]].concat());
    let hints = tools.last().unwrap().annotations.as_ref().unwrap();
    assert_eq!((hints.read_only_hint, hints.destructive_hint), (Some(false), Some(true)));

    let one = json!({ "id": message });
    let canceled = client.ask("cancel_message", one.clone()).await;
    assert_eq!(
        (&canceled["sentence"], &canceled["message"]["status"]),
        (&json!("Canceled 1 message."), &json!("canceled"))
    );
    assert_eq!(app.status(message).await, (Status::Canceled, State::Canceled));
    let timeline = client.ask("get_message", one.clone()).await["timeline"].clone();
    let last = timeline.as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["actor"]), (&json!("canceled"), &json!("API key Web shop")));
    let said = client.ask("explain_message", one.clone()).await["explanation"].clone();
    let said = said.as_str().unwrap();
    assert!(said.starts_with("It was canceled ") && said.ends_with(" by API key Web shop."), "{said}");
    let twice = client.refused("cancel_message", one.clone()).await;
    assert!(twice.contains("already canceled"), "{twice}");

    let at = later();
    let moved = client.ask("reschedule_message", json!({ "id": message, "scheduled_at": at })).await;
    assert_eq!(moved["message"]["status"], "scheduled");
    assert_eq!(app.status(message).await, (Status::Scheduled, State::Scheduled));
    let past = json!({ "id": message, "scheduled_at": "2020-01-01T00:00:00Z" });
    let past = client.refused("reschedule_message", past).await;
    assert!(past.starts_with("scheduled_at: "), "{past}");

    let all = client.ask("cancel_message", json!({ "id": message, "also_request": true })).await;
    assert_eq!(all["sentence"], "Canceled 3 messages.");
    assert_eq!(app.count("select count(*) from message where state = 0").await, 0);
}

#[tokio::test]
async fn a_key_that_only_writes_reads_nothing() {
    let installation = Installation::new("true").await;
    let client = installation.client(&[Scope::Write]).await;
    assert_eq!(client.names().await, STEERING);
    let sentence = client.refused("list_messages", json!({})).await;
    assert!(sentence.contains("lacks the scope read: it has write"), "{sentence}");
}

#[tokio::test]
async fn a_key_of_another_project_finds_and_changes_nothing() {
    let installation = Installation::new("true").await;
    let app = &installation.app;
    app.project("bean").await;
    let message = waiting(&installation).await;
    let customer: crate::domain::CustomerId =
        sqlx::query_scalar("select id from customer").fetch_one(app.db.read()).await.unwrap();
    let client = installation.client_of("bean", &Scope::ALL).await;
    for list in ["list_messages", "list_customers"] {
        assert_eq!(client.ask(list, json!({})).await, json!({ "data": [], "next_cursor": null }), "{list}");
    }
    let asked = |id: &str, tool| match tool {
        "reschedule_message" => json!({ "id": id, "scheduled_at": later() }),
        _ => json!({ "id": id }),
    };
    for (tool, id) in [
        ("get_message", message.to_string()),
        ("explain_message", message.to_string()),
        ("cancel_message", message.to_string()),
        ("reschedule_message", message.to_string()),
        ("explain_customer", customer.to_string()),
    ] {
        let foreign = client.refused(tool, asked(&id, tool)).await;
        let none = client.refused(tool, asked(NOWHERE, tool)).await;
        assert!(foreign == none && foreign.starts_with("There is no such"), "{tool}: {foreign} / {none}");
    }
    assert_eq!(app.status(message).await, (Status::Scheduled, State::Scheduled));
    let kinds: Vec<Value> = app.timeline(message).await.iter().map(|(kind, _)| json!(format!("{kind:?}"))).collect();
    assert_eq!(kinds, [json!("Created")]);
}
