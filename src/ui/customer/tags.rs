//! A customer's tags, and the form that replaces them.

use super::fields::CustomerTarget;
use crate::{
    api::customers::SetTags,
    domain::{CustomerId, customer::Profile},
    ui::{
        hooks::{action::FormAction, focus},
        messages::steering::use_steering,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, html, prelude::*};

#[component]
pub fn Tags(slug: String, profile: Memo<Profile>, may_change: bool) -> impl IntoView {
    let id = profile.with_untracked(|profile| profile.customer.id);
    let tags = Memo::new(move |_| profile.with(|profile| profile.customer.tags.clone()));
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
            {may_change.then(|| view! { <TagsForm slug id tags /> }.into_any())}
        </section>
    }
}

/// Behind a disclosure, which closes when the tags are saved.
#[component]
fn TagsForm(slug: String, id: CustomerId, tags: Memo<Vec<String>>) -> impl IntoView {
    let action = ServerAction::<SetTags>::new();
    let steering = use_steering();
    let (details, form) = (NodeRef::<html::Details>::new(), NodeRef::<html::Form>::new());
    let summary = NodeRef::<html::Summary>::new();
    let project = slug.clone();
    action.on_done(move |done| {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
        // From now on the field shows what is saved, and not what was typed.
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
        if let Some(summary) = summary.get_untracked() {
            focus::without_scrolling(&summary);
        }
        steering.done(&project, done);
    });
    let error = action.refusal();
    let value = Signal::derive(move || tags.with(|tags| tags.join(", ")));
    // After a refusal without scripts, it is open and says why.
    let is_open = error.with_untracked(Option::is_some);
    view! {
        <details class="edit" node_ref=details open=is_open>
            <summary node_ref=summary>"Edit tags"</summary>
            <ActionForm action node_ref=form>
                <CustomerTarget slug id />
                <FormNotice error fields=&["tags"] />
                <TextField id="tags" label="Tags, separated by commas" name="tags" field="tags" error value />
                <SubmitButton label="Save tags" class=PLAIN pending=action.pending() />
            </ActionForm>
        </details>
    }
}
