//! An import that waits or is under way.

use super::setup::import_action;
use crate::{
    api::imports::CancelImport,
    domain::{import::Import, project::Frame, stats::thousands},
    ui::{
        hooks::action::FormAction,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Progress(import: Memo<Import>, frame: Frame) -> impl IntoView {
    let action = import_action::<CancelImport>(&frame.slug);
    let first = import.get_untracked();
    let (total, here) = (first.counts.total, first.href(&frame.slug));
    let read = Memo::new(move |_| import.with(|import| import.counts.read()));
    let is_running = Memo::new(move |_| import.with(|import| import.is_running || import.counts.read() > 0));
    let words = move || match is_running.get() {
        true => format!("{} of {} rows are read.", thousands(read.get().into()), thousands(total.into())),
        false => "The import begins when those before it are done.".to_owned(),
    };
    view! {
        <section class="card import-card" aria-labelledby=super::HEADING>
            <progress class="import-bar" max=total value=move || read.get() aria-label="Rows that are read"></progress>
            <p class="import-words">{words}</p>
            <Numbers import />
            <p class="muted">
                "You can leave this page: the import goes on, also after a restart of the server. What was imported before you cancel it stays."
            </p>
            <div class="import-actions">
                <a class="button no-js-only" href=here>
                    "Refresh"
                </a>
                <ActionForm action>
                    <input type="hidden" name="slug" value=frame.slug.clone() />
                    <input type="hidden" name="id" value=first.id.to_string() />
                    <FormNotice error=action.refusal() />
                    <SubmitButton label="Cancel import" class=PLAIN pending=action.pending() />
                </ActionForm>
            </div>
        </section>
    }
}

/// What became of the rows so far.
#[component]
pub fn Numbers(import: Memo<Import>) -> impl IntoView {
    let number = |name: &'static str, hint: &'static str, of: fn(&Import) -> u32| {
        let n = Memo::new(move |_| import.with(of));
        view! {
            <div>
                <dt title=hint>{name}</dt>
                <dd>{move || thousands(n.get().into())}</dd>
            </div>
        }
    };
    view! {
        <dl class="import-numbers">
            {number("Added", "New customers", |import| import.counts.added)}
            {number("Updated", "Customers who have something new", |import| import.counts.updated)}
            {number("Unchanged", "Customers who had all of it", |import| import.counts.unchanged)}
            {number("Duplicates", "Skipped: the file has the address or number in an earlier row", |import| import.counts.duplicates)}
            {number("Refused", "Rows that could not be imported", |import| import.counts.refused)}
        </dl>
    }
}
