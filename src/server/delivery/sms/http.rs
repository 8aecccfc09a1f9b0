//! What the clients of SMS providers have in common: how they ask, and how an answer is read and shown.

use crate::{
    domain::Timestamp,
    server::delivery::{Refusal, one_line, retry::Class},
};
use chrono::DateTime;
use reqwest::{
    Client, Response, Url,
    header::{DATE, RETRY_AFTER},
    redirect,
};
use serde_json::Value;

/// A client that follows no redirects: credentials and messages go to no other address.
///
/// # Errors
/// That TLS could not be set up.
pub fn client() -> reqwest::Result<Client> {
    Client::builder().redirect(redirect::Policy::none()).build()
}

/// None for what is no address of a web server.
pub fn address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The host of an address, with the port where it is not the usual one.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Without a connection nothing was sent; after one, the outcome is unknown.
pub fn broken(error: &reqwest::Error) -> Refusal {
    let class = if error.is_connect() || error.is_builder() { Class::LATER } else { Class::Ambiguous };
    let what = if error.is_timeout() { "No answer in time from" } else { "The connection broke to" };
    Refusal { class, code: None, text: format!("{what} the SMS provider: {}", causes(error)) }
}

/// An error with what caused it, without the address (it holds the account).
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    one_line(&innermost.to_string())
}

/// The time by the provider's clock, to the second.
pub fn date(response: &Response) -> Option<Timestamp> {
    let value = response.headers().get(DATE)?.to_str().ok()?;
    Some(DateTime::parse_from_rfc2822(value).ok()?.to_utc().into())
}

/// How long the provider asks us to wait, in ms.
pub fn retry_after(response: &Response) -> Option<i64> {
    let value = response.headers().get(RETRY_AFTER)?;
    let seconds: u32 = value.to_str().ok()?.trim().parse().ok()?;
    Some(i64::from(seconds) * Timestamp::SECOND)
}

/// The answer without the message's text. What is no JSON (the page of some proxy) may hold anything.
pub fn shown(body: &[u8]) -> String {
    match serde_json::from_slice(body) {
        Ok(mut answer) => {
            drop_text(&mut answer);
            answer.to_string()
        }
        Err(_) => format!("(no JSON, {} bytes)", body.len()),
    }
}

fn drop_text(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.eq_ignore_ascii_case("body"));
            fields.values_mut().for_each(drop_text);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_text),
        _ => {}
    }
}
