//! A customer's profile: who they are, what was sent to them and what became of it, what they said, and what can be done.

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
            details::Details,
            header::ProfileHeader,
            leaving::Leaving,
            messages::Messages,
            notes::Notes,
            place::{Place, Task},
            reviews::Reviews,
            tags::Tags,
            task_dialog::task_dialog,
        },
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            deep_link::DeepLink,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::page_dialog::{DialogHost, PageDialogs},
        parts::trouble::Trouble,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// What the server answered, and to which address.
type Answer = (Place, Profile);

pub struct CustomerRoute;

#[lazy_route]
impl LazyRoute for CustomerRoute {
    // Its code is loaded before somebody goes there, so that the resource does not have to begin without it.
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let CustomerRoute = this;
        let (slug, customer) = (use_param("slug"), use_param("customer"));
        let path = Signal::derive(move || format!("/projects/{}/customers/{}", slug.get(), customer.get()));
        // A dialog that opens or closes changes none of it, and reads nothing again.
        let query = use_query_at(path, ProfileQuery::parse);
        // None where the path names no customer.
        let place = Memo::new(move |_| {
            let customer = customer.with(|id| id.parse().ok())?;
            Some(Place { slug: slug.get(), customer, query: query.get() })
        });
        let leaving = Leaving::new();
        let answer = use_resource(
            move || place.get(),
            move |place| async move {
                let place = place.ok_or_else(|| AppError::no_such("customer"))?;
                let profile = load_profile(place.slug.clone(), place.customer, place.query).await;
                Ok((place, leaving.settle(profile).await?))
            },
        );
        page_view(
            answer,
            |(place, _)| place.customer,
            |(_, profile)| profile.version,
            move |page| view! { <CustomerPage page path place leaving frame=use_frame() /> }.into_any(),
        )
        .into_any()
    }
}

#[component]
fn CustomerPage(
    page: PageData<Answer>,
    path: Signal<String>,
    /// The address now; another may have been answered.
    place: Memo<Option<Place>>,
    leaving: Leaving,
    frame: Frame,
) -> impl IntoView {
    provide_context(leaving);
    let PageData { data, trouble, pending, read } = page;
    let first = data.with_untracked(|(place, _)| place.clone());
    let place = Signal::derive(move || place.get().unwrap_or_else(|| first.clone()));
    let profile = Memo::new(move |_| data.with(|(_, profile)| profile.clone()));
    let first_name = profile.with_untracked(|profile| profile.customer.name.clone());
    // The server writes the document's head when the page has been made, and what it was made of is gone.
    let title = move || profile.try_with(|p| p.customer.name.clone()).unwrap_or_else(|| first_name.clone());
    let slug = frame.slug.clone();
    let today = frame.today;
    let may_change = frame.may(Role::Operator);
    let dialogs = PageDialogs::new();
    use_target(data);
    let task = may_change.then(|| view! { <TaskDialog path profile place frame=frame.clone() /> }.into_any());
    view! {
        <Title text=title />
        <Trouble trouble read />
        <div class="profile">
            <ProfileHeader profile place frame=frame.clone() />
            {task}
            <div class="profile-columns">
                <Reviews profile today place />
                <div class="profile-main">
                    <Messages answer=data place pending frame=frame.clone() dialogs />
                </div>
                <div class="profile-side">
                    <Details profile today />
                    <Notes slug=slug.clone() profile today may_change />
                    <Tags slug profile may_change />
                </div>
            </div>
        </div>
        <DialogHost dialogs frame />
    }
}

/// Goes to the message that the address points to, once for each address.
fn use_target(data: Memo<Answer>) {
    let deep_link = DeepLink::new();
    Effect::new(move |_| {
        data.with(|(place, profile)| {
            let target = place.query.message.filter(|_| profile.target_found);
            deep_link.reach(place.href(), target.map(|id| format!("message-{id}")));
        });
    });
}

/// The dialog that the address opens, if any. What it was opened with stays: new data never replaces what is filled in.
#[component]
fn TaskDialog(path: Signal<String>, profile: Memo<Profile>, place: Signal<Place>, frame: Frame) -> impl IntoView {
    let task = use_query_at(path, Task::in_query);
    let back = Signal::derive(move || place.with(Place::at_rest));
    move || task.get().map(|task| task_dialog(task, profile.get_untracked(), frame.clone(), back))
}
