//! Whether a value is as a tool's schema says: the words of JSON Schema that our schemas use.

use serde_json::Value;

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    }
}

/// Where `value` is not as `schema` has it; none where all is well.
pub fn fault(schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(any) = schema.get("oneOf").and_then(Value::as_array) {
        let is_one = any.iter().any(|schema| fault(schema, value, at).is_none());
        return (!is_one).then(|| format!("{at}: {value} is none of {any:?}"));
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        other => panic!("{at} has the type {other}: {schema}"),
    };
    if !kinds.iter().any(|kind| is_of(kind, value)) {
        return Some(format!("{at}: {value} is no {kinds:?}"));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        return Some(format!("{at}: {value} is none of {words:?}"));
    }
    match value {
        Value::Array(values) => {
            let one = |(n, value)| fault(&schema["items"], value, &format!("{at}/{n}"));
            values.iter().enumerate().find_map(one)
        }
        Value::Object(fields) => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let lacks = required.iter().filter_map(Value::as_str).find(|name| !fields.contains_key(*name));
            let one = |(name, value): (&String, &Value)| match schema["properties"].get(name) {
                Some(schema) => fault(schema, value, &format!("{at}/{name}")),
                None => Some(format!("{at}/{name} is not in the schema")),
            };
            lacks.map(|name| format!("{at} lacks {name}")).or_else(|| fields.iter().find_map(one))
        }
        _ => None,
    }
}
