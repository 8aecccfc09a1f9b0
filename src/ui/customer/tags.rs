//! A customer's tags, and the form that replaces them.

use super::form::{CustomerTarget, FormNotice, TextField};
use crate::{
    domain::{CustomerId, customer::Customer},
    ui::parts::post::{Post, PostForm},
};
use leptos::prelude::*;

#[component]
pub fn Tags(slug: String, customer: Memo<Customer>, action: Post, may_change: bool) -> impl IntoView {
    let tags = Memo::new(move |_| customer.with(|c| c.tags.clone()));
    let id = customer.with_untracked(|c| c.id);
    let list = move || {
        let tags = tags.get();
        if tags.is_empty() {
            return view! { <p class="muted">"No tags yet."</p> }.into_any();
        }
        let items = tags.into_iter().map(|tag| view! { <li class="tag">{tag}</li> }).collect_view();
        view! { <ul class="tags">{items}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="tags-heading">
            <h2 id="tags-heading">"Tags"</h2>
            {list}
            {may_change.then(|| view! { <TagsForm slug id tags action /> })}
        </section>
    }
}

#[component]
fn TagsForm(slug: String, id: CustomerId, tags: Memo<Vec<String>>, action: Post) -> impl IntoView {
    let error = action.refusal();
    let written = Signal::derive(move || tags.with(|tags| tags.join(", ")));
    view! {
        <details class="edit">
            <summary>"Edit tags"</summary>
            <PostForm to=action>
                <CustomerTarget slug id />
                <FormNotice error fields=&["tags"] />
                <TextField
                    id="tags"
                    label="Tags, separated by commas"
                    name="tags"
                    field="tags"
                    error
                    value=written
                />
                <button class="button" type="submit">"Save tags"</button>
            </PostForm>
        </details>
    }
}
