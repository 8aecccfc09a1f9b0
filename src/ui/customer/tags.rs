//! A customer's tags, and the form that replaces them.

use super::fields::target;
use crate::{
    api::customers::SetTags,
    domain::{customer::Customer, project::Frame, role::Role},
    ui::parts::post::{Post, TextField},
};
use leptos::prelude::*;

pub fn tags(customer: &Customer, frame: &Frame) -> impl IntoView + use<> {
    let list = if customer.tags.is_empty() {
        view! { <p class="muted">"No tags yet."</p> }.into_any()
    } else {
        let items = customer.tags.iter().map(|tag| view! { <li class="tag">{tag.clone()}</li> }).collect_view();
        view! { <ul class="tags">{items}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="tags-heading">
            <h2 id="tags-heading">"Tags"</h2>
            {list}
            {frame.may(Role::Operator).then(|| tags_form(customer, &frame.slug))}
        </section>
    }
}

fn tags_form(customer: &Customer, slug: &str) -> impl IntoView + use<> {
    let post = Post::to::<SetTags>();
    view! {
        <details class="edit">
            <summary>"Edit tags"</summary>
            <form method="post" action=post.path>
                {target(slug, customer.id)} {post.notice(&["tags"])}
                <TextField
                    id="tags"
                    label="Tags, separated by commas"
                    name="tags"
                    field="tags"
                    error=post.error("tags")
                    value=customer.tags.join(", ")
                />
                <button class="button" type="submit">
                    "Save tags"
                </button>
            </form>
        </details>
    }
}
