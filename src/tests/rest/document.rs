//! The OpenAPI document, and the page that shows it.

use crate::{tests::support::TestApp, web::v1};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every value under `$ref`.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_describes_every_operation_whole() {
    let app = TestApp::new().await;
    let answer = app.stranger().get("/api/v1/openapi.json").await;
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} is nowhere");
    }
    let operations = v1::operations();
    assert_eq!(operations.len(), 18);
    let mut ids = BTreeSet::new();
    for (method, path, scope) in &operations {
        let operation = &document["paths"][path][method.to_lowercase()];
        let what = format!("{method} {path}: {operation}");
        assert!(ids.insert(operation["operationId"].to_string()), "{what}");
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{what}");
        let described = operation["description"].as_str().unwrap();
        assert!(described.ends_with(&format!("Scope: {}.", scope.name())), "{what}");
        assert!(operation["security"][0]["key"].is_array(), "{what}");
        for status in ["400", "401", "403", "422", "429", "500", "503"] {
            let content = &operation["responses"][status]["content"]["application/problem+json"];
            assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{status} of {what}");
        }
        assert_eq!(path.contains("{id}"), operation["parameters"][0]["in"] == "path", "{what}");
        let has_key = operation["parameters"].to_string().contains("Idempotency-Key");
        assert_eq!(has_key, method == "POST" && !path.contains("{id}"), "{what}");
    }
    let statuses = &document["components"]["schemas"]["Status"]["enum"];
    assert_eq!(statuses.as_array().unwrap().len(), 7, "{statuses}");
}

#[tokio::test]
async fn the_page_to_try_it_has_all_its_files_under_our_policy() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    let moved = stranger.get("/api/v1/docs").await;
    assert_eq!((moved.status.as_u16(), moved.header("location")), (308, "/api/v1/docs/"));
    for (path, kind) in [
        ("", "text/html"),
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-initializer.js", "text/javascript"),
    ] {
        let answer = stranger.get(&format!("/api/v1/docs/{path}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'; script-src 'self';") && !policy.contains("unsafe-eval"),
            "{policy}"
        );
    }
    let begin = stranger.get("/api/v1/docs/swagger-initializer.js").await;
    assert!(begin.body.contains("/api/v1/openapi.json"), "{}", begin.body);
}
