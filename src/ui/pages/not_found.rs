//! The page for an error: no such thing, no access, not signed in, or the server cannot answer.

use crate::{
    domain::AppError,
    ui::{hooks::live::use_live, parts::heading::PageHeading},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// Sets the HTTP status of the page. Only the server provides it.
#[derive(Clone)]
pub struct PageStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

/// The page for an unknown address, within the frame of its project if it names one.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let page = view! { <ErrorPage error=AppError::NotFound("There is no page at this address.".into()) /> };
    // The frame has a main landmark already.
    match use_live() {
        Some(_) => page.into_any(),
        None => view! {
            <main class="content" id="content" tabindex="-1">
                {page}
            </main>
        }
        .into_any(),
    }
}

/// Says what happened, and where to go from here. It is shown in place of a page, within the main landmark.
#[component]
pub fn ErrorPage(error: AppError) -> impl IntoView {
    if let Some(PageStatus(set)) = use_context() {
        set(error.status());
    }
    let here = use_location();
    let here = same_address(&here.pathname.get_untracked(), &here.search.get_untracked());
    let title = title(&error);
    let (href, label, class) = match &error {
        AppError::Unauthorized => (sign_in_href(&here), "Sign in", "button button-primary"),
        AppError::Unavailable(_) | AppError::TooMany(_) | AppError::Internal(_) | AppError::Transport(_) => {
            (here, "Try again", "button")
        }
        _ => ("/".to_owned(), "Go to Messages", "button"),
    };
    view! {
        <Title text=title />
        <div class="empty error-page">
            <PageHeading>{title}</PageHeading>
            <p>{error.to_string()}</p>
            <p>
                // A full load: the error may be in the program that runs here.
                <a class=class href=href rel="external">
                    {label}
                </a>
            </p>
        </div>
    }
}

fn title(error: &AppError) -> &'static str {
    match error {
        AppError::Unauthorized => "Sign in to continue",
        AppError::Forbidden(_) => "No access",
        AppError::NotFound(_) => "Not found",
        AppError::TooMany(_) => "Too many requests",
        AppError::Unavailable(_) => "Busy right now",
        AppError::Transport(_) => "No connection",
        AppError::Conflict(_) | AppError::Invalid { .. } | AppError::Internal(_) => "Something went wrong",
    }
}

/// The sign-in page, which leads back to the address `here`.
fn sign_in_href(here: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", here);
    format!("/sign-in?{}", query.finish())
}

fn same_address(path: &str, search: &str) -> String {
    let search = search.trim_start_matches('?');
    if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back() {
        let here = same_address("/projects/a/messages", "status=sent&q=x");
        assert_eq!(sign_in_href(&here), "/sign-in?next=%2Fprojects%2Fa%2Fmessages%3Fstatus%3Dsent%26q%3Dx");
        assert_eq!(same_address("/x", ""), "/x");
    }
}
