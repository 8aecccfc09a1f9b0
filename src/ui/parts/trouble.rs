//! The notice that data could not be read again, and what to do about it.

use crate::{domain::AppError, ui::hooks::changing::changing};
use leptos::prelude::*;

/// Shown above data that may be out of date, until reading it succeeds.
#[component]
pub fn Trouble(trouble: Memo<Option<AppError>>, read: Callback<()>) -> impl IntoView {
    let notice = changing(move || {
        trouble.get().map(|error| {
            view! {
                <div class="notice notice-error">
                    <p>{error.to_string()}</p>
                    <p>"What you see may be out of date."</p>
                    <button type="button" class="button" on:click=move |_| read.run(())>
                        "Try again"
                    </button>
                </div>
            }
            .into_any()
        })
    });
    view! { <div role="alert">{notice}</div> }
}
