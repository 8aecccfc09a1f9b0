//! What stands in a page's place where it cannot be shown: no such thing, no access, not signed in, or out of order.

use crate::domain::AppError;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// Sets the HTTP status of the page that is being answered. The server provides it as a context.
#[derive(Clone)]
pub struct PageStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

/// The page of an address that leads nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <ErrorPage error=AppError::NotFound("There is no page at this address.".into()) /> }
}

/// An error in a page's place: what happened, and where to go from here.
#[component]
pub fn ErrorPage(error: AppError) -> impl IntoView {
    if let Some(PageStatus(set)) = use_context() {
        set(error.status());
    }
    let here = use_location();
    let title = title(&error);
    let way_on = match &error {
        AppError::Unauthorized => {
            let next = sign_in_href(&here.pathname.get_untracked(), &here.search.get_untracked());
            view! { <a class="button button-primary" href=next>"Sign in"</a> }.into_any()
        }
        AppError::Unavailable(_) | AppError::TooMany(_) | AppError::Internal(_) | AppError::Transport(_) => {
            let again = same_address(&here.pathname.get_untracked(), &here.search.get_untracked());
            view! { <a class="button" href=again rel="external">"Try again"</a> }.into_any()
        }
        _ => view! { <a class="button" href="/" rel="external">"Go to Messages"</a> }.into_any(),
    };
    view! {
        <Title text=title />
        <div class="empty error-page">
            <h1 tabindex="-1">{title}</h1>
            <p>{error.to_string()}</p>
            <p>{way_on}</p>
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

/// The sign-in page, which leads back to this address.
fn sign_in_href(path: &str, search: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", &same_address(path, search));
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
        assert_eq!(
            sign_in_href("/projects/a/messages", "status=sent&q=x"),
            "/sign-in?next=%2Fprojects%2Fa%2Fmessages%3Fstatus%3Dsent%26q%3Dx"
        );
        assert_eq!(same_address("/x", ""), "/x");
    }
}
