//! Pages that are rendered without the application's router: errors and public pages.

use crate::{
    app::public_document,
    domain::{AppError, language::Language, review_page::ReviewPage},
    server::{auth, request_id},
};
use axum::{
    Extension,
    body::Body,
    http::{HeaderValue, StatusCode, header::CONTENT_SECURITY_POLICY},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use leptos::prelude::*;
use sha2::{Digest, Sha256};
use std::any::Any;

/// The policy of pages that need no scripts and may not run any.
const NO_SCRIPTS: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'none'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'self'; object-src 'none'",
);

/// A page without scripts, with this `body`.
pub fn page(
    options: &LeptosOptions,
    status: StatusCode,
    language: Language,
    title: &str,
    body: impl IntoView + 'static,
) -> Response {
    let owner = Owner::new();
    let html = owner.with(|| public_document(language, title, None, body.into_any(), options));
    (status, [(CONTENT_SECURITY_POLICY, NO_SCRIPTS)], Html(html)).into_response()
}

/// A page in a project's colors.
pub struct Branded {
    pub html: String,
    /// The parts of its policy that allow its style sheet and its logo.
    pub sources: String,
}

impl Branded {
    pub fn new(options: &LeptosOptions, language: Language, title: &str, page: &ReviewPage, body: AnyView) -> Self {
        let color = page.color();
        let style = format!(":root{{--brand:{color};--on-brand:{}}}", color.ink());
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        let logo = page.logo_origin().map_or_else(String::new, |origin| format!(" {origin}"));
        let owner = Owner::new();
        Self {
            html: owner.with(|| public_document(language, title, Some(style), body, options)),
            sources: format!("style-src 'self' 'sha256-{hash}'; img-src 'self' data:{logo}"),
        }
    }

    /// For the customer.
    pub fn answer(self, status: StatusCode) -> Response {
        let policy = format!(
            "default-src 'self'; script-src 'none'; {}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
             object-src 'none'",
            self.sources
        );
        let policy = HeaderValue::from_str(&policy).unwrap_or(NO_SCRIPTS);
        (status, [(CONTENT_SECURITY_POLICY, policy)], Html(self.html)).into_response()
    }
}

/// A page that shows an error. Its extension carries the error for functions.rs, which may answer JSON instead.
pub fn error(options: &LeptosOptions, error: &AppError) -> Response {
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
    let mut answer = page(options, status, Language::English, title, body);
    answer.extensions_mut().insert(error.clone());
    answer
}

/// The answer when a handler panicked.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    // What it says is in the line of the panic itself.
    drop(panic);
    let reference = request_id::reference();
    tracing::error!(reference, "a handler panicked");
    let error = AppError::Internal(reference);
    (StatusCode::INTERNAL_SERVER_ERROR, Extension(error.clone()), error.to_string()).into_response()
}
