//! The Messages section of a profile: the two views of the same messages, and the pages of a long history.

use super::{grouped::Grouped, place::Place};
use crate::{
    domain::{
        customer::{Profile, ProfileQuery, ProfileView},
        project::Frame,
        stats::count,
    },
    ui::{
        hooks::arrival::use_arrival,
        messages::{
            page_dialog::PageDialogs,
            rows::{Fresh, use_rows},
            table::{MessageTable, TableContext},
        },
    },
};
use leptos::prelude::*;

#[component]
pub fn Messages(
    /// The profile, with the address that it answers.
    answer: Memo<(Place, Profile)>,
    /// The address now.
    place: Signal<Place>,
    /// Whether other data is under way.
    pending: Signal<bool>,
    frame: Frame,
    dialogs: PageDialogs,
) -> impl IntoView {
    let query = Memo::new(move |_| answer.with(|(place, _)| place.query));
    let view = Memo::new(move |_| query.with(|query| query.view));
    let total = Memo::new(move |_| answer.with(|(_, profile)| profile.message_total));
    let pages = Memo::new(move |_| answer.with(|(_, profile)| (profile.page, profile.pages)));
    let reviews = Memo::new(move |_| answer.with(|(_, profile)| profile.reviews.clone()));
    // The message that the address names, and whether it is one of these.
    let target =
        Memo::new(move |_| answer.with(|(place, profile)| place.query.message.map(|id| (id, profile.target_found))));
    let marked = Memo::new(move |_| target.get().filter(|(_, is_found)| *is_found).map(|(id, _)| id));
    let is_target_gone = Memo::new(move |_| target.get().is_some_and(|(_, is_found)| !is_found));
    // The pointer or the focus is on the rows: they keep their order meanwhile.
    let (is_pointed, is_focused) = (RwSignal::new(false), RwSignal::new(false));
    let fresh = Signal::derive(move || {
        answer.with(|(place, profile)| Fresh {
            key: place.query,
            version: profile.version,
            rows: profile.messages.clone(),
            most: usize::MAX,
        })
    });
    let rows = use_rows(fresh, Signal::derive(move || is_pointed.get() || is_focused.get()));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let are_awaited = move || pending.get() && place.with(|place| place.query) != query.get();
    use_returning_rows(query);
    let context = TableContext::of_profile(&frame, marked, dialogs);
    let content = move || match (is_empty.get(), view.get()) {
        (true, _) => view! { <p class="notice">"Request a review to schedule messages."</p> }.into_any(),
        (false, ProfileView::Grouped) => view! { <Grouped rows reviews context /> }.into_any(),
        (false, ProfileView::List) => view! { <MessageTable rows caption="Messages" context /> }.into_any(),
    };
    view! {
        <section
            class="profile-messages"
            aria-labelledby="messages-heading"
            aria-busy=move || if are_awaited() { "true" } else { "false" }
        >
            <div class="section-head">
                <h2 id="messages-heading">"Messages"</h2>
                <p class="muted">{move || count(total.get().into(), "message")}</p>
                <ViewSwitch place />
            </div>
            {move || is_target_gone.get().then(gone_notice)}
            <div
                class="profile-rows"
                on:mouseenter=move |_| is_pointed.set(true)
                on:mouseleave=move |_| is_pointed.set(false)
                on:focusin=move |_| is_focused.set(true)
                on:focusout=move |_| is_focused.set(false)
            >
                {content}
            </div>
            {move || {
                let (page, pages) = pages.get();
                (pages > 1).then(|| view! { <Pages place page pages /> }.into_any())
            }}
        </section>
    }
}

/// Back and Forward within the profile lead to where its rows were left.
fn use_returning_rows(answered: Memo<ProfileQuery>) {
    let arrival = use_arrival();
    Effect::new(move |before: Option<ProfileQuery>| {
        let now = answered.get();
        if before.is_some_and(|before| before != now) {
            arrival.at_rows();
        }
        now
    });
}

fn gone_notice() -> AnyView {
    view! {
        <p class="notice">
            "The message that this link points to is not among this customer's messages. It may have been deleted."
        </p>
    }
    .into_any()
}

#[component]
fn ViewSwitch(place: Signal<Place>) -> impl IntoView {
    let link = move |view: ProfileView, label: &'static str| {
        let is_current = move || place.with(|place| place.query.view == view);
        view! {
            <li>
                <a
                    class="tab"
                    href=move || place.with(|place| place.view(view))
                    aria-current=move || is_current().then_some("true")
                    data-noscroll=""
                >
                    {label}
                </a>
            </li>
        }
        .into_any()
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
            <a class="button" rel=rel href=move || place.with(|place| place.page(to)) data-noscroll="">
                {label}
            </a>
        }
        .into_any()
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
