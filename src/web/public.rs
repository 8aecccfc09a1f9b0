//! The pages behind the links in a message: leaving a review, and unsubscribing. They need neither scripts nor cookies: the
//! token in the address identifies the customer.

use super::{
    form_field,
    reply::{self, Branded},
    tracking::{Visitor, letter, record},
};
use crate::{
    domain::{
        AppError, AppResult, Timestamp,
        contact::{TEXT_MAX, parse_text},
        language::Language,
        message::EventKind,
        public_words::AfterWords,
        review::Rating,
        review_page::ReviewPage,
        status::Signal,
        visit::Link,
    },
    server::{
        AppState, auth, clock,
        language::pages,
        peer::peer,
        store::{
            customers, review_pages,
            reviews::{self, NewReview},
            timeline,
            tracking::{self, Hit, Letter},
        },
    },
    ui::pages::{
        review::{ReviewForm, after_page, notice_page, review_page, unbranded_page},
        unsubscribe::unsubscribe_page,
    },
};
use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{Extensions, HeaderMap, Method, StatusCode, Uri, header::ACCEPT_LANGUAGE},
    response::Response,
};
use leptos::prelude::AnyView;

/// How much longer than its link a review is taken, in ms: what is written on a page that was opened in time is not lost.
const GRACE: i64 = Timestamp::DAY;

/// The parts of a request that the public pages use.
struct PublicRequest {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    peer: String,
    now: Timestamp,
}

impl PublicRequest {
    fn new(state: &AppState, method: Method, uri: Uri, headers: HeaderMap, extensions: &Extensions) -> Self {
        let peer = peer(&headers, extensions, &state.config.trusted_proxies);
        Self { method, uri, headers, peer, now: clock::now() }
    }

    /// The message that the token in the address belongs to. Unknown tokens are rate-limited, so that nobody can guess one.
    async fn letter(&self, state: &AppState) -> AppResult<Letter> {
        state.limits.public.take(&self.peer, self.now)?;
        match letter(state, &self.uri).await? {
            Some(letter) => {
                state.limits.public.give_back(&self.peer);
                Ok(letter)
            }
            None => Err(AppError::NotFound("This link does not work.".into())),
        }
    }

    /// That which the browser prefers.
    fn language(&self) -> Language {
        let header = self.headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        Language::accepted(header.unwrap_or_default())
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor { method: &self.method, headers: &self.headers, peer: &self.peer, at: self.now }
    }
}

/// `language` is for what is said without knowing the project.
fn answer(state: &AppState, language: Language, result: AppResult<Response>) -> Response {
    match result {
        Ok(response) => response,
        Err(error) => {
            let words = pages::instead(language, &error);
            let title = words.title.clone();
            reply::page(&state.leptos_options, auth::status(&error), language, &title, unbranded_page(words))
        }
    }
}

/// Shows the form and records the click. A GET never records a rating.
pub async fn invite(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let request = PublicRequest::new(&state, parts.method, parts.uri, parts.headers, &parts.extensions);
    let shown = async {
        let letter = request.letter(&state).await?;
        let page = match is_open(&letter, request.now, 0) {
            true => form_page(&state, StatusCode::OK, &letter, ReviewForm::default()).await?,
            false => expired(&state, &letter).await?,
        };
        record(&state, letter, Link::Review, request.visitor()).await;
        Ok(page)
    };
    answer(&state, request.language(), shown.await)
}

/// A review that was left is always shown.
fn is_open(letter: &Letter, now: Timestamp, grace: i64) -> bool {
    letter.left().is_some() || !letter.has_expired(now, grace)
}

async fn expired(state: &AppState, letter: &Letter) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let words = pages::expired(letter.language, &letter.project_name);
    let title = words.title.clone();
    let body = notice_page(&page, &letter.project_name, words);
    Ok(branded(state, letter, &title, &page, body).answer(StatusCode::GONE))
}

async fn form_page(state: &AppState, status: StatusCode, letter: &Letter, form: ReviewForm) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let invitation = letter.invitation();
    if let Some(rating) = letter.left() {
        return Ok(after(state, letter, &page, pages::left(letter.language, &invitation, rating), rating));
    }
    let words = pages::form(letter.language, &invitation, &page);
    let title = words.title.clone();
    let body = review_page(&page, &letter.project_name, words, form);
    Ok(branded(state, letter, &title, &page, body).answer(status))
}

