//! A customer's profile: who they are, what was sent to them and what became of it, what they said, and what can be done.

use super::loaded::loaded;
use crate::{
    api::customers::load_profile,
    domain::{
        AppError,
        customer::{Done, Profile, ProfileQuery},
        project::Frame,
        role::Role,
    },
    ui::{
        customer::{
            actions::CustomerActions,
            address_dialog::close_task_dialog,
            details::Details,
            header::ProfileHeader,
            messages::Messages,
            notes::Notes,
            place::{Place, Task},
            reviews::Reviews,
            tags::Tags,
            task_dialog::task_dialog,
        },
        frame::use_frame,
        hooks::{deep_link::DeepLink, live::use_live, resource::use_resource},
        parts::toast::use_toasts,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

/// What the server answered, and to which address.
type Answer = (Place, Profile);

#[component]
pub fn CustomerPage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let customer = Memo::new(move |_| params.with(|p| p.get("customer")).and_then(|id| id.parse().ok()));
    // A dialog that opens or closes asks for nothing anew.
    let query = Memo::new(move |_| search.with(|s| ProfileQuery::parse(s.trim_start_matches('?'))));
    let place =
        Memo::new(move |_| customer.get().map(|customer| Place { slug: slug.get(), customer, query: query.get() }));
    let answer = use_resource(
        move || place.get(),
        |place| async move {
            let place = place.ok_or_else(|| AppError::no_such("customer"))?;
            let profile = load_profile(place.slug.clone(), place.customer, place.query_string()).await?;
            Ok((place, profile))
        },
    );
    let actions = CustomerActions::new();
    let toasts = use_toasts();
    use_live(slug.into(), move || answer.refetch());
    actions.on_done(Callback::new(move |done: Done| {
        toasts.done(done);
        close_task_dialog();
    }));
    actions.on_deleted(Callback::new(move |done| toasts.done(done)));
    view! {
        <Transition>
            {loaded(
                answer,
                |(place, _)| place.customer,
                move |answer| view! { <Content answer place actions frame=use_frame() /> }.into_any(),
            )}
        </Transition>
    }
}

#[component]
fn Content(
    answer: Memo<Answer>,
    /// The address now; another may have been asked for than was answered.
    place: Memo<Option<Place>>,
    actions: CustomerActions,
    frame: Frame,
) -> impl IntoView {
    let (first, _) = answer.get_untracked();
    let asked = Signal::derive(move || place.get().unwrap_or_else(|| first.clone()));
    let customer = Memo::new(move |_| answer.with(|(_, profile)| profile.customer.clone()));
    let profile = Signal::derive(move || answer.with(|(_, profile)| profile.clone()));
    let (id, first_name) = customer.with_untracked(|c| (c.id, c.name.clone()));
    // The server writes the document's head when the page has been made, and what it was made of is gone.
    let title = move || customer.try_with(|c| c.name.clone()).unwrap_or_else(|| first_name.clone());
    let slug = frame.slug.clone();
    let today = frame.today;
    let may_act = frame.may(Role::Operator);
    use_target(answer);
    let dialog = may_act.then(|| view! { <Dialog profile frame=frame.clone() place=asked actions /> });
    view! {
        <Title text=title />
        <div class="profile">
            <ProfileHeader profile place=asked frame=frame.clone() />
            {dialog}
            <div class="profile-main">
                <Messages answer frame place=asked />
                <Reviews profile today place=asked />
            </div>
            <div class="profile-side">
                <Details profile today />
                <Notes slug=slug.clone() id profile today actions may_change=may_act />
                <Tags slug customer action=actions.set_tags may_change=may_act />
            </div>
        </div>
    }
}

/// Goes to the message that the address points to, once for each address.
fn use_target(answer: Memo<Answer>) {
    let deep_link = DeepLink::new();
    Effect::new(move |_| {
        answer.with(|(place, profile)| {
            let target = place.query.message.filter(|_| profile.target_found);
            deep_link.reach(place.href(), target.map(|id| format!("message-{id}")));
        });
    });
}

/// The dialog that the address opens, if any.
#[component]
fn Dialog(profile: Signal<Profile>, frame: Frame, place: Signal<Place>, actions: CustomerActions) -> impl IntoView {
    let query = use_query_map();
    let task = Memo::new(move |_| query.with(|q| q.get("do")).and_then(|task| Task::from_slug(&task)));
    let back = Signal::derive(move || place.get().at_rest());
    Effect::new(move |was_open: Option<bool>| {
        let open = task.get().is_some();
        if was_open == Some(true) && !open {
            actions.forget_refusals();
        }
        open
    });
    // What the dialog was opened with stays: it is not built anew under the hands of who fills it in.
    move || task.get().map(|task| task_dialog(task, &profile.get_untracked(), frame.clone(), actions, back))
}
