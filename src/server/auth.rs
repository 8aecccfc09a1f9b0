//! Who is asking: from a request's session to the guards that give access to a project, and what an answer tells the
//! person.

pub mod device;
pub mod invitation;
pub mod myself;
pub mod passing;
pub mod passkeys;
pub mod password;
pub mod proof;
pub mod provider;
pub mod second;
pub mod session;
pub mod totp;

use crate::{
    domain::{
        AppError, AppResult, CustomerId, Timestamp, UserId, account::browser_words, contact::EMAIL_MAX,
        customer::CustomersQuery, done::Done, filter::MessagesQuery, page::PageRef, role::Role,
    },
    server::{
        AppState, clock,
        config::Config,
        peer::peer,
        request_id,
        store::{
            Db, audit,
            guard::{Admin, Manager, Operator, Viewer},
            observe,
            people::{self, Person},
            sessions::{self, NewSession},
        },
    },
};
use axum::http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, REFERER, RETRY_AFTER, SET_COOKIE, USER_AGENT},
    request::Parts,
};
use axum_extra::extract::CookieJar;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Serialize, de::DeserializeOwned};
use session::Token;

/// The cookie that carries the result of a form without scripts to the next page.
const NOTICE: &str = "notice";
/// The one that carries what was entered in a form which was refused.
const ENTERED: &str = "entered";
/// Browsers keep 4,096 bytes of a cookie.
const ENTERED_MAX: usize = 3_500;

/// After how long it is written down again that a session is used.
const USED_AGAIN: i64 = 5 * Timestamp::MINUTE;

/// The result of the gate's lookup of person and project, reused by everything that renders the page.
#[derive(Clone)]
pub struct Access {
    pub slug: String,
    pub found: AppResult<Viewer>,
}

/// The request behind a server function: its own, or that of the page being rendered.
struct Call {
    state: AppState,
    parts: Parts,
    answer: ResponseOptions,
}

impl Call {
    fn current() -> AppResult<Self> {
        match (use_context(), use_context(), use_context()) {
            (Some(state), Some(parts), Some(answer)) => Ok(Self { state, parts, answer }),
            _ => {
                // The client disconnected while the page was rendered.
                tracing::debug!("a server function was called outside of a request");
                Err(AppError::Internal(request_id::reference()))
            }
        }
    }

    /// Whether a page is being rendered, rather than a server function called over the network.
    fn is_page(&self) -> bool {
        !self.parts.uri.path().starts_with("/api/")
    }

    /// Whether a browser sent a form by itself, without scripts.
    fn is_plain_form(&self) -> bool {
        !self.is_page() && wants_html(&self.parts.headers)
    }

    fn set_cookie(&self, name: &str, value: &str, seconds: i64) {
        let cookie = session::cookie(&self.state.config, name, value, seconds);
        if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
            self.answer.append_header(SET_COOKIE, cookie);
        }
    }

    /// The network that asks, for limits.
    fn network(&self) -> String {
        peer(&self.parts.headers, &self.parts.extensions, &self.state.config.trusted_proxies)
    }

    /// The customer whose profile the request was sent from.
    fn customer_of_page(&self) -> Option<CustomerId> {
        let page = self.parts.headers.get(REFERER)?.to_str().ok()?;
        page.split(['?', '#']).next()?.split_once("/customers/")?.1.parse().ok()
    }

    fn cookie(&self, name: &str) -> Option<String> {
        let name = session::cookie_name(&self.state.config, name);
        CookieJar::from_headers(&self.parts.headers).get(&name).map(|c| c.value().to_owned())
    }
}

pub fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

/// The state that all requests share.
pub fn state() -> AppResult<AppState> {
    Call::current().map(|call| call.state)
}

