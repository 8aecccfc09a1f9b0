//! The page behind a message's unsubscribe link: opening it changes nothing, the button does.

use super::review::branded;
use crate::domain::review_page::ReviewPage;
use leptos::prelude::*;

/// `done` after the button was pressed, and for a customer who is unsubscribed already.
pub fn unsubscribe_page(page: &ReviewPage, project_name: &str, done: bool) -> AnyView {
    if done {
        let sentence = format!("{project_name} will send you no more review requests by email or SMS.");
        let content = view! {
            <h1>"You are unsubscribed"</h1>
            <p>{sentence}</p>
            <p class="muted">"You can close this page now."</p>
        };
        return branded(page, project_name, content);
    }
    let content = view! {
        <h1>"Unsubscribe"</h1>
        <p>{format!("You will get no more review requests from {project_name}, neither by email nor by SMS.")}</p>
        <form method="post">
            <button class="button button-primary" type="submit">"Unsubscribe"</button>
        </form>
    };
    branded(page, project_name, content)
}
