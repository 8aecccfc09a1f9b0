//! Who is asking: from a request's session to the guards that give access to a project, and what an answer tells the
//! person.

pub mod password;
pub mod session;

use crate::{
    domain::{AppError, AppResult, Timestamp, UserId, contact::EMAIL_MAX, customer::Done, role::Role},
    server::{
        AppState,
        guard::{Manager, Operator, Viewer},
        store::{Db, people},
    },
};
use axum::http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, SET_COOKIE},
    request::Parts,
};
use axum_extra::extract::CookieJar;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use session::Token;

/// The cookie that carries what a form without scripts did to the page after it.
const NOTICE: &str = "notice";

/// What the gate found out about the person and the project of a page, for whatever the page asks for while it is made.
#[derive(Clone)]
pub struct Access {
    pub slug: String,
    pub found: AppResult<Viewer>,
}

/// The request that a server function answers, by itself or while a page is made.
struct Asking {
    state: AppState,
    parts: Parts,
    answer: ResponseOptions,
}

impl Asking {
    fn now() -> AppResult<Self> {
        match (use_context(), use_context(), use_context()) {
            (Some(state), Some(parts), Some(answer)) => Ok(Self { state, parts, answer }),
            _ => {
                // Whoever asked for the page has left while it was made.
                tracing::debug!("a server function was called outside of a request");
                Err(AppError::Internal("no request".into()))
            }
        }
    }

    /// Whether a page is being made, rather than a server function called over the network.
    fn is_page(&self) -> bool {
        !self.parts.uri.path().starts_with("/api/")
    }

    /// Whether a browser sent a form by itself, without scripts.
    fn is_plain_form(&self) -> bool {
        !self.is_page() && wants_html(&self.parts.headers)
    }

    fn set_cookie(&self, name: &str, value: &str, seconds: i64) {
        let cookie = session::cookie(&self.state.config, name, value, seconds);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            self.answer.append_header(SET_COOKIE, cookie);
        }
    }

    fn cookie(&self, name: &str) -> Option<String> {
        let name = session::cookie_name(&self.state.config, name);
        CookieJar::from_headers(&self.parts.headers).get(&name).map(|c| c.value().to_owned())
    }
}

pub fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

/// The state that the request being answered shares with all others.
pub fn state() -> AppResult<AppState> {
    Asking::now().map(|asking| asking.state)
}

/// The person's access to a project.
///
/// # Errors
/// `Unauthorized` without a session, `NotFound` for a project that is not there or not theirs. While a page is made, the
/// page takes the error's status.
pub async fn viewer(slug: &str) -> AppResult<Viewer> {
    let asking = Asking::now()?;
    let found = match asking.parts.extensions.get::<Access>() {
        Some(access) if access.slug == slug => access.found.clone(),
        _ => access(&asking.state, &asking.parts.headers, slug, Timestamp::now()).await,
    };
    if let Err(error) = &found
        && asking.is_page()
    {
        asking.answer.set_status(status(error));
    }
    found
}

/// As [`viewer`]; also `Forbidden` for a lower role.
pub async fn operator(slug: &str) -> AppResult<Operator> {
    viewer(slug).await?.operator().ok_or_else(|| lacks(Role::Operator))
}

/// As [`viewer`]; also `Forbidden` for a lower role.
pub async fn manager(slug: &str) -> AppResult<Manager> {
    viewer(slug).await?.manager().ok_or_else(|| lacks(Role::Manager))
}

fn lacks(role: Role) -> AppError {
    AppError::Forbidden(format!("Ask an admin of this project for the {role} role to do this."))
}

pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The access that a request's session has to a project, looked up in one query.
pub async fn access(state: &AppState, headers: &HeaderMap, slug: &str, now: Timestamp) -> AppResult<Viewer> {
    let token = Token::of(&state.config, headers).ok_or(AppError::Unauthorized)?;
    let access = people::access(&state.db, &token.hash(), slug, now).await?.ok_or(AppError::Unauthorized)?;
    let not_theirs = "There is no project at this address, or you are not a member of it.";
    let found = access.project.ok_or_else(|| AppError::NotFound(not_theirs.into()))?;
    if access.last_project != Some(found.id) {
        let (db, person) = (state.db.clone(), access.person);
        tokio::spawn(async move {
            if let Err(error) = people::remember_project(&db, person, found.id).await {
                tracing::warn!(%error, "the project last used was not remembered");
            }
        });
    }
    Ok(Viewer {
        db: state.db.clone(),
        project: found.id,
        slug: slug.to_owned(),
        project_name: found.name,
        zone: found.zone,
        user: Some(access.person),
        user_name: access.name,
        user_email: access.email,
        role: found.role,
    })
}

