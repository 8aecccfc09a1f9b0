//! Runs before a page is rendered: redirects people who are not signed in, and from `/` to where they belong.

use super::reply;
use crate::{
    domain::{AppError, AppResult, Timestamp},
    server::{
        AppState,
        auth::{self, Access, second, session::Token},
        clock,
        store::people,
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// One's account, for who is in no project.
const ALONE: &str = "/account";

pub async fn gate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri(), request.headers());
    if !request.method().is_safe() {
        return next.run(request).await;
    }
    let now = clock::now();
    let redirect = match uri.path() {
        "/" => match home(&state, headers, now, "/").await {
            Ok(redirect) => Ok(redirect.unwrap_or_else(|| Redirect::to(ALONE).into_response())),
            Err(error) => Err(error),
        },
        // In a project it stands in the project's frame.
        ALONE => match home(&state, headers, now, ALONE).await {
            Ok(None) => return next.run(request).await,
            Ok(Some(redirect)) => Ok(redirect),
            Err(error) => Err(error),
        },
        second::PATH => match second::is_awaited(&state, headers, now).await {
            Ok(true) => return next.run(request).await,
            Ok(false) => Ok(Redirect::to("/sign-in").into_response()),
            Err(error) => Err(error),
        },
        path => match path.strip_prefix("/projects/").and_then(|rest| rest.split('/').next()) {
            Some(slug) => {
                let found = auth::access(&state, headers, slug, now).await;
                if matches!(found, Err(AppError::Unauthorized)) {
                    return Redirect::to(&sign_in_first(uri)).into_response();
                }
                let access = Access { slug: slug.to_owned(), found };
                request.extensions_mut().insert(access);
                return next.run(request).await;
            }
            None => return next.run(request).await,
        },
    };
    redirect.unwrap_or_else(|error| reply::error(&state.leptos_options, &error))
}

/// Where a request of a page outside of all projects is led: the person's last project, or signing in. None for who is in no project.
async fn home(state: &AppState, headers: &HeaderMap, now: Timestamp, here: &str) -> AppResult<Option<Response>> {
    let person = match Token::of(&state.config, headers) {
        Some(token) => people::of_session(&state.db, &token.hash(), now).await?,
        None => None,
    };
    let to = |path: &str| Some(Redirect::to(path).into_response());
    let Some(person) = person else {
        return Ok(to(&if here == "/" { "/sign-in".to_owned() } else { sign_in_first(&Uri::from_static(ALONE)) }));
    };
    Ok(people::home(&state.db, person)
        .await?
        .and_then(|slug| to(&format!("/projects/{slug}/{}", if here == ALONE { "account" } else { "messages" }))))
}

/// The sign-in page, which redirects to `uri` afterwards.
fn sign_in_first(uri: &Uri) -> String {
    let here = uri.path_and_query().map_or("/", |p| p.as_str());
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    format!("/sign-in?{query}")
}
