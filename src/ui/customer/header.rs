//! The head of a profile: who it is, how to reach them, and what can be done.

use super::{
    contact_lines::ContactLines,
    profile_address::{ProfileAddress, Task},
    task_menu::TaskMenu,
};
use crate::{
    domain::{
        customer::{Customer, Profile, ProfileView},
        project::Frame,
        role::Role,
    },
    ui::{
        on_demand::preload_on_demand,
        parts::{avatar::Avatar, heading::PageHeading, icon::Icon},
    },
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[component]
pub fn ProfileHeader(profile: Memo<Profile>, frame: Frame, address: Signal<ProfileAddress>) -> impl IntoView {
    let customer = Memo::new(move |_| profile.with(|profile| profile.customer.clone()));
    let unsent = Memo::new(move |_| profile.with(|profile| profile.unsent));
    let name = Memo::new(move |_| customer.with(|customer| customer.name.clone()));
    let company = Memo::new(move |_| customer.with(|customer| customer.company.clone()));
    let id = customer.with_untracked(|customer| customer.id.0);
    let may_erase = frame.may(Role::Admin);
    // The page is made anew once the person is erased.
    let may_change = frame.may(Role::Operator) && customer.with_untracked(|customer| customer.erased.is_none());
    let actions = may_change.then(|| {
        view! {
            <div
                class="title-actions"
                on:pointerenter=|_| preload_on_demand()
                on:focusin=|_| preload_on_demand()
            >
                <RequestButton address />
                <TaskMenu customer unsent address may_erase />
            </div>
        }
        .into_any()
    });
    view! {
        <header class="profile-header">
            {move || view! { <Avatar name=name.get() id /> }}
            <div class="profile-who">
                <PageHeading>{name}</PageHeading>
                {move || {
                    let company = company.get();
                    (!company.is_empty()).then(|| view! { <p class="muted">{company}</p> })
                }}
                {move || customer.with(ribbons)}
            </div>
            {actions}
            <ContactLines customer frame />
        </header>
    }
}

/// None where the customer is neither archived nor unsubscribed.
fn ribbons(customer: &Customer) -> Option<AnyView> {
    let ribbon = |name: &'static str| view! { <span class="ribbon">{name}</span> }.into_any();
    let archived = customer.archived.map(|_| ribbon("Archived"));
    if customer.erased.is_some() {
        return Some(view! { <p class="ribbons">{ribbon("Erased")}</p> }.into_any());
    }
    let unsubscribed = customer.unsubscribed.map(|_| ribbon("Unsubscribed"));
    let has_any = archived.is_some() || unsubscribed.is_some();
    has_any.then(|| view! { <p class="ribbons">{archived} " " {unsubscribed}</p> }.into_any())
}

/// A form, so that it is a button and leads to the dialog's address also without scripts.
#[component]
fn RequestButton(address: Signal<ProfileAddress>) -> impl IntoView {
    let navigate = use_navigate();
    let open = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&address.get_untracked().task(Task::RequestReview), options);
    };
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> }.into_any();
    let kept = move || {
        let query = address.with(|address| address.query);
        let view = (query.view == ProfileView::List).then(|| hidden("view", "list".to_owned()));
        let message = query.message.map(|message| hidden("message", message.to_string()));
        let page = (query.message.is_none() && query.page > 1).then(|| hidden("page", query.page.to_string()));
        view! {
            {view}
            {message}
            {page}
        }
    };
    view! {
        <form method="get" action=move || address.with(ProfileAddress::path) on:submit=open>
            {kept}
            <input type="hidden" name="do" value=Task::RequestReview.slug() />
            <button class="button button-primary" type="submit">
                <Icon name="star" />
                "Request review"
            </button>
        </form>
    }
}
