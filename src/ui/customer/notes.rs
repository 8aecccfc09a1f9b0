//! What staff wrote down about a customer.

use super::fields::target;
use crate::{
    api::customers::{AddNote, DeleteNote},
    domain::{
        contact::TEXT_MAX,
        customer::{Note, Profile},
        project::Frame,
        role::Role,
    },
    ui::parts::{
        post::{Post, described_by, field_error},
        time::Time,
    },
};
use leptos::prelude::*;

pub fn notes(profile: &Profile, frame: &Frame) -> impl IntoView + use<> {
    let delete = Post::to::<DeleteNote>();
    let may_change = frame.may(Role::Operator);
    let customer = profile.customer.id;
    let item = |note: &Note| {
        let delete = may_change.then(|| {
            let beginning: String = note.text.chars().take(40).collect();
            view! {
                <form method="post" action=delete.path>
                    {target(&frame.slug, customer)} <input type="hidden" name="note" value=note.id.to_string() />
                    <button class="link-button" type="submit" aria-label=format!("Delete note: {beginning}")>
                        "Delete"
                    </button>
                </form>
            }
        });
        view! {
            <li class="note" id=format!("note-{}", note.id)>
                <p class="note-text">{note.text.clone()}</p>
                <p class="muted">{note.author.clone()} ", " <Time at=note.at today=frame.today /></p>
                {delete}
            </li>
        }
    };
    let list = if profile.notes.is_empty() {
        view! { <p class="muted">"No notes yet."</p> }.into_any()
    } else {
        view! { <ul class="notes">{profile.notes.iter().map(item).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="notes-heading">
            <h2 id="notes-heading">"Notes"</h2>
            {delete.notice(&[])}
            {list}
            {may_change.then(|| add_note(profile, frame))}
        </section>
    }
}

fn add_note(profile: &Profile, frame: &Frame) -> impl IntoView + use<> {
    let post = Post::to::<AddNote>();
    let error = post.error("text");
    view! {
        <form method="post" action=post.path>
            {target(&frame.slug, profile.customer.id)} {post.notice(&["text"])}
            <div class="field">
                <label class="field-label" for="note-text">
                    "New note"
                </label>
                <textarea
                    class="input"
                    id="note-text"
                    name="text"
                    rows="2"
                    required
                    maxlength=TEXT_MAX.to_string()
                    aria-invalid=error.as_ref().map(|_| "true")
                    aria-describedby=described_by("note-text", false)
                ></textarea>
                {field_error("note-text", "text", error)}
            </div>
            <button class="button" type="submit">
                "Add note"
            </button>
        </form>
    }
}
