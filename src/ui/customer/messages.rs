//! The Messages section of a profile: the two views of the same messages, and the pages of a long history.

use super::{grouped::Grouped, profile_address::ProfileAddress};
use crate::{
    domain::{
        customer::{Profile, ProfileView},
        project::Frame,
        stats::count,
    },
    ui::{
        hooks::arrival::use_returning_rows,
        messages::{
            actions_menu::ActionsForm,
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
    answer: Memo<(ProfileAddress, Profile)>,
    /// The address now.
    address: Signal<ProfileAddress>,
    /// Whether other data is being read.
    pending: Signal<bool>,
    frame: Frame,
    dialogs: PageDialogs,
) -> impl IntoView {
    let query = Memo::new(move |_| answer.with(|(address, _)| address.query));
    let view = Memo::new(move |_| query.with(|query| query.view));
    let total = Memo::new(move |_| answer.with(|(_, profile)| profile.message_total));
    let pages = Memo::new(move |_| answer.with(|(_, profile)| (profile.page, profile.pages)));
    let reviews = Memo::new(move |_| answer.with(|(_, profile)| profile.reviews.clone()));
    // The message that the address names, and whether it is one of these.
    let target = Memo::new(move |_| {
        answer.with(|(address, profile)| address.query.message.map(|id| (id, profile.target_found)))
    });
    let marked = Memo::new(move |_| target.get().filter(|(_, is_found)| *is_found).map(|(id, _)| id));
    let is_target_gone = Memo::new(move |_| target.get().is_some_and(|(_, is_found)| !is_found));
    // While the pointer or the focus is on the rows, they keep their order.
    let (is_pointed, is_focused) = (RwSignal::new(false), RwSignal::new(false));
    let fresh = Signal::derive(move || {
        answer.with(|(address, profile)| Fresh {
            key: address.query,
            version: profile.version,
            rows: profile.messages.clone(),
            most: usize::MAX,
        })
    });
    let rows = use_rows(fresh, Signal::derive(move || is_pointed.get() || is_focused.get()));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let are_awaited = move || pending.get() && address.with(|address| address.query) != query.get();
    use_returning_rows(move || query.get());
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
                <ViewSwitch address />
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
            <ActionsForm />
            {move || {
                let (page, pages) = pages.get();
                (pages > 1).then(|| view! { <Pages address page pages /> }.into_any())
            }}
        </section>
    }
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
fn ViewSwitch(address: Signal<ProfileAddress>) -> impl IntoView {
    let link = move |view: ProfileView, label: &'static str| {
        let is_current = move || address.with(|address| address.query.view == view);
        view! {
            <li>
                <a
                    class="tab"
                    href=move || address.with(|address| address.view(view))
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
fn Pages(address: Signal<ProfileAddress>, page: u32, pages: u32) -> impl IntoView {
    let link = move |to: u32, rel: &'static str, label: &'static str| {
        view! {
            <a class="button" rel=rel href=move || address.with(|address| address.page(to)) data-noscroll="">
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
