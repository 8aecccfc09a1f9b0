//! What a key that may only read sees and gets.

use super::{Connected, Installation, NOWHERE, READING, STEERING, schema::fault};
use crate::{
    domain::{api_key::Scope, message::Channel, strategy::Automate},
    server::{clock, store::strategy},
    tests::rest::Client,
};
use rmcp::{
    model::ProtocolVersion,
    service::{ClientLifecycleMode, ClientServiceExt},
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_that_reads_sees_the_tools_that_read_alone() {
    for mcp_write in ["", "true"] {
        let installation = Installation::new(mcp_write).await;
        let client = installation.client(&[Scope::Read]).await;
        let tools = client.tools().await;
        let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
        assert_eq!(names, READING);
        for tool in &tools {
            let hints = tool.annotations.as_ref().unwrap();
            assert_eq!((hints.read_only_hint, hints.open_world_hint), (Some(true), Some(false)), "{}", tool.name);
            let (input, output) = (&tool.input_schema, tool.output_schema.as_ref().unwrap());
            for schema in [input, output] {
                let text = serde_json::to_string(schema).unwrap();
                assert!(schema["type"] == "object" && !text.contains("$ref"), "{}: {text}", tool.name);
            }
            assert_eq!(input["additionalProperties"], false, "{}", tool.name);
        }
        let said = client.0.peer_info().unwrap();
        assert!(said.instructions.as_ref().unwrap().contains("Cup & Saucer"), "{said:?}");
        for tool in STEERING {
            let sentence = client.refused(tool, json!({ "id": NOWHERE })).await;
            assert!(sentence.contains("lacks the scope write: it has read"), "{sentence}");
        }
    }
}

/// The answer, which is as the tool's schema says.
async fn checked(client: &Connected, tool: &'static str, arguments: Value) -> Value {
    let answer = client.ask(tool, arguments).await;
    let tools = client.tools().await;
    let schema = tools.iter().find(|one| one.name == tool).and_then(|one| one.output_schema.clone()).unwrap();
    assert_eq!(fault(&Value::Object((*schema).clone()), &answer, tool), None);
    answer
}

#[tokio::test]
async fn each_tool_answers_what_the_pages_show() {
    let installation = Installation::new("").await;
    let app = &installation.app;
    let client = installation.client(&[Scope::Read]).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 3).await;
    app.sent("Ben Ode", Channel::Sms, 0).await;

    let api = Client::new(app, &[Scope::Read]).await;
    let all = api.get("/messages").await.json;
    assert_eq!(checked(&client, "list_messages", json!({})).await, all);
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let part = checked(&client, "list_messages", json!({ "limit": 2, "cursor": cursor })).await;
        seen.extend(part["data"].as_array().unwrap().clone());
        cursor = part["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(&Value::Array(seen), &all["data"]);
    let waiting = checked(&client, "list_messages", json!({ "status": "scheduled", "q": "ruiz" })).await;
    assert_eq!(waiting["data"].as_array().unwrap().len(), 3);

    let one = json!({ "id": sent.message });
    let whole = checked(&client, "get_message", one.clone()).await;
    let shown = api.get(&format!("/messages/{}", sent.message)).await.json;
    for part in ["message", "subject", "text", "timeline", "attempts"] {
        assert_eq!(whole[part], shown[part], "{part}");
    }
    assert!(whole["timeline"].to_string().contains("\"sent\"") && !whole["text"].to_string().contains(&sent.token));

    let customers = checked(&client, "list_customers", json!({ "q": "ana" })).await;
    assert_eq!(customers, api.get("/customers?q=ana").await.json);
    assert_eq!(customers["data"][0]["name"], "Ana Ruiz");
}

#[tokio::test]
async fn a_message_is_explained_in_the_words_of_the_pages() {
    let installation = Installation::new("").await;
    let app = &installation.app;
    let client = installation.client(&[Scope::Read]).await;
    let api = Client::new(app, &[Scope::Read]).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let explained = async |id: &str| checked(&client, "explain_message", json!({ "id": id })).await;

    let waiting = api.get("/messages?status=scheduled").await.ids().remove(0);
    let said = explained(&waiting).await;
    let shown = api.get(&format!("/messages/{waiting}")).await.json["waiting"].clone();
    assert!(said["explanation"] == shown && shown.as_str().unwrap().starts_with("Planned for"), "{said}");

    let id = sent.message.to_string();
    let said = explained(&id).await;
    assert!(said["explanation"].as_str().unwrap().starts_with("It was sent "), "{said}");
    assert!(said["advice"].is_null());

    app.fail(sent.message, "mailbox-full").await;
    let said = explained(&id).await;
    assert_eq!(said["explanation"], "It failed: Mailbox full. The provider said: 550 no");
    assert_eq!(said["advice"], "The mailbox is full. Resend in a few days, or ask by SMS.");
}

#[tokio::test]
async fn a_customer_is_explained_by_the_conditions_of_the_strategy() {
    let installation = Installation::new("").await;
    let app = &installation.app;
    let client = installation.client(&[Scope::Read]).await;
    let ana = app.customer("Ana Ruiz").await;
    let explained = async || checked(&client, "explain_customer", json!({ "id": ana })).await;
    let said = explained().await;
    assert_eq!(said["strategy"], "off");
    let sentence = said["explanation"].as_str().unwrap();
    assert!(sentence.starts_with("The strategy is off") && sentence.ends_with("This customer is asked."), "{sentence}");
    assert!(said["would_send"][0]["at"].is_string(), "{said}");

    let system = app.system("cup").await;
    let switch = |kept: &mut strategy::Kept| {
        kept.automate = Automate::On;
        kept.since = chrono::NaiveDate::default();
        crate::domain::AppResult::Ok(())
    };
    strategy::change(&system, clock::now(), switch).await.unwrap();
    assert_eq!(explained().await["explanation"], "This customer is asked.");
    crate::server::store::customers::set_unsubscribed(&system, ana, true, clock::now()).await.unwrap();
    let said = explained().await;
    assert_eq!(said["explanation"], "This customer is not asked. Unsubscribed.");
    assert_eq!(said["would_send"], json!([]));
    let unmet = json!({ "condition": "Not unsubscribed", "met": false });
    assert!(said["conditions"].as_array().unwrap().contains(&unmet), "{said}");
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let installation = Installation::new("").await;
    let client = installation.client(&[Scope::Read]).await;
    for (tool, arguments, words) in [
        ("get_message", json!({ "id": NOWHERE }), "There is no such message"),
        ("get_message", json!({}), "missing field `id`"),
        ("explain_message", json!({ "id": "7" }), "The arguments cannot be read"),
        ("explain_customer", json!({ "id": NOWHERE }), "There is no such customer"),
        ("list_messages", json!({ "status": "lost" }), "\"lost\" is none of scheduled, sent"),
        ("list_messages", json!({ "limit": 1000 }), "limit is a number from 1 to 100"),
        ("list_messages", json!({ "project": "bean" }), "unknown field `project`"),
        ("list_messages", json!({ "cursor": "x" }), "There is no such position"),
        ("list_customers", json!({ "rating": 6 }), "rating"),
    ] {
        let sentence = client.refused(tool, arguments).await;
        assert!(sentence.contains(words), "{tool}: {sentence}");
    }
    let unknown = rmcp::model::CallToolRequestParams::new("delete_everything");
    let error = client.0.call_tool(unknown).await.unwrap_err().to_string();
    assert!(error.contains("There is no tool"), "{error}");
}

#[tokio::test]
async fn clients_of_the_newest_protocol_are_answered_too() {
    let installation = Installation::new("").await;
    let key = Client::new(&installation.app, &[Scope::Read]).await.key;
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let client = Connected(().serve_with_lifecycle(installation.transport(&key), newest).await.unwrap());
    assert_eq!(client.names().await, READING);
    assert_eq!(client.ask("list_messages", json!({})).await["data"], json!([]));
}
