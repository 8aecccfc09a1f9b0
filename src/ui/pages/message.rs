//! One message on a page of its own: what was sent, what happened to it, and everything that may be done with it, as plain
//! forms. It is where the actions menu leads without scripts, and where it takes its dialogs from with them.

use super::{awaited, param};
use crate::{
    api::messages::load_message,
    domain::{AppError, customer::message_href, message::MessageDetail, project::Frame, role::Role},
    ui::{
        frame::use_frame,
        messages::{message_forms::message_forms, view::message_view},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn MessagePage() -> impl IntoView {
    let (slug, id) = (param("slug"), param("message"));
    let message = async move {
        let id = id.parse().map_err(|_| AppError::no_such("message"))?;
        load_message(slug, id).await
    };
    awaited(message, |detail| content(&detail, &use_frame()))
}

fn content(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let row = &detail.row;
    let title = format!("{} to {}", row.what(), row.customer_name);
    view! {
        <Title text=title.clone() />
        <div class="title-row">
            <h1 tabindex="-1">{title}</h1>
            <div class="title-actions">
                <a class="button" href=message_href(&frame.slug, row.customer_id, row.id)>
                    "Show on the customer's profile"
                </a>
            </div>
        </div>
        <div class="profile">
            <div class="profile-main">{message_view(detail, frame)}</div>
            <div class="profile-side">{frame.may(Role::Operator).then(|| message_forms(detail, frame))}</div>
        </div>
    }
}
