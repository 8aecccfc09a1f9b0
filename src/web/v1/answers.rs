//! The answers of requests that have one effect.

use crate::server::rest::Answer;
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use serde::Serialize;

/// Whether an answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

pub fn created(value: &impl Serialize) -> Answer {
    created_or_ok(true, value)
}

pub fn created_or_ok(is_new: bool, value: &impl Serialize) -> Answer {
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Answer { status: status.as_u16(), body: serde_json::to_string(value).unwrap_or_default(), is_repeated: false }
}

pub fn answered(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if answer.is_repeated {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
