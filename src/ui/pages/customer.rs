//! A customer's profile: contact, messages, reviews, notes and tags, and what can be done with the customer.

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
            charges::Charges,
            details::Details,
            header::ProfileHeader,
            leaving::Leaving,
            messages::Messages,
            notes::Notes,
            profile_address::{ProfileAddress, Task},
            reviews::Reviews,
            tags::Tags,
        },
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            deep_link::DeepLink,
            effect::effect,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::page_dialog::{DialogHost, PageDialogs},
        on_demand,
        parts::{dialog::use_address_dialog, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};

/// The data of the page: a profile, and the address that it answers.
type ProfileData = (ProfileAddress, Profile);

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
        // A dialog that opens or closes does not change it, so nothing is read again.
        let query = use_query_at(path, ProfileQuery::parse);
        // None where the path names no customer.
        let address = Memo::new(move |_| {
            let customer = customer.with(|id| id.parse().ok())?;
            Some(ProfileAddress { slug: slug.get(), customer, query: query.get() })
        });
        let leaving = Leaving::new();
        let answer = use_resource(
            move || address.get(),
            move |address| async move {
                let address = address.ok_or_else(|| AppError::no_such("customer"))?;
                let profile = load_profile(address.slug.clone(), address.customer, address.query).await;
                Ok((address, leaving.settle(profile).await?))
            },
        );
        page_view(
            answer,
            |(address, profile)| (address.customer, profile.customer.erased.is_some()),
            |(_, profile)| profile.version,
            move |page| view! { <CustomerPage page path address leaving frame=use_frame() /> }.into_any(),
        )
        .into_any()
    }
}

#[component]
fn CustomerPage(
    page: PageData<ProfileData>,
    path: Signal<String>,
    /// The address now. The data may still answer another one.
    address: Memo<Option<ProfileAddress>>,
    leaving: Leaving,
    frame: Frame,
) -> impl IntoView {
    provide_context(leaving);
    let PageData { data, trouble, pending, read } = page;
    let first = data.with_untracked(|(address, _)| address.clone());
    let address = Signal::derive(move || address.get().unwrap_or_else(|| first.clone()));
    let profile = Memo::new(move |_| data.with(|(_, profile)| profile.clone()));
    let first_name = profile.with_untracked(|profile| profile.customer.name.clone());
    // The server writes the document's head after the page, when its signals may be gone.
    let title = move || profile.try_with(|p| p.customer.name.clone()).unwrap_or_else(|| first_name.clone());
    let slug = frame.slug.clone();
    let today = frame.today;
    let is_erased = profile.with_untracked(|profile| profile.customer.erased.is_some());
    let may_change = frame.may(Role::Operator) && !is_erased;
    let dialogs = PageDialogs::new();
    use_target(data);
    let task = may_change.then(|| view! { <TaskDialog path profile address frame=frame.clone() /> }.into_any());
    view! {
        <Title text=title />
        <Trouble trouble read />
        <div class="profile">
            <ProfileHeader profile address frame=frame.clone() />
            {task}
            <div class="profile-columns">
                <Reviews profile today address />
                <div class="profile-main">
                    <Messages answer=data address pending frame=frame.clone() dialogs />
                </div>
                <div class="profile-side">
                    <Details profile frame=frame.clone() />
                    <Charges slug=slug.clone() profile today may_change />
                    <Notes slug=slug.clone() profile today may_change />
                    <Tags slug profile may_change />
                </div>
            </div>
        </div>
        <DialogHost dialogs frame />
    }
}

/// Moves to the message or the review that the address points to, once for each address.
fn use_target(data: Memo<ProfileData>) {
    let deep_link = DeepLink::new();
    let hash = use_location().hash;
    effect(move |_| {
        let hash = hash.get();
        data.with(|(address, profile)| {
            let message = address.query.message.filter(|_| profile.target_found).map(|id| format!("message-{id}"));
            let review = || profile.reviews.iter().map(|r| format!("review-{}", r.id)).find(|id| hash.ends_with(id));
            match message {
                Some(message) => deep_link.reach(address.href(), Some(message)),
                None => {
                    let review = review();
                    deep_link.reach(hash, review);
                }
            }
        });
    });
}

/// The dialog that the address opens, if any. New data does not rebuild it: that would discard input.
#[component]
fn TaskDialog(
    path: Signal<String>,
    profile: Memo<Profile>,
    address: Signal<ProfileAddress>,
    frame: Frame,
) -> impl IntoView {
    let task = use_query_at(path, Task::in_query);
    use_address_dialog(Signal::derive(move || task.with(Option::is_some)));
    let back = Signal::derive(move || address.with(ProfileAddress::at_rest));
    move || {
        let message = address.with_untracked(|address| address.query.message);
        let (profile, frame) = (profile.get_untracked(), frame.clone());
        task.get().map(|task| on_demand::show(move |all| (all.task_dialog)(task, profile, message, frame, back)))
    }
}
