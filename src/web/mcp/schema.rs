//! The JSON Schemas of tools: those of the OpenAPI document, each whole in itself.

use crate::web::v1::document::DOCUMENT;
use rmcp::model::JsonObject;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// Where OpenAPI has what it refers to.
const NAMED: &str = "#/components/schemas/";

/// The schema of `T`, with what it refers to in its place.
pub fn of<T: ToSchema>() -> Arc<JsonObject> {
    // A generic type does not name what it holds: the document does.
    let known = DOCUMENT.components.iter().flat_map(|known| known.schemas.clone());
    let mut own = Vec::new();
    T::schemas(&mut own);
    let named = known.chain(own).map(|(name, schema)| (name, json(&schema))).collect();
    let mut schema = json(&T::schema());
    inline(&mut schema, &named);
    match schema {
        Value::Object(fields) => Arc::new(fields),
        _ => Arc::default(),
    }
}

fn json(schema: &impl serde::Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn inline(value: &mut Value, named: &BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(NAMED));
            if let Some(Value::Object(meant)) = name.and_then(|name| named.get(name)).cloned() {
                fields.remove("$ref");
                // What is said at the place is more to the point.
                for (key, value) in meant {
                    fields.entry(key).or_insert(value);
                }
            }
            fields.values_mut().for_each(|value| inline(value, named));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| inline(value, named)),
        _ => {}
    }
}
