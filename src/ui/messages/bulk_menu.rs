//! The line above the table: how many match, or what is ticked and what can be done with it.

use super::selection::Selection;
use crate::{
    api::messages::CancelMessages,
    domain::{
        MessageId,
        filter::MessagesQuery,
        message::MessageRow,
        page::Place,
        project::Frame,
        stats::{count, thousands},
    },
    ui::parts::{
        dialog::{Dialog, DialogFoot, close_dialog},
        icon::Icon,
        menu::{Menu, MenuItem},
        post::post,
        toast::use_toasts,
    },
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn SelectionBar(
    selection: Selection,
    rows: Memo<Vec<MessageRow>>,
    place: Signal<Place>,
    query: Signal<MessagesQuery>,
    frame: Frame,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let total = move || place.with(|p| p.total);
    let number = move || if selection.is_all() { total() } else { selection.len() as u64 };
    let said = move || match selection.is_all() {
        _ if selection.is_empty() => count(total(), "message"),
        true => format!("All {} that match selected", thousands(total())),
        false => format!("{} selected", thousands(number())),
    };
    let select_all = move |_| {
        let ids: Vec<MessageId> = rows.with_untracked(|rows| rows.iter().map(|r| r.id).collect());
        selection.select_all(&ids);
    };
    let items =
        Callback::new(|()| vec![MenuItem { label: "Cancel unsent messages".into(), icon: "canceled", danger: true }]);
    let on_choose = Callback::new(move |_| asking.set(true));
    let chosen = Memo::new(move |_| !selection.is_empty());
    let tools = move || {
        chosen.get().then(|| {
            let offer = move || {
                (!selection.is_all() && total() > selection.len() as u64).then(|| {
                    view! {
                        <button type="button" class="link-button" on:click=select_all>
                            {format!("Select all {} that match", thousands(total()))}
                        </button>
                    }
                })
            };
            view! {
                {offer}
                <Menu label="Select bulk action" items on_choose />
                <button type="button" class="link-button" on:click=move |_| selection.clear()>
                    "Clear"
                </button>
            }
        })
    };
    let class = move || if chosen.get() { "selection-bar selection-bar-active" } else { "selection-bar" };
    view! {
        <div class=class>
            <span role="status">{said}</span>
            {tools}
        </div>
        {move || {
            let frame = frame.clone();
            asking
                .get()
                .then(|| {
                    let on_close = Callback::new(move |()| asking.set(false));
                    // What the question was asked of stays, whatever changes meanwhile.
                    let number = untrack(number);
                    view! { <ConfirmCancel selection number query frame on_close /> }.into_any()
                })
        }}
    }
}

/// Repeats the number and the filter in words.
#[component]
fn ConfirmCancel(
    selection: Selection,
    number: u64,
    query: Signal<MessagesQuery>,
    frame: Frame,
    on_close: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let working = RwSignal::new(false);
    let all = selection.all_untracked();
    let filter = query.with_untracked(|q| q.filter.clone());
    let words = filter.chips(|id| frame.location_name(id)).into_iter().map(|c| format!("{}: {}", c.label, c.value));
    let words: Vec<String> = words.collect();
    let scope = match (all, words.is_empty()) {
        (false, _) => format!("{} ticked.", count(number, "message")),
        (true, true) => format!("All {} of this project.", count(number, "message")),
        (true, false) => format!("All {} that match {}.", count(number, "message"), words.join(", ")),
    };
    let slug = frame.slug;
    let go = move |_| {
        if working.get_untracked() {
            return;
        }
        working.set(true);
        let (slug, ids) = (slug.clone(), if all { String::new() } else { selection.ids() });
        let query = if all { filter.to_query() } else { String::new() };
        spawn_local(async move {
            let answer = toasts.wait(post(&CancelMessages { slug, ids, query })).await;
            // It may have been closed meanwhile: that stops nothing.
            if working.try_get_untracked().is_some() {
                close_dialog();
            }
            if answer.is_ok() {
                selection.clear();
            }
            toasts.say_answer(answer);
        });
    };
    let face =
        move || if working.get() { "Canceling…".to_owned() } else { format!("Cancel {}", count(number, "message")) };
    view! {
        <Dialog title="Cancel unsent messages" on_close>
            <div class="dialog-body">
                <p>{scope}</p>
                <p>"Those that are not sent yet will not be sent; the others are counted and left alone. You can undo this."</p>
                <div class="progress" role="progressbar" aria-label="Canceling" hidden=move || !working.get()></div>
            </div>
            <DialogFoot close="Keep them">
                <button
                    type="button"
                    class="button button-danger"
                    aria-disabled=move || working.get().then_some("true")
                    on:click=go
                >
                    <Icon name="canceled" />
                    {face}
                </button>
            </DialogFoot>
        </Dialog>
    }
}