/// What an action tells the person. A form without scripts is answered by a redirect, so the sentence waits in a cookie
/// for the page that it leads to. (The status of an error is set for all server functions at once, in http/functions.rs.)
pub fn answer(result: AppResult<Done>) -> AppResult<Done> {
    let done = result?;
    let asking = Asking::now()?;
    if asking.is_plain_form()
        && let Ok(json) = serde_json::to_vec(&done)
    {
        asking.set_cookie(NOTICE, &URL_SAFE_NO_PAD.encode(json), 60);
    }
    Ok(done)
}

/// A form without scripts leads back to the page that it is on; this leads elsewhere, where that page is gone.
pub fn leave_for(path: &str) {
    if Asking::now().is_ok_and(|asking| asking.is_plain_form()) {
        leptos_axum::redirect(path);
    }
}

/// What [`answer`] left for this page; once.
pub fn take_notice() -> Option<Done> {
    let asking = Asking::now().ok()?;
    let value = asking.cookie(NOTICE)?;
    asking.set_cookie(NOTICE, "", 0);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}

/// Signs in by email and password; leads to `next` where that is a path of ours, else to the project last used.
///
/// # Errors
/// `Invalid` with the same sentence, after the same time, for a wrong password and for an unknown person; `TooMany`.
pub async fn sign_in(email: &str, password: &str, next: &str) -> AppResult<()> {
    let asking = Asking::now()?;
    let AppState { db, limits, .. } = &asking.state;
    let now = Timestamp::now();
    let email = email.trim().to_lowercase();
    let address = crate::server::http::peer(&asking.parts.headers, &asking.parts.extensions);
    limits.address.take(&address, now)?;
    // Longer ones are nobody's; kept whole, they would fill the memory.
    let account: String = email.chars().take(EMAIL_MAX).collect();
    limits.account.take(&account, now)?;
    let person = people::by_email(db, &email).await?;
    let hash = person.as_ref().and_then(|person| person.password_hash.clone());
    let is_right = password::is_right(password, hash).await?;
    let Some(person) = person.filter(|_| is_right) else {
        return Err(AppError::invalid("", "The email or the password is wrong."));
    };
    limits.address.give_back(&address);
    limits.account.give_back(&account);
    let token = start_session(db, person.id, Token::of(&asking.state.config, &asking.parts.headers), now).await?;
    asking.set_cookie(session::NAME, token.as_str(), session::DAYS * 24 * 60 * 60);
    let home = home(db, person.id).await?;
    leptos_axum::redirect(session::safe_next(next).unwrap_or(&home));
    Ok(())
}

/// A new session; the one that this browser had before ends.
pub async fn start_session(db: &Db, person: UserId, before: Option<Token>, now: Timestamp) -> AppResult<Token> {
    let token = Token::new()?;
    let expires = now.plus(session::DAYS * Timestamp::DAY);
    people::start_session(db, person, &token.hash(), before.map(|t| t.hash()).as_deref(), now, expires).await?;
    Ok(token)
}

/// Ends the session for good and leads to the sign-in page.
pub async fn sign_out() -> AppResult<()> {
    let asking = Asking::now()?;
    if let Some(token) = Token::of(&asking.state.config, &asking.parts.headers) {
        people::end_session(&asking.state.db, &token.hash()).await?;
    }
    asking.set_cookie(session::NAME, "", 0);
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// The Messages page of the project that a person used last, or else of the first; `/` where there is none.
pub async fn home(db: &Db, person: UserId) -> AppResult<String> {
    Ok(people::home(db, person).await?.map_or_else(|| "/".into(), |slug| format!("/projects/{slug}/messages")))
}

/// The token of a link that signs a person in once, within a day.
pub async fn new_link(db: &Db, person: UserId, now: Timestamp) -> AppResult<String> {
    let token = Token::new()?;
    people::add_link(db, person, &token.hash(), now.plus(Timestamp::DAY)).await?;
    Ok(token.as_str().to_owned())
}
