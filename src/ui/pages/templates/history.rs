//! What a template said before, who saved it and when.

use super::{editor::restoring, state::Draft};
use crate::{
    domain::{
        project::Frame,
        role::Role,
        template::{HISTORY_MAX, TemplateQuery, TemplateVersion, TemplatesPage},
    },
    ui::parts::time::Time,
};
use leptos::prelude::*;

#[component]
pub fn History(query: TemplateQuery, data: Memo<TemplatesPage>, draft: Draft, frame: Frame) -> impl IntoView {
    let versions = Memo::new(move |_| data.with(|page| page.history.clone()));
    let current = Memo::new(move |_| data.with(|page| page.number));
    let is_empty = Memo::new(move |_| versions.with(Vec::is_empty));
    let form = frame.may(Role::Manager).then(|| restoring(query, draft, frame.slug.clone()));
    let today = frame.today;
    let one = move |version: TemplateVersion| {
        let TemplateVersion { number, at, .. } = version;
        let (title, by) = (version.title(), version.by.map_or_else(String::new, |by| format!("by {by}")));
        let subject = version.wording.subject;
        let subject = if subject.is_empty() { subject } else { format!("Subject: {subject}\n\n") };
        let text = format!("{subject}{}", version.wording.body);
        let restore = form.clone().map(|form| {
            let form = form(number, format!("Restore version {number}"));
            view! { <div hidden=move || current.get() == number>{form}</div> }.into_any()
        });
        let mark = move || (current.get() == number).then(|| view! { <span class="muted">"In use"</span> }.into_any());
        view! {
            <li>
                <div class="version-head">
                    <strong>{title}</strong>
                    <span class="muted">
                        <Time at today />
                        " "
                        {by}
                    </span>
                    {mark}
                    {restore}
                </div>
                <details>
                    <summary>
                        "What it says"
                        <span class="visually-hidden">{format!(", version {number}")}</span>
                    </summary>
                    <pre class="preview-text">{text}</pre>
                </details>
            </li>
        }
        .into_any()
    };
    let content = move || {
        if is_empty.get() {
            view! { <p class="muted">"Nobody has changed this template yet: it is the default."</p> }.into_any()
        } else {
            view! {
                <ol class="versions">
                    <For each=move || versions.get() key=|version| version.number children=one.clone() />
                </ol>
            }
            .into_any()
        }
    };
    view! {
        <section class="card template-history" aria-labelledby="history-heading">
            <h2 id="history-heading">"History"</h2>
            <p class="muted">{format!("The last {HISTORY_MAX} versions are kept.")}</p>
            {content}
        </section>
    }
}
