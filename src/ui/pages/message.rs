//! One message on a page of its own: what was sent, what happened to it, and everything that may be done with it, as plain
//! forms. It is where the actions menu leads without scripts.

use super::loaded::loaded;
use crate::{
    api::messages::load_message,
    domain::{
        AppError,
        customer::{Done, message_href},
        message::MessageDetail,
        project::Frame,
        role::Role,
    },
    ui::{
        customer::message_forms::{MessageActions, MessageForms},
        frame::use_frame,
        hooks::{live::use_live, resource::use_resource},
        messages::view::MessageView,
        parts::toast::use_toasts,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

#[component]
pub fn MessagePage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let id = Memo::new(move |_| params.with(|p| p.get("message")).and_then(|id| id.parse().ok()));
    let message = use_resource(
        move || (slug.get(), id.get()),
        |(slug, id)| async move {
            let id = id.ok_or_else(|| AppError::no_such("message"))?;
            load_message(slug, id).await
        },
    );
    let actions = MessageActions::new();
    let toasts = use_toasts();
    use_live(slug.into(), move || message.refetch());
    actions.on_done(Callback::new(move |done: Done| toasts.done(done)));
    let navigate = use_navigate();
    let profile_href = StoredValue::new(String::new());
    actions.on_deleted(Callback::new(move |done: Done| {
        toasts.done(done);
        navigate(&profile_href.get_value(), NavigateOptions { replace: true, ..NavigateOptions::default() });
    }));
    view! {
        <Transition>
            {loaded(
                message,
                |detail| detail.row.id,
                move |detail| {
                    let frame = use_frame();
                    let customer = detail.with_untracked(|d| d.row.customer_id);
                    profile_href.set_value(frame.href(&format!("customers/{customer}")));
                    view! { <Content detail actions frame /> }.into_any()
                },
            )}
        </Transition>
    }
}

#[component]
fn Content(detail: Memo<MessageDetail>, actions: MessageActions, frame: Frame) -> impl IntoView {
    let row = detail.with_untracked(|d| d.row.clone());
    let title = format!("{} to {}", row.what(), row.customer_name);
    let on_profile = message_href(&frame.slug, row.customer_id, row.id);
    let forms = frame.may(Role::Operator).then(|| {
        let frame = frame.clone();
        move || view! { <MessageForms detail=detail.get() frame=frame.clone() actions /> }
    });
    view! {
        <Title text=title.clone() />
        <div class="title-row">
            <h1 tabindex="-1">{title}</h1>
            <div class="title-actions">
                <a class="button" href=on_profile>"Show on the customer's profile"</a>
            </div>
        </div>
        <div class="profile">
            <div class="profile-main">
                <MessageView detail frame />
            </div>
            <div class="profile-side">{forms}</div>
        </div>
    }
}