/// The person's access to a project.
///
/// # Errors
/// `Unauthorized` without a session, `NotFound` for a project that does not exist or is not theirs. While a page is
/// rendered, the page takes the error's status.
pub async fn viewer(slug: &str) -> AppResult<Viewer> {
    let call = Call::current()?;
    let found = match call.parts.extensions.get::<Access>() {
        Some(access) if access.slug == slug => access.found.clone(),
        _ => access(&call.state, &call.parts.headers, slug, clock::now()).await,
    };
    if let Err(error) = &found
        && call.is_page()
    {
        call.answer.set_status(status(error));
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

/// As [`viewer`]; also `Forbidden` for a lower role.
pub async fn admin(slug: &str) -> AppResult<Admin> {
    viewer(slug).await?.admin().ok_or_else(|| lacks(Role::Admin))
}

/// The refusal for whom a higher role is needed.
pub fn lacks(role: Role) -> AppError {
    AppError::Forbidden(format!("Ask an admin of this project for the {role} role to do this."))
}

pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The access that a request's session has to a project, looked up in one query.
pub async fn access(state: &AppState, headers: &HeaderMap, slug: &str, now: Timestamp) -> AppResult<Viewer> {
    let token = Token::of(&state.config, headers).ok_or(AppError::Unauthorized)?;
    let access = people::access(&state.db, &token.hash(), slug, now).await?.ok_or(AppError::Unauthorized)?;
    if now.0 - access.used.0 > USED_AGAIN {
        let (db, hash) = (state.db.clone(), token.hash());
        tokio::spawn(async move {
            if let Err(error) = sessions::used(&db, &hash, now).await {
                tracing::warn!(%error, "when a session was last used was not remembered");
            }
        });
    }
    let not_theirs = "There is no project at this address, or you are not a member of it.";
    let viewer = access.viewer.ok_or_else(|| AppError::NotFound(not_theirs.into()))?;
    let today = viewer.day(now);
    if access.last_project != Some(viewer.project) || access.seen_day != today {
        let (db, person, project) = (state.db.clone(), access.person, viewer.project);
        tokio::spawn(async move {
            if let Err(error) = people::remember_visit(&db, person, project, today).await {
                tracing::warn!(%error, "the project last used was not remembered");
            }
        });
    }
    Ok(viewer)
}

/// The answer of an action in a project, with the project's version now that it is done; the audit log keeps its sentence. A form
/// without scripts is answered by a redirect, so a cookie carries the sentence to the next page. (web/functions.rs sets the status of
/// errors.)
pub async fn answer(viewer: &Viewer, result: AppResult<Done>) -> AppResult<Done> {
    answer_about(viewer, result, None).await
}

/// As [`answer`], where it is about a customer whom the page does not name.
pub async fn answer_about(viewer: &Viewer, result: AppResult<Done>, customer: Option<CustomerId>) -> AppResult<Done> {
    let mut done = result?;
    let call = Call::current()?;
    let action = call.parts.uri.path().rsplit('/').next().unwrap_or_default();
    let about = done.row.as_ref().map(|row| (row.customer_id, Some(row.id)));
    let about = about.or_else(|| customer.or_else(|| call.customer_of_page()).map(|customer| (customer, None)));
    // What was done is done, also where it could not be written down.
    if let Err(error) = audit::add(viewer, (action, &done.sentence), about, clock::now()).await {
        tracing::error!(%error, action, "what a member did is missing in the audit log");
    }
    // The change is committed: without its version, the page only loads once more than it had to.
    done.version = observe::version(&call.state.db, viewer.project).await.unwrap_or(viewer.version);
    call.leave_notice(&done);
    Ok(done)
}

impl Call {
    /// For the next page, where a form without scripts is answered by a redirect.
    fn leave_notice(&self, done: &Done) {
        if self.is_plain_form()
            // The next page has the row by itself.
            && let Ok(json) = serde_json::to_vec(&Done { row: None, ..done.clone() })
        {
            self.set_cookie(NOTICE, &URL_SAFE_NO_PAD.encode(json), 60);
        }
    }
}

/// Where a form without scripts was refused, keeps what was entered for the page that shows why. It must hold no secret. False where
/// it is too long to be kept.
pub fn keep_entered(form: &impl Serialize) -> bool {
    if let Ok(call) = Call::current()
        && call.is_plain_form()
        && let Ok(json) = serde_json::to_vec(form)
    {
        let value = URL_SAFE_NO_PAD.encode(json);
        if value.len() > ENTERED_MAX {
            return false;
        }
        call.set_cookie(ENTERED, &value, 60);
    }
    true
}

/// The cookie by which the answer of another route leaves something for the next page, as [`keep_entered`] does.
pub fn entered_cookie(config: &Config, what: &impl Serialize) -> Option<HeaderValue> {
    let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(what).ok()?);
    HeaderValue::from_str(&session::cookie(config, ENTERED, &value, 60).to_string()).ok()
}

/// Takes what [`keep_entered`] left, while a page is rendered.
pub fn take_entered<T: DeserializeOwned>() -> Option<T> {
    let call = Call::current().ok().filter(Call::is_page)?;
    let value = call.cookie(ENTERED)?;
    call.set_cookie(ENTERED, "", 0);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}

/// Redirects a form without scripts to `path` instead of back to its own page, which is gone.
pub fn leave_for(path: &str) {
    if Call::current().is_ok_and(|call| call.is_plain_form()) {
        leptos_axum::redirect(path);
    }
}

/// The same with the number of rows that the person chose last, where the address gives none.
pub fn with_chosen_rows(mut query: MessagesQuery) -> MessagesQuery {
    query.page.per = query.page.per.or_else(chosen_rows);
    query
}

/// The same for customers.
pub fn with_chosen_size(mut query: CustomersQuery) -> CustomersQuery {
    query.per = query.per.or_else(chosen_rows);
    query
}

fn chosen_rows() -> Option<u16> {
    let call = Call::current().ok()?;
    let jar = CookieJar::from_headers(&call.parts.headers);
    jar.get(PageRef::COOKIE).and_then(|cookie| PageRef::parse_size(cookie.value()))
}

/// Takes the sentence that [`answer`] left for this page.
pub fn take_notice() -> Option<Done> {
    let call = Call::current().ok()?;
    let value = call.cookie(NOTICE)?;
    call.set_cookie(NOTICE, "", 0);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}

/// Signs in by email and password, and asks for a code where the person has two-factor sign-in. Leads to `next` where that is a path
/// of ours, else to the project last used.
///
/// # Errors
/// `Invalid` with the same sentence, after the same time, for a wrong password and for an unknown person; `TooMany`;
/// `Unavailable` where too many sign in at once.
pub async fn sign_in(email: &str, password: &str, next: &str) -> AppResult<()> {
    let call = Call::current()?;
    let AppState { db, limits, config, .. } = &call.state;
    let headers = &call.parts.headers;
    let now = clock::now();
    let email = email.trim().to_lowercase();
    let person = people::by_email(db, &email).await?;
    let hash = person.as_ref().and_then(|person| person.password_hash.clone());
    let device = person.as_ref().and_then(|person| device::known(config, headers, person));
    // Nobody has a longer address; keeping longer keys would fill the memory.
    let account: String = email.chars().take(EMAIL_MAX).collect();
    let attempt = limits.sign_in(&account, &call.network(), device.as_deref(), now)?;
    let is_right = password::is_right(password, hash).await.inspect_err(|error| {
        if matches!(error, AppError::Unavailable(_)) {
            attempt.give_back();
            call.answer.insert_header(RETRY_AFTER, HeaderValue::from_static("5"));
        }
    })?;
    let Some(person) = person.filter(|_| is_right) else {
        return Err(AppError::invalid("", "The email or the password is wrong."));
    };
    attempt.give_back();
    proceed(&call, &person, next, now).await
}

/// Signs in by a one-time link, which is one factor as the password is; leads to the project last used.
///
/// # Errors
/// `Invalid` for a link that has been used or has expired.
pub async fn sign_in_by_link(token: &str) -> AppResult<()> {
    let call = Call::current()?;
    let now = clock::now();
    let person = match Token::parse(token) {
        Some(token) => people::use_link(&call.state.db, &token.hash(), now).await?,
        None => None,
    };
    let spent = "This sign-in link has been used or has expired. Sign in with your password, or start the server again \
        for a new link.";
    let person = person.ok_or_else(|| AppError::invalid("", spent))?;
    proceed(&call, &person, "", now).await
}

/// Goes on after the first factor: to the second where the person has one, else into a session.
async fn proceed(call: &Call, person: &Person, next: &str, now: Timestamp) -> AppResult<()> {
    leptos_axum::redirect(&next_step(call, person, next, now).await?);
    Ok(())
}

/// What [`proceed`] does but for the redirect: returns the address of the page that asks for a code, or where the session begins.
async fn next_step(call: &Call, person: &Person, next: &str, now: Timestamp) -> AppResult<String> {
    if person.two_factor_since.is_some() {
        second::ask(call, person, next, now).await?;
        Ok(second::PATH.to_owned())
    } else {
        begin_session(call, person, next, now).await
    }
}

/// Starts the session of a person who has proved who they are, remembers the browser, and leads to `next` or home. `person` was read
/// before the proof was judged.
///
/// # Errors
/// `Invalid` where how they sign in was changed meanwhile.
async fn enter(call: &Call, person: &Person, next: &str, now: Timestamp) -> AppResult<()> {
    leptos_axum::redirect(&begin_session(call, person, next, now).await?);
    Ok(())
}

/// What [`enter`] does but for the redirect: returns the address where the session begins.
async fn begin_session(call: &Call, person: &Person, next: &str, now: Timestamp) -> AppResult<String> {
    let AppState { db, config, .. } = &call.state;
    let headers = &call.parts.headers;
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let before = Token::of(config, headers);
    let token = start_session_in(db, person, before, &browser_words(agent), now).await?;
    call.set_cookie(session::NAME, token.as_str(), session::DAYS * 24 * 60 * 60);
    if device::known(config, headers, person).is_none() {
        know_browser(call, person)?;
    }
    let home = match home(db, person.id).await? {
        // For who is in no project. The router of the browser knows no page at `/`.
        home if home == "/" => "/account".to_owned(),
        home => home,
    };
    Ok(session::safe_next(next).map_or(home, ToOwned::to_owned))
}

/// What a person is told who signs in while that changes.
fn changed_meanwhile() -> AppError {
    AppError::invalid("", "Your password or two-factor sign-in was changed just now. Sign in again.")
}

/// Gives the browser the cookie by which it is known from now on, as long as the person's [`device::key`] is the same.
fn know_browser(call: &Call, person: &Person) -> AppResult<()> {
    if let Some(key) = device::key(person) {
        call.set_cookie(&device::name(person.id), &device::new(&key)?, device::DAYS * 24 * 60 * 60);
    }
    Ok(())
}

/// The same for the browser that asks, after a change of how its person signs in.
pub async fn know_this_browser(person: UserId) -> AppResult<()> {
    let call = Call::current()?;
    let person = people::by_id(&call.state.db, person).await?.ok_or(AppError::Unauthorized)?;
    know_browser(&call, &person)
}

/// Has the browser that asks keep its session under a new token.
pub fn keep_session(token: &Token) -> AppResult<()> {
    Call::current()?.set_cookie(session::NAME, token.as_str(), session::DAYS * 24 * 60 * 60);
    Ok(())
}

/// The hash of the token of the session that asks.
///
/// # Errors
/// `Unauthorized` without one.
pub fn this_session() -> AppResult<Vec<u8>> {
    let call = Call::current()?;
    Token::of(&call.state.config, &call.parts.headers).map(|token| token.hash()).ok_or(AppError::Unauthorized)
}

/// Starts a session in an unknown browser, and ends the one that it had before.
pub async fn start_session(db: &Db, person: UserId, before: Option<Token>, now: Timestamp) -> AppResult<Token> {
    let person = people::by_id(db, person).await?.ok_or(AppError::Unauthorized)?;
    start_session_in(db, &person, before, "", now).await
}

async fn start_session_in(
    db: &Db,
    person: &Person,
    before: Option<Token>,
    browser: &str,
    now: Timestamp,
) -> AppResult<Token> {
    let token = Token::new()?;
    let expires = now.plus(session::DAYS * Timestamp::DAY);
    let new = NewSession { person, token_hash: &token.hash(), browser, expires };
    let is_started = sessions::start(db, &new, before.map(|t| t.hash()).as_deref(), now).await?;
    if is_started { Ok(token) } else { Err(changed_meanwhile()) }
}

/// Ends the session for good and leads to the sign-in page.
pub async fn sign_out() -> AppResult<()> {
    let call = Call::current()?;
    if let Some(token) = Token::of(&call.state.config, &call.parts.headers) {
        sessions::end(&call.state.db, &token.hash()).await?;
    }
    call.set_cookie(session::NAME, "", 0);
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// The Messages page of the project that a person used last, or else of the first; `/` where there is none.
pub async fn home(db: &Db, person: UserId) -> AppResult<String> {
    Ok(people::home(db, person).await?.map_or_else(|| "/".into(), |slug| format!("/projects/{slug}/messages")))
}

/// The token of a one-time sign-in link, valid for a day.
pub async fn new_link(db: &Db, person: UserId, now: Timestamp) -> AppResult<String> {
    let token = Token::new()?;
    people::add_link(db, person, &token.hash(), now, now.plus(Timestamp::DAY)).await?;
    Ok(token.as_str().to_owned())
}
