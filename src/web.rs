//! The router (pages, server functions, public links, live updates, files) and the connections that it answers.

pub mod access;
pub mod connections;
mod export;
mod files;
mod frames;
mod functions;
mod gate;
mod health;
mod imports;
mod live;
pub mod mcp;
mod metrics;
mod provider;
mod public;
mod reply;
pub mod robots;
mod security;
mod tracking;
pub mod v1;
mod webhooks;

use crate::{
    app::{App, shell},
    domain::{sign_in::PROVIDER_PATH, table_look},
    server::{AppState, auth::provider::BACK_PATH, telemetry},
    ui::{
        frame::theme::{TableLook, Theme},
        pages::not_found::PageStatus,
    },
};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{MethodRouter, get, post},
};
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
};

/// The largest request body that is accepted, in bytes.
const BODY_MAX: usize = 1024 * 1024;

/// The routes besides Leptos' pages and server functions; access.rs says who may use them.
pub fn routes() -> [(&'static str, MethodRouter<AppState>); 23] {
    [
        ("/o/{token}", get(tracking::pixel)),
        ("/r/{token}", get(public::invite).post(public::review)),
        ("/u/{token}", get(public::ask_to_unsubscribe).post(public::unsubscribe)),
        (PROVIDER_PATH, get(provider::begin)),
        (BACK_PATH, get(provider::back)),
        ("/projects/{slug}/customers/export.csv", get(export::customers)),
        ("/projects/{slug}/messages/export.csv", get(export::messages)),
        ("/projects/{slug}/bulk-actions/{bulk}/messages.csv", get(export::bulk_rows)),
        // How large the file may be is checked as it comes.
        ("/projects/{slug}/customers/import", post(imports::upload).layer(DefaultBodyLimit::disable())),
        ("/projects/{slug}/customers/import/{import}/refused", get(imports::refused)),
        ("/projects/{slug}/live", get(live::live)),
        ("/projects/{slug}/messages/{message}/preview", get(frames::message)),
        ("/projects/{slug}/outbox/{file}/body", get(frames::outbox)),
        ("/projects/{slug}/templates/preview", get(frames::template).post(frames::draft)),
        ("/projects/{slug}/templates/review-page/preview", get(frames::review_page).post(frames::review_page_draft)),
        ("/webhooks/{provider}/{connection}", post(webhooks::receive)),
        ("/health", get(health::ready)),
        ("/health/live", get(health::live)),
        ("/health/ready", get(health::ready)),
        ("/metrics", get(metrics::metrics)),
        ("/robots.txt", get(health::robots)),
        ("/pkg/{*file}", get(files::package)),
        ("/favicon.ico", get(files::icon)),
    ]
}

pub fn router(state: AppState) -> Router {
    telemetry::follow_tasks();
    // A low level, because it compresses each answer anew; files are compressed well when they are built.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(2));
    let mut router = pages(&state).nest(v1::PREFIX, v1::router(&state)).route(mcp::PATH, mcp::route(&state));
    for (path, method) in routes() {
        router = router.route(path, method);
    }
    router
        .layer(from_fn(isolated_owner))
        .layer(from_fn_with_state(state.clone(), security::guard))
        .layer(CatchPanicLayer::custom(reply::panicked))
        .layer(from_fn(functions::errors_as_json))
        .layer(from_fn(v1::problem::errors_as_problems))
        .layer(compression)
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(from_fn(telemetry::observe))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(telemetry::NewId))
        .layer(from_fn_with_state(state.clone(), telemetry::distrust))
        .with_state(state)
}

/// The first value of a form's field; empty if there is none.
fn form_field(body: &[u8], name: &str) -> String {
    form_urlencoded::parse(body).find(|(n, _)| n == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// What a process without pages answers.
pub fn monitoring(state: AppState) -> Router {
    let is_for_monitoring = |path: &str| path.starts_with("/health") || path == "/metrics";
    let mut router = Router::new();
    for (path, method) in routes().into_iter().filter(|(path, _)| is_for_monitoring(path)) {
        router = router.route(path, method);
    }
    router.layer(from_fn_with_state(state.clone(), security::headers)).with_state(state)
}

/// Leptos' pages and server functions, other files, and the page for unknown addresses.
fn pages(state: &AppState) -> Router<AppState> {
    let options = state.leptos_options.clone();
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), page_context, move || shell(options.clone()))
        .fallback(files::other)
        .layer(from_fn(again))
        .layer(from_fn_with_state(state.clone(), gate::gate))
        .layer(from_fn(functions::status))
}

