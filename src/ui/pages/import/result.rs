//! What became of a file.

use super::progress::Numbers;
use crate::{
    domain::{
        import::{Import, ImportQuery, ImportState, KEPT_DAYS, Problem},
        project::Frame,
        stats::{count, thousands},
    },
    ui::parts::time::Time,
};
use leptos::prelude::*;

#[component]
pub fn ImportResult(import: Memo<Import>, frame: Frame) -> impl IntoView {
    let first = import.get_untracked();
    let counts = first.counts;
    let left = counts.total - counts.read();
    let sentence = match first.state {
        ImportState::Failed => format!("The import failed. {} What was imported before stays.", first.failure),
        ImportState::Canceled if counts.read() == 0 => "The import was canceled before any row was read.".to_owned(),
        ImportState::Canceled => format!(
            "The import was canceled after {} of {} rows. What was imported stays, and {} were not read.",
            thousands(counts.read().into()),
            thousands(counts.total.into()),
            thousands(left.into())
        ),
        _ => format!("The import is done: {} read.", rows_were(counts.total)),
    };
    let finished = first.finished.map(|at| view! { <Time at today=frame.today /> }.into_any());
    let class = if first.state == ImportState::Failed { "notice notice-error" } else { "import-words" };
    let charges = (counts.charges > 0).then(|| {
        let words = count(counts.charges.into(), "charge");
        let was = if counts.charges == 1 { "was" } else { "were" };
        view! { <p>{format!("{words} {was} added.")}</p> }
    });
    let customers = frame.href("customers");
    let again = ImportQuery::default().href(&frame.slug);
    view! {
        <section class="card import-card" aria-labelledby=super::HEADING>
            <p class=class>{sentence} " " <span class="muted">{finished}</span></p>
            <Numbers import />
            {charges}
            <div class="import-actions">
                <a class="button button-primary" href=customers>
                    "See the customers"
                </a>
                <a class="button" href=again>
                    "Import another file"
                </a>
            </div>
        </section>
        <Problems import=first frame />
    }
}

fn rows_were(n: u32) -> String {
    format!("{} {}", count(n.into(), "row"), if n == 1 { "was" } else { "were" })
}

/// The rows that were not imported.
#[component]
fn Problems(import: Import, frame: Frame) -> impl IntoView {
    let all = import.counts.problems();
    if all == 0 {
        return ().into_any();
    }
    let shown = import.problems.len();
    let more =
        if (shown as u32) < all { format!("The first {shown} of {}. ", thousands(all.into())) } else { String::new() };
    let row = |Problem { line, column, value, reason }| {
        view! {
            <tr class="row">
                <th scope="row">{line}</th>
                <td>{column}</td>
                <td>{value}</td>
                <td>{reason}</td>
            </tr>
        }
    };
    let label = match all {
        1 => "Download the row as CSV".to_owned(),
        n => format!("Download all {} rows as CSV", thousands(n.into())),
    };
    view! {
        <section aria-labelledby="problems-heading">
            <h2 id="problems-heading">"Rows that were not imported"</h2>
            <p class="muted">
                {more}
                {format!("The download has the columns of your file, and the reason. Correct the rows and import that file. They are kept for {KEPT_DAYS} days.")}
            </p>
            <p>
                <a class="button" href=import.problems_href(&frame.slug) download="" rel="external">
                    {label}
                </a>
            </p>
            <div class="table-wrap">
                <table class="table table-problems">
                    <caption class="visually-hidden">"Rows that were not imported"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Line"</th>
                            <th scope="col">"Column"</th>
                            <th scope="col">"Value"</th>
                            <th scope="col">"Problem"</th>
                        </tr>
                    </thead>
                    <tbody>{import.problems.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
