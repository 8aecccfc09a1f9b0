//! The Messages section of a profile: the two views of the same messages, and the pages of a long history.

use super::place::Place;
use crate::{
    domain::{
        customer::{Profile, ProfileView},
        message::MessageRow,
        project::Frame,
        stats::count,
    },
    ui::messages::table::{Scene, message_table},
};
use leptos::{either::EitherOf3, prelude::*};

pub fn messages(profile: &Profile, place: &Place, frame: &Frame) -> impl IntoView + use<> {
    let scene = Scene { marked: place.query.message.filter(|_| profile.target_found), ..Scene::new(frame) };
    let astray = (place.query.message.is_some() && !profile.target_found).then(|| {
        view! {
            <p class="notice">
                "The message that this link points to is not among this customer's messages. It may have been deleted."
            </p>
        }
    });
    let rows = &profile.messages;
    let content = match place.query.view {
        _ if rows.is_empty() => EitherOf3::A(view! { <p class="notice">"Request a review to schedule messages."</p> }),
        ProfileView::Grouped => EitherOf3::B(grouped(rows, &scene)),
        ProfileView::List => EitherOf3::C(message_table(rows, "Messages".into(), &scene, None)),
    };
    view! {
        <section class="profile-messages" aria-labelledby="messages-heading">
            <div class="section-head">
                <h2 id="messages-heading">"Messages"</h2>
                <p class="muted">{count(profile.message_total.into(), "message")}</p>
                {view_switch(place)}
            </div>
            {astray}
            {content}
            {(profile.pages > 1).then(|| pages(profile, place))}
        </section>
    }
}

/// By the request that they belong to, newest request first.
fn grouped(rows: &[MessageRow], scene: &Scene) -> impl IntoView + use<> {
    let group = |rows: &[MessageRow]| {
        let number = rows[0].request_number;
        let id = format!("request-{number}");
        view! {
            <section class="request-group" aria-labelledby=id.clone() id=format!("group-{number}")>
                <h3 class="request-heading" id=id.clone()>
                    {format!("Request #{number}")}
                </h3>
                {message_table(rows, format!("Messages of request #{number}"), scene, None)}
            </section>
        }
    };
    rows.chunk_by(|a, b| a.request_id == b.request_id).map(group).collect_view()
}

fn view_switch(place: &Place) -> impl IntoView + use<> {
    let link = |view: ProfileView, label: &'static str| {
        let current = (place.query.view == view).then_some("true");
        view! {
            <li>
                <a class="tab" href=place.view(view) aria-current=current data-noscroll="">
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

fn pages(profile: &Profile, place: &Place) -> impl IntoView + use<> {
    let Profile { page, pages, .. } = *profile;
    let link = |to: u32, rel: &'static str, label: &'static str| {
        view! {
            <a class="button" rel=rel href=place.page(to) data-noscroll="">
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
