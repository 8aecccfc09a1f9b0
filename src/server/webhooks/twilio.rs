//! Twilio: status callbacks and customers' SMS (<https://www.twilio.com/docs/usage/webhooks>). Signed with HMAC-SHA1 over the
//! address and the sorted parameters; over the address alone where the body is JSON, whose hash is then in the address.

use super::{Incoming, Rejection, json, keyword, secret};
use crate::{
    domain::{
        feedback::{About, Feedback, Keyword, Report},
        message::FailureCode,
    },
    server::{
        delivery::{faults, provider_headers::KEY},
        language,
        store::feedback::Reply,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn verify(auth_token: &str, incoming: &Incoming<'_>) -> bool {
    let Ok(given) = STANDARD.decode(incoming.header("x-twilio-signature")) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    let signed = if is_json(incoming) {
        let hash = form_urlencoded::parse(incoming.query().as_bytes()).find(|(name, _)| name == "bodySHA256");
        let wanted = secret::sha256_hex(incoming.body);
        if !hash.is_some_and(|(_, hash)| secret::is_same(hash.to_ascii_lowercase().as_bytes(), wanted.as_bytes())) {
            return false;
        }
        String::new()
    } else {
        let pairs: BTreeSet<_> = form_urlencoded::parse(incoming.body).collect();
        pairs.iter().map(|(name, value)| format!("{name}{value}")).collect()
    };
    let is_signed = |origin: &str| {
        let text = format!("{origin}{}{signed}", incoming.path_and_query);
        hmac::verify(&key, text.as_bytes(), &given).is_ok()
    };
    // Twilio sometimes signs the address with its usual port.
    is_signed(incoming.origin) || is_signed(&with_other_port(incoming.origin))
}

fn is_json(incoming: &Incoming<'_>) -> bool {
    incoming.header("content-type").trim_start().to_ascii_lowercase().starts_with("application/json")
}

/// The origin with the scheme's usual port if it has none, and without it if it has.
fn with_other_port(origin: &str) -> String {
    let usual = if origin.starts_with("https:") { ":443" } else { ":80" };
    match origin.strip_suffix(usual) {
        Some(rest) => rest.to_owned(),
        None => format!("{origin}{usual}"),
    }
}

type Fields = BTreeMap<String, String>;

fn fields(incoming: &Incoming<'_>) -> Result<Fields, Rejection> {
    if !is_json(incoming) {
        let pairs = form_urlencoded::parse(incoming.body);
        return Ok(pairs.map(|(name, value)| (name.into_owned(), json::storable(&value))).collect());
    }
    let Value::Object(fields) = json::read(incoming.body)? else {
        return Err(Rejection::Unreadable("This is no JSON object."));
    };
    let text = |value: Value| match value {
        Value::String(text) => json::storable(&text),
        other => other.to_string(),
    };
    Ok(fields.into_iter().map(|(name, value)| (name, text(value))).collect())
}

pub fn read(incoming: &Incoming<'_>) -> Result<Vec<Feedback>, Rejection> {
    let fields = fields(incoming)?;
    let of = |names: [&str; 2]| {
        names.iter().find_map(|name| fields.get(*name)).map(|value| value.trim()).unwrap_or_default()
    };
    let (sid, status) = (of(["MessageSid", "SmsSid"]), of(["MessageStatus", "SmsStatus"]).to_ascii_lowercase());
    if sid.is_empty() || status.is_empty() {
        return Err(Rejection::Unreadable("This names no message and status."));
    }
    let names = vec![format!("{sid} {status}")];
    if matches!(status.as_str(), "received" | "receiving") {
        let text = of(["Body", "body"]).to_owned();
        let recipient = Some(of(["From", "from"]).to_owned()).filter(|number| number.starts_with('+'));
        let word = opt_out_type(of(["OptOutType", "optOutType"])).or_else(|| keyword::of(&text));
        let about = About { recipient, ..About::default() };
        let names = vec![format!("{sid} received")];
        return Ok(vec![Feedback { names, about, at: incoming.now, kind: Report::Texted { text, word } }]);
    }
    let words = json::words(&[of(["ErrorCode", "ErrorCode"]), of(["ErrorMessage", "ChannelStatusMessage"])]);
    let kind = match status.as_str() {
        "delivered" | "read" => Report::Delivered { words: String::new() },
        "undelivered" | "failed" => {
            let code = of(["ErrorCode", "ErrorCode"]).parse().ok();
            let failure = faults::failure_of(faults::twilio(400, code, None)).unwrap_or(FailureCode::Other);
            Report::Failed { failure, words: if words.is_empty() { status } else { words } }
        }
        // On its way.
        _ => return Ok(Vec::new()),
    };
    let ours = form_urlencoded::parse(incoming.query().as_bytes()).find(|(name, _)| name == KEY);
    let about = About {
        message: ours.and_then(|(_, id)| id.parse().ok()),
        provider_id: Some(sid.to_owned()),
        recipient: Some(of(["To", "to"]).to_owned()).filter(|number| number.starts_with('+')),
    };
    Ok(vec![Feedback { names, about, at: incoming.now, kind }])
}

/// What Twilio has understood and answered by itself.
fn opt_out_type(given: &str) -> Option<Keyword> {
    match given {
        "STOP" => Some(Keyword::Stop),
        "START" => Some(Keyword::Start),
        "HELP" => Some(Keyword::Help),
        _ => None,
    }
}

/// Whether Twilio has answered the customer by itself (Advanced Opt-Out).
pub fn has_answered(incoming: &Incoming<'_>) -> bool {
    fields(incoming).is_ok_and(|fields| fields.get("OptOutType").is_some_and(|given| opt_out_type(given).is_some()))
}

/// TwiML with what the customer is answered, if anything.
pub fn answer(reply: Option<&Reply>) -> String {
    let message = reply.map(|Reply { word, project_name, language }| {
        let text = language::sms_answer(*language, *word, project_name);
        format!("<Message>{}</Message>", html_escape::encode_text(&text))
    });
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{}</Response>", message.unwrap_or_default())
}
