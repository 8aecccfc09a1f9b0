//! A customer's profile: who they are, what was sent to them and what became of it, what they said, and what can be done.

use super::{awaited, param, query};
use crate::{
    api::customers::load_profile,
    domain::{
        AppError,
        customer::{Profile, ProfileQuery},
        project::Frame,
        role::Role,
    },
    ui::{
        customer::{
            confirm_dialog::confirm_dialog,
            details::details,
            edit_dialog::edit_dialog,
            header::profile_header,
            messages::messages,
            notes::notes,
            place::{Place, Task},
            request_dialog::request_dialog,
            review_dialog::review_dialog,
            reviews::reviews,
            tags::tags,
        },
        frame::use_frame,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn CustomerPage() -> impl IntoView {
    let (slug, id, query) = (param("slug"), param("customer"), ProfileQuery::parse(&query()));
    let task = use_query_map().with_untracked(|q| q.get("do")).and_then(|task| Task::from_slug(&task));
    let profile = async move {
        let customer = id.parse().map_err(|_| AppError::no_such("customer"))?;
        let place = Place { slug, customer, query };
        Ok((load_profile(place.slug.clone(), customer, place.query_string()).await?, place))
    };
    awaited(profile, move |(profile, place)| content(&profile, &place, task, &use_frame()))
}

fn content(profile: &Profile, place: &Place, task: Option<Task>, frame: &Frame) -> impl IntoView + use<> {
    let customer = &profile.customer;
    let today = frame.today;
    let task = task.filter(|_| frame.may(Role::Operator));
    view! {
        <Title text=customer.name.clone() />
        <div class="profile">
            {profile_header(profile, place, frame)}
            {task.map(|task| dialog(task, profile, place, frame))}
            <div class="profile-main">
                {messages(profile, place, frame)} {reviews(profile, place, today)}
            </div>
            <div class="profile-side">
                {details(profile, today)} {notes(profile, frame)} {tags(customer, frame)}
            </div>
        </div>
    }
}

/// The dialog that the address opens.
fn dialog(task: Task, profile: &Profile, place: &Place, frame: &Frame) -> AnyView {
    let (customer, back) = (&profile.customer, place.at_rest());
    match task {
        Task::RequestReview => request_dialog(customer, frame, back).into_any(),
        Task::Edit => edit_dialog(customer, frame, back).into_any(),
        Task::AddReview => review_dialog(customer, &frame.slug, back).into_any(),
        Task::CancelUnsent | Task::Unsubscribe | Task::Archive | Task::Delete => {
            confirm_dialog(task, profile, &frame.slug, back).into_any()
        }
    }
}
