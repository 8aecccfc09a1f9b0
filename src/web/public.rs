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
        message::EventKind,
        review::Rating,
        review_page::ReviewPage,
        status::Signal,
        visit::Link,
    },
    server::{
        AppState, auth, clock,
        peer::peer,
        store::{
            customers, review_pages,
            reviews::{self, NewReview},
            timeline,
            tracking::{self, Hit, Letter},
        },
    },
    ui::pages::{
        review::{ReviewForm, expired_page, lost_page, review_page, thanks_page},
        unsubscribe::unsubscribe_page,
    },
};
use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{Extensions, HeaderMap, Method, StatusCode, Uri},
    response::Response,
};

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

    fn visitor(&self) -> Visitor<'_> {
        Visitor { method: &self.method, headers: &self.headers, peer: &self.peer, at: self.now }
    }
}

fn answer(state: &AppState, result: AppResult<Response>) -> Response {
    match result {
        Ok(response) => response,
        Err(error @ AppError::NotFound(_)) => {
            reply::page(&state.leptos_options, auth::status(&error), "This link does not work", lost_page())
        }
        Err(error) => reply::error(&state.leptos_options, &error),
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
    answer(&state, shown.await)
}

/// A review that was left is always shown.
fn is_open(letter: &Letter, now: Timestamp, grace: i64) -> bool {
    letter.left().is_some() || !letter.has_expired(now, grace)
}

async fn expired(state: &AppState, letter: &Letter) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let body = expired_page(&page, letter.invitation());
    Ok(Branded::new(&state.leptos_options, "This link has expired", &page, body).answer(StatusCode::GONE))
}

async fn form_page(state: &AppState, status: StatusCode, letter: &Letter, form: ReviewForm) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let title = format!("Review {}", letter.project_name);
    let body = review_page(&page, letter.invitation(), form);
    Ok(Branded::new(&state.leptos_options, &title, &page, body).answer(status))
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
    answer(&state, taken.await)
}

async fn take_review(state: &AppState, letter: &Letter, body: &[u8], now: Timestamp) -> AppResult<Response> {
    if let Some(rating) = letter.left() {
        return thanks(state, letter, rating).await;
    }
    if !is_open(letter, now, GRACE) {
        return expired(state, letter).await;
    }
    let (rating, text) = (form_field(body, "rating"), form_field(body, "text"));
    let checked = Rating::parse(&rating)
        .and_then(|rating| parse_text("text", "Your review", &text, TEXT_MAX).map(|text| (rating, text)));
    let (rating, text) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            let form = ReviewForm { rating: rating.trim().parse().ok(), text, error: Some(error) };
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
    let body = thanks_page(&page, letter.invitation(), rating);
    Ok(Branded::new(&state.leptos_options, "Thank you", &page, body).answer(StatusCode::OK))
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
    answer(&state, shown.await)
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
    answer(&state, done.await)
}

async fn unsubscribed(state: &AppState, letter: &Letter, done: bool) -> AppResult<Response> {
    let page = look(state, letter).await?;
    let body = unsubscribe_page(&page, &letter.project_name, done || letter.is_unsubscribed());
    Ok(Branded::new(&state.leptos_options, "Unsubscribe", &page, body).answer(StatusCode::OK))
}
