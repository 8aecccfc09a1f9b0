//! What staff wrote down about a customer.

use super::{
    actions::CustomerActions,
    form::{CustomerTarget, FieldError, FormNotice, described_by, field_error},
};
use crate::{
    domain::{
        CustomerId,
        contact::TEXT_MAX,
        customer::{Note, Profile},
    },
    ui::parts::{
        post::{Post, PostForm},
        time::Time,
    },
};
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn Notes(
    slug: String,
    id: CustomerId,
    profile: Signal<Profile>,
    today: NaiveDate,
    actions: CustomerActions,
    may_change: bool,
) -> impl IntoView {
    let notes = Memo::new(move |_| profile.with(|p| p.notes.clone()));
    let none = Memo::new(move |_| notes.with(Vec::is_empty));
    let add = may_change.then(|| view! { <AddNoteForm slug=slug.clone() id action=actions.add_note /> });
    let item = move |note: Note| {
        let delete = may_change.then(|| {
            view! { <DeleteNoteForm slug=slug.clone() id note=note.clone() action=actions.delete_note /> }
        });
        view! {
            <li class="note">
                <p class="note-text">{note.text}</p>
                <p class="muted">{note.author} ", " <Time at=note.at today /></p>
                {delete}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="notes-heading">
            <h2 id="notes-heading">"Notes"</h2>
            <FormNotice error=actions.delete_note.refusal() />
            {move || none.get().then(|| view! { <p class="muted">"No notes yet."</p> })}
            <ul class="notes" hidden=move || none.get()>
                <For each=move || notes.get() key=|note| note.id children=item />
            </ul>
            {add}
        </section>
    }
}

#[component]
fn DeleteNoteForm(slug: String, id: CustomerId, note: Note, action: Post) -> impl IntoView {
    let beginning: String = note.text.chars().take(40).collect();
    view! {
        <PostForm to=action>
            <CustomerTarget slug id />
            <input type="hidden" name="note" value=note.id.to_string() />
            <button class="link-button" type="submit" aria-label=format!("Delete note: {beginning}")>
                "Delete"
            </button>
        </PostForm>
    }
}

#[component]
fn AddNoteForm(slug: String, id: CustomerId, action: Post) -> impl IntoView {
    let error = action.refusal();
    let for_text = field_error(error, "text");
    let form = NodeRef::<leptos::html::Form>::new();
    action.on_done(Callback::new(move |_| {
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
    }));
    view! {
        <PostForm to=action node_ref=form>
            <CustomerTarget slug id />
            <FormNotice error fields=&["text"] />
            <div class="field">
                <label class="field-label" for="note-text">"New note"</label>
                <textarea
                    class="input"
                    id="note-text"
                    name="text"
                    rows="2"
                    required
                    maxlength=TEXT_MAX.to_string()
                    aria-invalid=move || for_text.get().map(|_| "true")
                    aria-describedby=described_by("note-text", false, for_text)
                ></textarea>
                <FieldError id="note-text" error=for_text />
            </div>
            <button class="button" type="submit">"Add note"</button>
        </PostForm>
    }
}
