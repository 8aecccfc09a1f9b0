//! Every error of the API, as RFC 9457 has it.

use crate::{
    domain::AppError,
    server::{auth, request_id},
    web::mcp,
};
use axum::{
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was refused (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "about:blank")]
    kind: &'static str,
    /// The name of the status.
    #[schema(example = "Unprocessable Entity")]
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// What is wrong, in a sentence or two.
    detail: String,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The name of the field, of the parameter or of the header.
    field: String,
    detail: String,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// For a key that has not what the request needs.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Send an API key of the project as Authorization: Bearer rm_…. Admins make keys under Settings, API keys.",
        )
    }

    /// The error of a page's use case, whose fields have these other names here.
    pub fn renamed(error: AppError, names: &[(&str, &str)]) -> Self {
        let mut problem = Self::from(error);
        for FieldProblem { field, .. } in &mut problem.errors {
            if let Some((_, name)) = names.iter().find(|(other, _)| other == field) {
                *field = (*name).to_owned();
            }
        }
        problem
    }

    /// All of it in one text, for who reads no fields.
    pub fn in_words(&self) -> String {
        match self.errors.as_slice() {
            // The detail says the same.
            [FieldProblem { field, detail }] => format!("{field}: {detail}"),
            errors => errors.iter().fold(self.detail.clone(), |words, FieldProblem { field, detail }| {
                format!("{words}\n{field}: {detail}")
            }),
        }
    }

    fn of_status(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => "There is nothing at this address.",
            StatusCode::METHOD_NOT_ALLOWED => "This address takes other methods: the header Allow names them.",
            StatusCode::PAYLOAD_TOO_LARGE => "This is too large: at most 1024 kB can be sent at a time.",
            StatusCode::TOO_MANY_REQUESTS => "Too many requests. Wait, then try again.",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                "The server is busy, and nothing was changed. Try again in a moment."
            }
            status if status.is_server_error() => {
                let reference = request_id::reference();
                tracing::error!(%status, reference, "a request to the API failed without an error of its own");
                return Self::new(status, AppError::Internal(reference).to_string());
            }
            _ => "This request could not be read.",
        };
        Self::new(status, detail)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        if error == AppError::Unauthorized {
            return Self::unauthorized();
        }
        let mut problem = Self::new(auth::status(&error), error.to_string());
        if let AppError::Invalid { field, message, more } = error {
            let all = std::iter::once((field, message)).chain(more).filter(|(field, _)| !field.is_empty());
            problem.errors = all.map(|(field, detail)| FieldProblem { field, detail }).collect();
            if problem.errors.len() > 1 {
                "Several fields are wrong.".clone_into(&mut problem.detail);
            }
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        let headers = response.headers_mut();
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"review-messages\""));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

/// Whether a path is one that keys open: the API's, or the MCP server's.
pub fn is_ours(path: &str) -> bool {
    path == mcp::PATH || path.strip_prefix("/api/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Makes each error under such an address a problem, whichever layer it comes from. Errors of MCP itself stay as they are.
pub async fn errors_as_problems(request: Request, next: Next) -> Response {
    if !is_ours(request.uri().path()) {
        return next.run(request).await;
    }
    let own = if request.uri().path() == mcp::PATH { mcp::MEDIA_TYPE } else { MEDIA_TYPE };
    let response = next.run(request).await;
    let status = response.status();
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE || kind == own);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let problem = match parts.extensions.remove::<AppError>() {
        // Its status is that of a form that is too large.
        Some(error) if auth::status(&error) == status => Problem::from(error),
        _ => Problem::of_status(status),
    };
    let mut answer = problem.into_response();
    let headers = [CONTENT_TYPE, CONTENT_LENGTH, axum::http::header::CONTENT_SECURITY_POLICY];
    for (name, value) in &parts.headers {
        if !headers.contains(name) {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}
