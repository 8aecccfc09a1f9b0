//! The page of one message: what was sent, what happened to it, and a form for each action that it allows. Without scripts,
//! the actions menu leads here.

use crate::{
    api::messages::load_message,
    domain::{AppError, customer::message_href, message::MessageDetail, project::Frame, role::Role},
    ui::{
        customer::leaving::Leaving,
        frame::use_frame,
        hooks::{
            address::use_param,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::{message_forms::MessageForms, view::MessageView},
        parts::{heading::PageHeading, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn MessageRoute() -> impl IntoView {
    let (slug, id) = (use_param("slug"), use_param("message"));
    let leaving = Leaving::new();
    let detail = use_resource(
        move || (slug.get(), id.get()),
        move |(slug, id)| async move {
            let id = id.parse().map_err(|_| AppError::no_such("message"))?;
            leaving.settle(load_message(slug, id).await).await
        },
    );
    page_view(
        detail,
        |detail| detail.row.id,
        |detail| detail.version,
        move |page| view! { <MessagePage page leaving frame=use_frame() /> }.into_any(),
    )
}

#[component]
fn MessagePage(page: PageData<MessageDetail>, leaving: Leaving, frame: Frame) -> impl IntoView {
    provide_context(leaving);
    let PageData { data: detail, trouble, read, .. } = page;
    let (title, on_profile) = detail.with_untracked(|detail| {
        let row = &detail.row;
        let title = format!("{} to {}", row.what(), row.customer_name);
        (title, message_href(&frame.slug, row.customer_id, row.id))
    });
    let forms = frame.may(Role::Operator).then(|| view! { <MessageForms detail frame=frame.clone() /> }.into_any());
    view! {
        <Title text=title.clone() />
        <div class="title-row">
            <PageHeading>{title}</PageHeading>
            <div class="title-actions">
                <a class="button" href=on_profile>
                    "Show on the customer's profile"
                </a>
            </div>
        </div>
        <Trouble trouble read />
        <div class="profile">
            <section class="profile-main" aria-labelledby="message-heading">
                <h2 class="visually-hidden" id="message-heading">
                    "Message"
                </h2>
                <MessageView detail frame />
            </section>
            <div class="profile-side">{forms}</div>
        </div>
    }
}
