//! What pages show in a frame: the HTML of a message, and of a mail in the demo's outbox. Neither can run scripts or read
//! cookies, nor load anything from another site.

use super::{
    form_field,
    reply::{self, Branded},
};
use crate::{
    domain::{
        AppError, AppResult,
        review::Rating,
        review_page::ReviewPage,
        template::{TemplateQuery, Wording},
    },
    server::{
        AppState, auth, clock, config::Config, language::pages, outbox, review_pages, store::messages, templates,
    },
    ui::pages::review::{self as public, ReviewForm, after_page},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, Uri,
        header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS},
    },
    response::{Html, IntoResponse, Response},
};

/// For staff. External images are not loaded: they would tell other sites when staff read a message.
const MESSAGE: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; \
     base-uri 'none'; form-action 'none'",
);

/// In the demo's outbox the visitor plays the customer: links open, and the pixel, which is an image of ours, loads.
fn outbox_policy(config: &Config) -> HeaderValue {
    let policy = format!(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self' {} data:; \
         style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
        config.base_url
    );
    HeaderValue::from_str(&policy).unwrap_or(MESSAGE)
}

/// For an error in the frame, for example because the message was deleted.
const ERROR: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; img-src 'self'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'; \
     form-action 'none'",
);

pub async fn message(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        let id = id.parse().map_err(|_| AppError::no_such("message"))?;
        Ok(messages::content(&viewer, id).await?.html)
    };
    framed(&state, html.await, MESSAGE)
}

/// What the newest customer would get by the template in force.
pub async fn template(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        templates::preview(&viewer, &state, TemplateQuery::parse(uri.query().unwrap_or_default()), None).await
    };
    framed(&state, html.await, MESSAGE)
}

/// The same of what is being typed.
pub async fn draft(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        let query = TemplateQuery::parse(&form_field(&body, "query"));
        let draft =
            Wording { subject: form_field(&body, "wording[subject]"), body: form_field(&body, "wording[body]") };
        templates::preview(&viewer, &state, query, Some(draft)).await
    };
    framed(&state, html.await, MESSAGE)
}

/// The review page as its customers see it.
pub async fn review_page(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let view = form_field(uri.query().unwrap_or_default().as_bytes(), "view");
    shown_review_page(&state, &slug, &headers, &view, None).await
}

/// The same as it is being changed.
pub async fn review_page_draft(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let view = form_field(uri.query().unwrap_or_default().as_bytes(), "view");
    let draft = ReviewPage::of(|field| form_field(&body, &format!("form[{field}]")));
    shown_review_page(&state, &slug, &headers, &view, Some(draft)).await
}

async fn shown_review_page(
    state: &AppState,
    slug: &str,
    headers: &HeaderMap,
    view: &str,
    draft: Option<ReviewPage>,
) -> Response {
    let found = async {
        let viewer = auth::access(state, headers, slug, clock::now()).await?;
        let (page, invitation) = review_pages::preview(&viewer, draft).await?;
        AppResult::Ok((viewer.language, page, invitation))
    };
    let (language, page, invitation) = match found.await {
        Ok(found) => found,
        Err(error) => return framed(state, Err(error), ERROR),
    };
    let (title, body) = match (view, Rating::new(5)) {
        ("thanks", Ok(rating)) => {
            let words = pages::thanks(language, &invitation, &page, rating);
            (words.title.clone(), after_page(&page, &invitation.project_name, words, rating))
        }
        _ => {
            let words = pages::form(language, &invitation, &page);
            let form = ReviewForm::default();
            (words.title.clone(), public::review_page(&page, &invitation.project_name, words, form))
        }
    };
    let Branded { html, sources } = Branded::new(&state.leptos_options, language, &title, &page, body);
    // The same origin, so that the style sheet of ours is loaded; scripts, forms and windows stay forbidden.
    let policy = format!(
        "sandbox allow-same-origin; default-src 'none'; {sources}; frame-ancestors 'self'; base-uri 'none'; \
         form-action 'none'"
    );
    framed(state, Ok(html), HeaderValue::from_str(&policy).unwrap_or(ERROR))
}

pub async fn outbox(
    State(state): State<AppState>,
    Path((slug, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        let html = outbox::html(&state.config, &viewer, &file).await?;
        Ok(with_links_outside(&html))
    };
    framed(&state, html.await, outbox_policy(&state.config))
}

/// Makes links open in a new window instead of the frame.
fn with_links_outside(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    match html.find("<head>") {
        Some(at) => {
            let (before, after) = html.split_at(at + "<head>".len());
            format!("{before}{BASE}{after}")
        }
        None => format!("{BASE}{html}"),
    }
}

fn framed(state: &AppState, html: AppResult<String>, policy: HeaderValue) -> Response {
    let (policy, answer) = match html {
        Ok(html) => (policy, Html(html).into_response()),
        Err(error) => (ERROR, reply::error(&state.leptos_options, &error)),
    };
    let headers = [(CONTENT_SECURITY_POLICY, policy), (X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"))];
    (headers, answer).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_leave_the_frame() {
        assert_eq!(
            with_links_outside("<html><head><title>x</title></head></html>"),
            "<html><head><base target=\"_blank\"><title>x</title></head></html>"
        );
        assert_eq!(with_links_outside("<p>x"), "<base target=\"_blank\"><p>x");
    }
}
