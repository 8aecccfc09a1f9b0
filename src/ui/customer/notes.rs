//! What staff wrote down about a customer.

use super::fields::CustomerTarget;
use crate::{
    api::customers::{AddNote, DeleteNote},
    domain::{
        CustomerId,
        contact::TEXT_MAX,
        customer::{Note, Profile},
    },
    ui::{
        hooks::{action::FormAction, focus},
        messages::steering::use_steering,
        parts::{
            field::{FieldError, FormNotice, described_by, field_error},
            submit_button::{PLAIN, SubmitButton},
            time::Time,
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, html, prelude::*};

const HEADING: &str = "notes-heading";

#[component]
pub fn Notes(slug: String, profile: Memo<Profile>, today: NaiveDate, may_change: bool) -> impl IntoView {
    let id = profile.with_untracked(|profile| profile.customer.id);
    let notes = Memo::new(move |_| profile.with(|profile| profile.notes.clone()));
    let is_empty = Memo::new(move |_| notes.with(Vec::is_empty));
    let delete = ServerAction::<DeleteNote>::new();
    let steering = use_steering();
    let project = slug.clone();
    delete.on_done(move |done| {
        // The button that was pressed goes with its note.
        if let Some(heading) = focus::by_id(HEADING) {
            focus::without_scrolling(&heading);
        }
        steering.done(&project, done);
    });
    let add = may_change.then(|| view! { <AddNoteForm slug=slug.clone() id /> }.into_any());
    let item = move |note: Note| {
        let delete = may_change
            .then(|| view! { <DeleteNoteForm slug=slug.clone() id note=note.clone() action=delete /> }.into_any());
        view! {
            <li class="note">
                <p class="note-text">{note.text}</p>
                <p class="muted">{note.author} ", " <Time at=note.at today /></p>
                {delete}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Notes"
            </h2>
            <FormNotice error=delete.refusal() />
            {move || is_empty.get().then(|| view! { <p class="muted">"No notes yet."</p> })}
            <ul class="notes" hidden=move || is_empty.get()>
                <For each=move || notes.get() key=|note| note.id children=item />
            </ul>
            {add}
        </section>
    }
}

#[component]
fn DeleteNoteForm(slug: String, id: CustomerId, note: Note, action: ServerAction<DeleteNote>) -> impl IntoView {
    let beginning: String = note.text.chars().take(40).collect();
    view! {
        <ActionForm action>
            <CustomerTarget slug id />
            <input type="hidden" name="note" value=note.id.to_string() />
            <button class="link-button" type="submit" aria-label=format!("Delete note: {beginning}")>
                "Delete"
            </button>
        </ActionForm>
    }
}

#[component]
fn AddNoteForm(slug: String, id: CustomerId) -> impl IntoView {
    let action = ServerAction::<AddNote>::new();
    let steering = use_steering();
    let form = NodeRef::<html::Form>::new();
    let project = slug.clone();
    action.on_done(move |done| {
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
        steering.done(&project, done);
    });
    let error = action.refusal();
    let for_text = field_error(error, "text");
    view! {
        <ActionForm action node_ref=form>
            <CustomerTarget slug id />
            <FormNotice error fields=&["text"] />
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
                    aria-invalid=move || for_text.get().map(|_| "true")
                    aria-describedby=described_by("note-text", false, for_text)
                ></textarea>
                <FieldError id="note-text" error=for_text />
            </div>
            <SubmitButton label="Add note" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}
