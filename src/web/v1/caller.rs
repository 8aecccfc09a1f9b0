//! Who calls the API: the key of a request, what it may do, and how much it has left.

use super::problem::Problem;
use crate::{
    domain::{ApiKeyId, AppError, api_key::Scope},
    server::{
        AppState, api_keys, clock,
        limits::Quota,
        peer::peer,
        store::{
            api_keys::Access,
            guard::{Operator, Viewer},
        },
    },
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION, header::RETRY_AFTER, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Looks up the key of a request, counts the request, and says with its answer how many are left.
pub async fn know(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(hash) = bearer(request.headers()).and_then(api_keys::hash) else { return next.run(request).await };
    let now = clock::now();
    let access = match api_keys::access(&state, &hash, now).await {
        Ok(Some(access)) => access,
        Ok(None) => {
            // Whoever guesses is slowed down.
            let network = peer(request.headers(), request.extensions(), &state.config.trusted_proxies);
            return match state.limits.public.take(&network, now) {
                Ok(()) => next.run(request).await,
                Err(error) => Problem::from(error).into_response(),
            };
        }
        Err(error) => return Problem::from(error).into_response(),
    };
    let quota = state.limits.api.spend(&access.key.to_string(), now);
    let mut response = match quota.wait {
        None => {
            request.extensions_mut().insert(access);
            next.run(request).await
        }
        Some(wait) => {
            let sentence = format!("This key has sent too many requests. Wait {wait} s, then try again.");
            Problem::from(AppError::TooMany(sentence)).into_response()
        }
    };
    tell(response.headers_mut(), quota);
    response
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn tell(headers: &mut HeaderMap, quota: Quota) {
    let numbers = [
        (HeaderName::from_static("ratelimit-limit"), Some(quota.limit)),
        (HeaderName::from_static("ratelimit-remaining"), Some(quota.remaining)),
        (HeaderName::from_static("ratelimit-reset"), Some(quota.reset)),
        (RETRY_AFTER, quota.wait),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            headers.insert(name, HeaderValue::from(number));
        }
    }
}

/// A caller whose key may read.
pub struct Reads(pub Viewer);

/// A caller whose key may write.
pub struct Writes {
    pub key: ApiKeyId,
    pub operator: Operator,
}

/// A caller whose key may delete.
pub struct Deletes(pub Operator);

/// The access of a request whose key has the scope.
fn access(parts: &mut Parts, scope: Scope) -> Result<Access, Problem> {
    let access = parts.extensions.get::<Access>().cloned().ok_or_else(Problem::unauthorized)?;
    if access.scopes.has(scope) {
        return Ok(access);
    }
    Err(Problem::forbidden(format!("This API key lacks the scope {}: it has {}.", scope.name(), access.scopes.words())))
}

/// As an operator; a key with the scope for it always is one.
fn operator(access: Access) -> Result<Operator, Problem> {
    access.viewer.operator().ok_or_else(|| Problem::forbidden("This API key may not do this."))
}

impl FromRequestParts<AppState> for Reads {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        access(parts, Scope::Read).map(|access| Self(access.viewer))
    }
}

impl FromRequestParts<AppState> for Writes {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let access = access(parts, Scope::Write)?;
        Ok(Self { key: access.key, operator: operator(access)? })
    }
}

impl FromRequestParts<AppState> for Deletes {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        operator(access(parts, Scope::Delete)?).map(Self)
    }
}
