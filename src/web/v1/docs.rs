//! The page to read and try the API: Swagger UI, whose files are in the program.

use super::{PREFIX, problem::Problem};
use axum::{
    extract::Path,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse, Response},
};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::{Config, serve};

/// Swagger UI writes some of its styles into the elements; all else is in its files, and nothing comes from elsewhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
);

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let document = format!("{PREFIX}/openapi.json");
    Arc::new(Config::new([document]).persist_authorization(false).try_it_out_enabled(true).validator_url("none"))
});

/// The page; its files are beside it.
pub async fn page() -> Response {
    file("")
}

/// To where the files of the page are beside it.
pub async fn to_page() -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, format!("{PREFIX}/docs/"))]).into_response()
}

pub async fn one(Path(path): Path<String>) -> Response {
    file(&path)
}

fn file(path: &str) -> Response {
    let Ok(Some(file)) = serve(path, CONFIG.clone()) else {
        return Problem::new(StatusCode::NOT_FOUND, "The page has no such file.").into_response();
    };
    let mut response = file.bytes.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
        headers.insert(CONTENT_TYPE, kind);
    }
    if file.gzpipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
