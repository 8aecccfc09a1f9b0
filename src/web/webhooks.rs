//! Where providers report what became of messages.

use crate::server::{
    AppState, clock,
    webhooks::{self, Incoming, Rejection},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};

const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");

pub async fn receive(
    State(state): State<AppState>,
    Path((provider, connection)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let incoming = Incoming {
        origin: &state.config.base_url,
        path_and_query: uri.path_and_query().map_or(uri.path(), |path| path.as_str()),
        headers: &headers,
        body: &body,
        now: clock::now(),
    };
    match webhooks::receive(&state, &provider, &connection, &incoming).await {
        Ok(answer) => match answer.twiml {
            Some(twiml) => ([(CONTENT_TYPE, XML)], twiml).into_response(),
            None => StatusCode::OK.into_response(),
        },
        Err(rejection) => refused(&rejection),
    }
}

fn refused(rejection: &Rejection) -> Response {
    match rejection {
        Rejection::Unknown => (StatusCode::NOT_FOUND, "There is no such connection.").into_response(),
        Rejection::Unverified => {
            (StatusCode::FORBIDDEN, "This is not signed by the connection's provider.").into_response()
        }
        Rejection::SignIn => {
            let challenge = HeaderValue::from_static("Basic realm=\"webhooks\"");
            let words = "The user or the password in the webhook's address is wrong.";
            (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)], words).into_response()
        }
        Rejection::Unreadable(why) => (StatusCode::BAD_REQUEST, *why).into_response(),
        Rejection::Later => {
            let soon = HeaderValue::from_static("5");
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, soon)], "Busy right now. Try again.").into_response()
        }
    }
}
