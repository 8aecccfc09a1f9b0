//! The page behind a message's unsubscribe link: opening it changes nothing, the button does.

use super::review::branded;
use crate::domain::{public_words::UnsubscribeWords, review_page::ReviewPage};
use leptos::prelude::*;

pub fn unsubscribe_page(page: &ReviewPage, project_name: &str, words: UnsubscribeWords) -> AnyView {
    let content = view! {
        <h1>{words.heading}</h1>
        <p>{words.sentence}</p>
        <form method="post">
            <button class="button button-primary" type="submit">
                {words.button}
            </button>
        </form>
    };
    branded(page, project_name, content)
}