fn after(state: &AppState, letter: &Letter, page: &ReviewPage, words: AfterWords, rating: Rating) -> Response {
    let title = words.title.clone();
    let body = after_page(page, &letter.project_name, words, rating);
    branded(state, letter, &title, page, body).answer(StatusCode::OK)
}

/// A page in the colors and the language of the letter's project.
fn branded(state: &AppState, letter: &Letter, title: &str, page: &ReviewPage, body: AnyView) -> Branded {
    Branded::new(&state.leptos_options, letter.language, title, page, body)
}

/// How the pages of the letter's project look.
async fn look(state: &AppState, letter: &Letter) -> AppResult<ReviewPage> {
    review_pages::of(&letter.system(&state.db)).await
}

/// Takes a review.
pub async fn review(
    State(state): State<AppState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
    body: Bytes,
) -> Response {
    let request = PublicRequest::new(&state, method, uri, headers, &extensions);
    let taken = async {
        let letter = request.letter(&state).await?;
        take_review(&state, &letter, &body, request.now).await
    };
    answer(&state, request.language(), taken.await)
}

async fn take_review(state: &AppState, letter: &Letter, body: &[u8], now: Timestamp) -> AppResult<Response> {
    if let Some(rating) = letter.left() {
        return thanks(state, letter, rating).await;
    }
    if !is_open(letter, now, GRACE) {
        return expired(state, letter).await;
    }
    let (rating, text) = (form_field(body, "rating"), form_field(body, "text"));
    let (rating, text) = match (Rating::parse(&rating), parse_text("text", "Your review", &text, TEXT_MAX)) {
        (Ok(rating), Ok(text)) => (rating, text),
        (checked, parsed) => {
            let form = ReviewForm {
                rating: rating.trim().parse().ok(),
                wrong_rating: checked.is_err().then(|| pages::wrong_rating(letter.language)),
                wrong_text: parsed.is_err().then(|| pages::wrong_text(letter.language, &text)),
                text,
            };
            return form_page(state, StatusCode::UNPROCESSABLE_ENTITY, letter, form).await;
        }
    };
    // A review proves a click, even if the click looked like a machine's.
    let click = Hit { letter: letter.clone(), signal: Signal::Clicked, machine: None, name: None, at: now };
    tracking::record_first(&state.db, click).await?;
    let review =
        NewReview { customer: letter.customer_id, rating, text, source: Some((letter.message_id, letter.request_id)) };
    match reviews::add(&letter.system(&state.db), &review, now).await {
        Ok(_) => thanks(state, letter, rating).await,
        // Two submissions at once: the first one counts.
        Err(AppError::Conflict(_)) => thanks(state, letter, rating).await,
        Err(error) => Err(error),
    }
}

async fn thanks(state: &AppState, letter: &Letter, rating: Rating) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let words = pages::thanks(letter.language, &letter.invitation(), &page, rating);
    Ok(after(state, letter, &page, words, rating))
}

/// Shows a button: opening the link changes nothing, because link scanners open links, too.
pub async fn ask_to_unsubscribe(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let request = PublicRequest::new(&state, parts.method, parts.uri, parts.headers, &parts.extensions);
    let shown = async {
        let letter = request.letter(&state).await?;
        let page = unsubscribed(&state, &letter, false).await?;
        record(&state, letter, Link::Unsubscribe, request.visitor()).await;
        Ok(page)
    };
    answer(&state, request.language(), shown.await)
}

/// Unsubscribes the customer, by the button of the page or a mail program's one-click request (RFC 8058). Idempotent.
pub async fn unsubscribe(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let request = PublicRequest::new(&state, parts.method, parts.uri, parts.headers, &parts.extensions);
    let done = async {
        let letter = request.letter(&state).await?;
        if !letter.is_unsubscribed() {
            let system = letter.system(&state.db);
            customers::set_unsubscribed(&system, letter.customer_id, true, request.now).await?;
            timeline::note(&system, letter.message_id, EventKind::Unsubscribed, None, request.now).await?;
        }
        unsubscribed(&state, &letter, true).await
    };
    answer(&state, request.language(), done.await)
}

async fn unsubscribed(state: &AppState, letter: &Letter, done: bool) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let (language, project_name) = (letter.language, &letter.project_name);
    let (title, body) = if done || letter.is_unsubscribed() {
        let words = pages::unsubscribed(language, project_name);
        (words.title.clone(), notice_page(&page, project_name, words))
    } else {
        let words = pages::unsubscribe(language, project_name);
        (words.title.clone(), unsubscribe_page(&page, project_name, words))
    };
    Ok(branded(state, letter, &title, &page, body).answer(StatusCode::OK))
}
