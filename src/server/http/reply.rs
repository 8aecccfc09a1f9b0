//! Answers that are no page of the application: errors, and public pages.

use crate::{app::public_document, domain::AppError, server::auth};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode, Uri,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;
use std::any::Any;

/// Pages that need no scripts, and may run none.
const NO_SCRIPTS: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'none'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'self'; object-src 'none'",
);

/// A page without scripts, made of `body`.
pub fn page(options: &LeptosOptions, status: StatusCode, title: &str, body: impl IntoView + 'static) -> Response {
    let owner = Owner::new();
    let html = owner.with(|| public_document(title, body.into_any(), options));
    (status, [(CONTENT_SECURITY_POLICY, NO_SCRIPTS)], Html(html)).into_response()
}

/// An error where no page of the application shows it: as its server function's caller reads it, or as a page.
pub fn error(options: &LeptosOptions, uri: &Uri, error: &AppError) -> Response {
    let status = auth::status(error);
    if uri.path().starts_with("/api/") {
        let json = serde_json::to_vec(error).unwrap_or_default();
        return (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response();
    }
    error_page(options, error)
}

pub fn error_page(options: &LeptosOptions, error: &AppError) -> Response {
    let status = auth::status(error);
    let title = match error {
        AppError::NotFound(_) => "Not found",
        AppError::Unauthorized | AppError::Forbidden(_) => "No access",
        AppError::TooMany(_) => "Too many requests",
        AppError::Unavailable(_) => "Busy right now",
        _ => "Something went wrong",
    };
    let sentence = error.to_string();
    let body = view! {
        <main class="public">
            <div class="public-card">
                <h1>{title}</h1>
                <p>{sentence}</p>
            </div>
        </main>
    };
    page(options, status, title, body)
}

/// The answer in the place of one that a fault in the program broke off.
pub fn panicked(fault: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let words = fault.downcast_ref::<String>().map(String::as_str).or_else(|| fault.downcast_ref::<&str>().copied());
    let reference = uuid::Uuid::new_v7(uuid::Timestamp::now(uuid::NoContext)).simple().to_string();
    tracing::error!(fault = words.unwrap_or("unknown"), reference, "a request ended in a fault");
    (StatusCode::INTERNAL_SERVER_ERROR, AppError::Internal(reference).to_string()).into_response()
}
