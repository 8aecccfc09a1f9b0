//! The switch that pauses live updates, and how many changes wait meanwhile (WCAG 2.2.2).

use crate::{
    domain::stats::count,
    ui::hooks::{changing::changing, live::use_live},
};
use leptos::prelude::*;

#[component]
pub fn LiveSwitch() -> impl IntoView {
    let live = use_live();
    let said = changing(move || {
        let live = live?;
        if live.is_lost() {
            return Some("Live updates have stopped. Trying again.".to_owned());
        }
        match live.waiting() {
            0 => None,
            n => Some(format!("{} waiting", count(n.unsigned_abs(), "change"))),
        }
    });
    let is_lost = Memo::new(move |_| live.is_some_and(|live| live.is_lost()));
    let retry = changing(move || {
        is_lost.get().then(|| {
            let try_now = move |_| {
                if let Some(live) = live {
                    live.try_now();
                }
            };
            view! { <button type="button" class="link-button" on:click=try_now>"Try now"</button> }.into_any()
        })
    });
    let is_paused = move || live.is_some_and(|live| live.is_paused());
    let toggle = move |_| {
        if let Some(live) = live {
            live.pause(!live.is_paused());
        }
    };
    view! {
        <div class="live-switch js-only">
            <span role="status">{said}</span>
            {retry}
            <button
                type="button"
                class="switch"
                role="switch"
                aria-checked=changing(move || if is_paused() { "true" } else { "false" })
                on:click=toggle
            >
                "Pause live updates"
            </button>
        </div>
    }
}
