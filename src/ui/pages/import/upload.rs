//! Choosing a file, and the files of the last days.

use crate::{
    domain::{
        import::{FILE_MAX, ImportPage, KEPT_DAYS, ROWS_MAX},
        project::Frame,
        stats::thousands,
    },
    ui::parts::{
        field::{FieldError, described_by},
        time::Time,
    },
};
use leptos::{ev, html, prelude::*};

/// The largest file, in megabytes.
const MOST: u64 = FILE_MAX / 1024 / 1024;

/// The form is sent by the browser itself: no script could send a large file more simply.
#[component]
pub fn Upload(data: Memo<ImportPage>, frame: Frame) -> impl IntoView {
    let told = data.with_untracked(|page| page.refused.clone());
    let error = RwSignal::new(told);
    let is_sent = RwSignal::new(false);
    let file = NodeRef::<html::Input>::new();
    let check = move || {
        let chosen = file.get_untracked().and_then(|input| input.files()).and_then(|files| files.item(0));
        let is_large = chosen.is_some_and(|file| file.size() > FILE_MAX as f64);
        error
            .set(is_large.then(|| format!("This file is too large: at most {MOST} MB. Divide it into several files.")));
        !is_large
    };
    let send = move |event: ev::SubmitEvent| {
        if check() {
            is_sent.set(true);
        } else {
            event.prevent_default();
        }
    };
    let sentence: Signal<Option<String>> = error.into();
    let label = move || if is_sent.get() { "Uploading…" } else { "Upload and preview" };
    view! {
        <section class="card import-card" aria-labelledby="upload-heading">
            <h2 id="upload-heading">"Choose a file"</h2>
            <p>
                "A CSV file with a customer in each row: name, email or phone, and if you like company, location, tags and the date of the visit. Nothing is imported before you have seen a preview."
            </p>
            <form
                method="post"
                enctype="multipart/form-data"
                action=frame.href("customers/import")
                on:submit=send
            >
                <div class="field">
                    <label class="field-label" for="import-file">
                        "CSV file"
                    </label>
                    <p class="field-hint" id="import-file-hint">
                        {format!("At most {} rows and {MOST} MB. Separated by commas, semicolons, tabs or vertical bars.", thousands(ROWS_MAX.into()))}
                    </p>
                    <input
                        class="input"
                        id="import-file"
                        name="file"
                        type="file"
                        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
                        required=true
                        node_ref=file
                        aria-invalid=move || error.get().map(|_| "true")
                        aria-describedby=described_by("import-file", true, sentence)
                        on:change=move |_| _ = check()
                    />
                    <FieldError id="import-file" error=sentence />
                </div>
                <button class="button button-primary" type="submit">
                    {label}
                </button>
            </form>
            <ul class="import-rules">
                <li>
                    "A row with the email address or the phone number of a customer updates that customer. Empty cells change nothing, and tags are added to those that are there."
                </li>
                <li>"Who has unsubscribed or is archived stays so. An import sends nothing by itself; the request strategy, where it is on, also counts imported customers."</li>
                <li>
                    {format!("The file is deleted when its import ends. Rows that were refused are kept for {KEPT_DAYS} days.")}
                </li>
            </ul>
        </section>
    }
}

#[component]
pub fn Recent(data: Memo<ImportPage>, frame: Frame) -> impl IntoView {
    let frame = StoredValue::new(frame);
    let rows = move || {
        let others = data.with(|page| page.others.clone());
        (!others.is_empty()).then(|| {
            let row = |import: crate::domain::import::Import| {
                let (slug, today) = frame.with_value(|frame| (frame.slug.clone(), frame.today));
                view! {
                    <tr class="row">
                        <th scope="row">
                            <a href=import.href(&slug)>{import.file_name.clone()}</a>
                        </th>
                        <td>{import.standing()}</td>
                        <td>{import.by.clone()}</td>
                        <td>
                            <Time at=import.at today />
                        </td>
                    </tr>
                }
            };
            view! {
                <section aria-labelledby="recent-heading">
                    <h2 id="recent-heading">"Recent imports"</h2>
                    <div class="table-wrap">
                        <table class="table table-imports">
                            <caption class="visually-hidden">"Recent imports"</caption>
                            <thead>
                                <tr>
                                    <th scope="col">"File"</th>
                                    <th scope="col">"State"</th>
                                    <th scope="col">"Uploaded by"</th>
                                    <th scope="col">"Uploaded"</th>
                                </tr>
                            </thead>
                            <tbody>{others.into_iter().map(row).collect_view()}</tbody>
                        </table>
                    </div>
                </section>
            }
            .into_any()
        })
    };
    view! { {rows} }
}
