//! Serves the pixel of emails, and records opens and clicks.

use super::robots;
use crate::{
    domain::{
        AppResult, Timestamp,
        message::Channel,
        status::{Signal, State::Sending},
        visit::{Link, Machine, Visit},
    },
    server::{
        AppState, clock,
        peer::peer,
        store::tracking::{self, Hit, Letter, uncount::Mistaken},
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

/// One transparent pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// The answer is the same for every token, known or not.
pub async fn pixel(State(state): State<AppState>, request: Request) -> Response {
    match letter(&state, request.uri()).await {
        Ok(Some(letter)) if letter.channel == Channel::Email => {
            let peer = peer(request.headers(), request.extensions(), &state.config.trusted_proxies);
            let (method, headers) = (request.method(), request.headers());
            record(&state, letter, Link::Image, Visitor { method, headers, peer: &peer, at: clock::now() }).await;
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "an open was not recorded"),
    }
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/gif")),
        // Webmail programs show it on their own sites.
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    (headers, GIF).into_response()
}

/// The message behind the token in a public page's address. The token is not decoded: percent-encoded text is never one.
pub async fn letter(state: &AppState, uri: &Uri) -> AppResult<Option<Letter>> {
    let token = uri.path().rsplit('/').next().unwrap_or_default();
    let could_be =
        (16..=64).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if could_be { tracking::letter(&state.db, token).await } else { Ok(None) }
}

/// A request for a link of a message.
pub struct Visitor<'a> {
    pub method: &'a Method,
    pub headers: &'a HeaderMap,
    /// The client's network, as [`peer`] gives it.
    pub peer: &'a str,
    pub at: Timestamp,
}

/// Hands an open or a click on, marked where it looks like a machine's. It is written after the answer. Looking at the
/// unsubscribe page is neither, but tells who follows every link.
pub async fn record(state: &AppState, letter: Letter, link: Link, visitor: Visitor<'_>) {
    let Visitor { method, headers, peer, at } = visitor;
    // A hit while the message is being sent comes from a machine.
    let since_sent = if letter.state == Sending { Some(0) } else { letter.sent_at.map(|sent| at.0 - sent.0) };
    let visit = Visit { link, at, since_sent, network: peer.parse().ok() };
    let (machine, times) = state.visits.judge(letter.message_id, visit, robots::program(method, headers));
    let mistaken = machine.filter(|_| !times.is_empty());
    let mistaken = mistaken.map(|machine| Mistaken { letter: letter.clone(), machine, times });
    let signal = match link {
        Link::Image => Some(Signal::Opened),
        Link::Review => Some(Signal::Clicked),
        Link::Unsubscribe => None,
    };
    if let Some(signal) = signal {
        let name = robots::name(headers).filter(|_| machine == Some(Machine::Scanner));
        // People's hits are counted apart, so that a scanner's many do not hide them.
        let whose = format!("{signal:?} {} {}", machine.is_some(), letter.message_id);
        if state.limits.hits.take(&whose, at).is_ok() {
            state.hits.take(Hit { letter, signal, machine, name, at }).await;
        }
    }
    if let Some(mistaken) = mistaken {
        state.hits.uncount(mistaken);
    }
}
