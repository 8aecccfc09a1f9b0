//! What requests bring: the id in their path, their query, their JSON, and the Idempotency-Key.

use super::problem::Problem;
use crate::{
    domain::{ApiKeyId, AppError},
    server::rest::Once,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The longest Idempotency-Key.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;

/// The id in a path.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: From<Uuid>> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id = Path::<Uuid>::from_request_parts(parts, state).await;
        // What is no id is the id of nothing.
        id.map(|Path(id)| Self(id.into())).map_err(|_| Problem::from(AppError::no_such("record")))
    }
}

/// The parameters of a query; unknown ones are refused by its type.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(params)| Self(params))
            .map_err(|refused| Problem::new(StatusCode::BAD_REQUEST, refused.body_text()))
    }
}

/// The JSON of a request.
pub struct Json<T> {
    pub value: T,
    /// SHA-256 of the request's path and body.
    hash: Vec<u8>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let sentence = "Send the body as JSON, with Content-Type: application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
        }
        let path = request.uri().path().to_owned();
        let body = bytes(request, state).await?;
        let hash =
            Sha256::new().chain_update(path.as_bytes()).chain_update([0]).chain_update(&body).finalize().to_vec();
        Ok(Self { value: read(&body)?, hash })
    }
}

impl<T> Json<T> {
    /// The request as one that is to have one effect, where it has an Idempotency-Key.
    pub fn once(&self, name: IdempotencyKey, key: ApiKeyId) -> Option<Once> {
        name.0.map(|name| Once { key, name, hash: self.hash.clone() })
    }
}

/// The JSON of a request that may have none.
pub struct OptionalJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let body = bytes(request, state).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        if !is_json {
            let sentence = "Send the body as JSON, with Content-Type: application/json, or send none.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
        }
        // null says as much as no body.
        read::<Option<T>>(&body).map(|value| Self(value.unwrap_or_default()))
    }
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    // How large it may be was checked before.
    let body = Bytes::from_request(request, state).await;
    body.map_err(|refused| Problem::new(refused.status(), "The body did not come whole."))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        // A value that is not what it should be, and not a text that is no JSON.
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Problem::new(status, format!("The body cannot be read: {error}."))
    })
}

/// The header by which a request has one effect, however often it is sent.
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all("idempotency-key").iter();
        let Some(name) = given.next() else { return Ok(Self(None)) };
        let name = name.to_str().ok().filter(|name| name.bytes().all(|b| b.is_ascii_graphic()));
        let name = name.filter(|name| (1..=IDEMPOTENCY_KEY_MAX).contains(&name.len()) && given.next().is_none());
        match name {
            Some(name) => Ok(Self(Some(name.to_owned()))),
            None => Err(AppError::invalid(
                "Idempotency-Key",
                format!("Send one key of 1 to {IDEMPOTENCY_KEY_MAX} visible ASCII characters, such as a UUID."),
            )
            .into()),
        }
    }
}