/// How long a page may take to render. Far longer than any takes.
const RENDERING: Duration = Duration::from_secs(10);

/// Renders a page again that does not come. Now and then Leptos 0.8.23 never finishes a page that waits for the database: where
/// threads race, a Suspense misses that what it waits for has come (compare leptos-rs/leptos, issues 4673 and 4851).
async fn again(request: Request, next: Next) -> Response {
    if !request.method().is_safe() {
        return next.run(request).await;
    }
    let (parts, _) = request.into_parts();
    let attempt = || next.clone().run(Request::from_parts(parts.clone(), Body::empty()));
    if let Ok(response) = timeout(RENDERING, attempt()).await {
        return response;
    }
    tracing::warn!("a page did not come, and is rendered again");
    attempt().await
}

/// Gives each request a reactive owner of its own, under which Leptos makes others.
///
/// Without it, a server function's owner becomes the child of the page whose rendering began last on the same thread. It
/// would see the contexts of that page, and reading one deadlocks if another thread drops the page at the same moment
/// (reactive_graph 0.2.16: `with_context` holds the child's lock while it drops the last reference to the parent, whose
/// cleanup takes the same lock).
async fn isolated_owner(request: Request, next: Next) -> Response {
    Owner::new_root(None).with(|| ScopedFuture::new(next.run(request))).await
}

/// The contexts of a page, besides the state.
fn page_context() {
    security::allow_scripts();
    provide_looks();
    if let Some(answer) = use_context::<ResponseOptions>() {
        provide_context(PageStatus(Arc::new(move |code| {
            if let Ok(code) = StatusCode::from_u16(code) {
                answer.set_status(code);
            }
        })));
    }
}

/// What the person chose about the look of pages, from the cookies that the page has set.
fn provide_looks() {
    let Some(parts) = use_context::<axum::http::request::Parts>() else { return };
    let jar = axum_extra::extract::CookieJar::from_headers(&parts.headers);
    let chosen = |cookie: &str| jar.get(cookie).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let theme = chosen("theme");
    provide_context(Theme(["light", "dark"].into_iter().find(|known| *known == theme)));
    let hidden = table_look::hidden(&chosen(table_look::HIDDEN));
    provide_context(TableLook {
        density: Some(table_look::COMPACT).filter(|compact| *compact == chosen(table_look::DENSITY)),
        hidden: Some(hidden).filter(|hidden| !hidden.is_empty()),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use tower::ServiceExt;

    /// The context that a server function would see: Leptos makes its owner in the same way.
    async fn seen() -> &'static str {
        Owner::new().with(use_context::<&'static str>).unwrap_or("nothing")
    }

    async fn answer(router: Router) -> Vec<u8> {
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        to_bytes(answer.into_body(), 100).await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn a_request_sees_nothing_of_the_page_begun_before_it() {
        let page = Owner::new_root(None);
        page.with(|| provide_context("another's page"));
        let routes = Router::new().route("/", get(seen));
        assert_eq!(
            answer(routes.clone()).await,
            b"another's page",
            "Leptos has changed: `isolated_owner` may no longer be needed"
        );
        assert_eq!(answer(routes.layer(from_fn(isolated_owner))).await, b"nothing");
    }

    /// The first answer never comes.
    #[tokio::test(start_paused = true)]
    async fn a_page_that_does_not_come_is_rendered_again() {
        let asked = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let page = async move || {
            if asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
                std::future::pending::<()>().await;
            }
            "the page"
        };
        assert_eq!(answer(Router::new().route("/", get(page)).layer(from_fn(again))).await, b"the page");
    }
}
