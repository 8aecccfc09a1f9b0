//! Runs before a page is rendered: redirects people who are not signed in, and handles `/` and sign-in links.

use super::reply;
use crate::{
    domain::{AppError, AppResult, Timestamp},
    server::{
        AppState,
        auth::{
            self, Access,
            session::{self, Token},
        },
        clock,
        store::people,
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header::SET_COOKIE},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

pub async fn gate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    if !method.is_safe() {
        return next.run(request).await;
    }
    let now = clock::now();
    let redirect = match uri.path() {
        "/" => home(&state, headers, now).await,
        // A HEAD request must not use up the link.
        "/sign-in" if *method == Method::GET => match one_time_token(uri) {
            Some(token) => sign_in(&state, headers, &token, now).await,
            None => return next.run(request).await,
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

/// Redirects `/` to the Messages page of the project last used.
async fn home(state: &AppState, headers: &HeaderMap, now: Timestamp) -> AppResult<Response> {
    let person = match Token::of(&state.config, headers) {
        Some(token) => people::of_session(&state.db, &token.hash(), now).await?,
        None => None,
    };
    let Some(person) = person else { return Ok(Redirect::to("/sign-in").into_response()) };
    let home = auth::home(&state.db, person).await?;
    if home == "/" {
        let sentence = "You are not a member of any project. Ask an admin of a project to add you.";
        return Err(AppError::Forbidden(sentence.into()));
    }
    Ok(Redirect::to(&home).into_response())
}

fn one_time_token(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
}

/// Uses a one-time link.
async fn sign_in(state: &AppState, headers: &HeaderMap, token: &str, now: Timestamp) -> AppResult<Response> {
    let person = match Token::parse(token) {
        Some(token) => people::use_link(&state.db, &token.hash(), now).await?,
        None => None,
    };
    let Some(person) = person else { return Ok(Redirect::to("/sign-in?problem=link").into_response()) };
    let before = Token::of(&state.config, headers);
    let token = auth::start_session(&state.db, person, before, now).await?;
    let cookie = session::cookie(&state.config, session::NAME, token.as_str(), session::DAYS * 24 * 60 * 60);
    Ok(([(SET_COOKIE, cookie.to_string())], Redirect::to("/")).into_response())
}

/// The sign-in page, which redirects to `uri` afterwards.
fn sign_in_first(uri: &Uri) -> String {
    let here = uri.path_and_query().map_or("/", |p| p.as_str());
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    format!("/sign-in?{query}")
}
