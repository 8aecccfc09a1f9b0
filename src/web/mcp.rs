//! The MCP server: programs that speak the Model Context Protocol read messages and customers, and steer messages, by the keys of the
//! REST API. It keeps no sessions: each request is answered for itself, by whichever process it reaches.

mod customers;
mod messages;
mod schema;
mod server;
mod tools;

use super::{
    BODY_MAX,
    v1::{caller, problem::Problem},
};
use crate::server::{AppState, store::api_keys::Access};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use rmcp::{
    model::ProtocolVersion,
    transport::{
        StreamableHttpServerConfig, StreamableHttpService, streamable_http_server::session::never::NeverSessionManager,
    },
};
use server::Server;
use std::sync::Arc;

/// Where it is.
pub const PATH: &str = "/api/mcp";

/// What it answers, errors of the protocol too.
pub const MEDIA_TYPE: &str = "application/json";

/// All names of this machine for itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

pub fn route(state: &AppState) -> MethodRouter<AppState> {
    post(answer).layer(from_fn_with_state(state.clone(), caller::know))
}

async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let Some(access) = request.extensions().get::<Access>().cloned() else {
        return Problem::unauthorized().into_response();
    };
    let base_url = &state.config.base_url;
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(BODY_MAX)
        .with_allowed_hosts(hosts(base_url))
        .with_allowed_origins(origins(base_url))
        .enforce_origin_validation();
    let server = Server::new(access, state.clone());
    let service =
        StreamableHttpService::new(move || Ok(server.clone()), Arc::new(NeverSessionManager::default()), config);
    let response = service.handle(request).await.map(Body::new);
    match refusal(&response, base_url) {
        Some(problem) => problem.into_response(),
        None => response,
    }
}

/// The names under which the server is asked; other names lead to it only where somebody plays with the DNS.
fn hosts(base_url: &str) -> Vec<String> {
    let uri = base_url.parse::<Uri>().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    if LOOPBACK.contains(&host) { LOOPBACK.map(str::to_owned).to_vec() } else { vec![host.to_owned()] }
}

/// The origins whose pages may ask: our own. They are written with their port.
fn origins(base_url: &str) -> Vec<String> {
    let uri = base_url.parse::<Uri>().unwrap_or_default();
    let scheme = uri.scheme_str().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
    hosts(base_url).iter().map(|host| format!("{scheme}://{host}:{port}")).collect()
}

/// What to say where the transport refused a request; None where the answer is the protocol's own.
fn refusal(response: &Response, base_url: &str) -> Option<Problem> {
    let status = response.status();
    let is_own = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE);
    if is_own || !status.is_client_error() {
        return None;
    }
    let sentence = match status {
        StatusCode::FORBIDDEN => {
            format!("This server is reached at {base_url}{PATH} alone: Host, or Origin, is another one.")
        }
        StatusCode::NOT_ACCEPTABLE => "Send the header Accept: application/json, text/event-stream.".to_owned(),
        StatusCode::BAD_REQUEST => {
            let known = ProtocolVersion::KNOWN_VERSIONS.iter().map(ProtocolVersion::as_str).collect::<Vec<_>>();
            format!("MCP-Protocol-Version can be {}; without it, it is 2025-03-26.", known.join(", "))
        }
        _ => "Send one JSON-RPC message of the Model Context Protocol, with Content-Type: application/json.".to_owned(),
    };
    Some(Problem::new(status, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_origins_follow_from_the_public_address() {
        assert_eq!(hosts("https://reviews.example.com"), ["reviews.example.com"]);
        assert_eq!(origins("https://reviews.example.com"), ["https://reviews.example.com:443"]);
        assert_eq!(origins("http://reviews.example.com:8080"), ["http://reviews.example.com:8080"]);
        assert_eq!(hosts("http://127.0.0.1:3000"), LOOPBACK);
        assert_eq!(origins("http://localhost:3000")[2], "http://[::1]:3000");
    }
}
