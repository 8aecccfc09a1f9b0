//! The Messages section of a profile: the two views of the same messages, and the pages of a long history.

use super::{grouped::Grouped, list::List, place::Place};
use crate::domain::{
    MessageId,
    customer::{Profile, ProfileView},
    message::MessageRow,
    project::Frame,
    stats::count,
};
use leptos::prelude::*;

/// `answer` is the profile with the address that it answers; `place` is the address now.
#[component]
pub fn Messages(answer: Memo<(Place, Profile)>, frame: Frame, place: Signal<Place>) -> impl IntoView {
    let total = Memo::new(move |_| answer.with(|(_, profile)| profile.message_total));
    let rows = Memo::new(move |_| answer.with(|(_, profile)| profile.messages.clone()));
    let pages = Memo::new(move |_| answer.with(|(_, profile)| (profile.page, profile.pages)));
    let view = Memo::new(move |_| answer.with(|(place, _)| place.query.view));
    let astray =
        Memo::new(move |_| answer.with(|(place, profile)| place.query.message.is_some() && !profile.target_found));
    let marked =
        Memo::new(move |_| answer.with(|(place, profile)| place.query.message.filter(|_| profile.target_found)));
    view! {
        <section class="profile-messages" aria-labelledby="messages-heading">
            <div class="section-head">
                <h2 id="messages-heading">"Messages"</h2>
                <p class="muted">{move || count(total.get().into(), "message")}</p>
                <ViewSwitch place />
            </div>
            {move || astray.get().then(astray_notice)}
            <Rows rows view marked frame />
            {move || {
                let (page, pages) = pages.get();
                (pages > 1).then(|| view! { <Pages place page pages /> })
            }}
        </section>
    }
}

fn astray_notice() -> impl IntoView {
    view! {
        <p class="notice">
            "The message that this link points to is not among this customer's messages. It may have been deleted."
        </p>
    }
}

#[component]
fn Rows(
    rows: Memo<Vec<MessageRow>>,
    view: Memo<ProfileView>,
    marked: Memo<Option<MessageId>>,
    frame: Frame,
) -> impl IntoView {
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    move || {
        let frame = frame.clone();
        match (none.get(), view.get()) {
            (true, _) => view! { <p class="notice">"Request a review to schedule messages."</p> }.into_any(),
            (false, ProfileView::Grouped) => view! { <Grouped rows frame marked /> }.into_any(),
            (false, ProfileView::List) => view! { <List rows frame marked /> }.into_any(),
        }
    }
}

#[component]
fn ViewSwitch(place: Signal<Place>) -> impl IntoView {
    let link = move |view: ProfileView, label: &'static str| {
        let current = move || (place.get().query.view == view).then_some("true");
        view! {
            <li>
                <a class="tab" href=move || place.get().view(view) aria-current=current data-noscroll="">
                    {label}
                </a>
            </li>
        }
    };
    view! {
        <ul class="tabs" aria-label="View">
            {link(ProfileView::Grouped, "Grouped by request")} {link(ProfileView::List, "List")}
        </ul>
    }
}

#[component]
fn Pages(place: Signal<Place>, page: u32, pages: u32) -> impl IntoView {
    let link = move |to: u32, rel: &'static str, label: &'static str| {
        view! {
            <a class="button" rel=rel href=move || place.get().page(to) data-noscroll="">
                {label}
            </a>
        }
    };
    view! {
        <nav class="pager" aria-label="Pages of messages">
            <span class="pager-range">{format!("Page {page} of {pages}")}</span>
            <span class="pager-links">
                {(page > 1).then(|| link(page - 1, "prev", "Newer"))}
                {(page < pages).then(|| link(page + 1, "next", "Older"))}
            </span>
        </nav>
    }
}
