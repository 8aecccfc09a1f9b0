//! What the menus offer: the actions on one message, and on those that are ticked.

use super::{Desk, dialogs::Question, dom, forms::run};
use crate::{
    api::messages::{ResendMessage, SendCopy, SendNow},
    domain::message::Action,
};
use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlButtonElement};

/// The one bulk action there is.
pub const CANCEL_UNSENT: &str = "cancel-unsent";

/// An item's name and icon, and whether it cannot be undone.
pub fn face(slug: &str) -> Option<(&'static str, &'static str, bool)> {
    if slug == CANCEL_UNSENT {
        return Some(("Cancel unsent messages", "canceled", true));
    }
    let action = Action::from_slug(slug)?;
    let icon = match action {
        Action::View => "mail",
        Action::SendNow => "send",
        Action::Cancel => "canceled",
        Action::Reschedule => "calendar",
        Action::Resend => "undo",
        Action::SendCopy => "user",
        Action::CopyUuid => "copy",
        Action::Delete => "trash",
    };
    Some((action.name(), icon, action == Action::Delete))
}

/// `button` is the menu's; that of a message stands in a form that leads to the message's own page.
pub fn choose(desk: Desk, slug: &str, button: &Element) {
    if slug == CANCEL_UNSENT {
        desk.asked.ask(Question::CancelSelected);
        return;
    }
    let form = button.dyn_ref::<HtmlButtonElement>().and_then(HtmlButtonElement::form);
    let page = form.and_then(|form| form.get_attribute("action")).unwrap_or_default();
    let id = page.rsplit('/').next().unwrap_or_default();
    let project = dom::slug();
    let message = [("slug", project.as_str()), ("id", id)];
    match Action::from_slug(slug) {
        Some(Action::SendNow) => run::<SendNow>(desk, &message),
        Some(Action::Resend) => run::<ResendMessage>(desk, &message),
        Some(Action::SendCopy) => run::<SendCopy>(desk, &message),
        Some(Action::CopyUuid) => copy(desk, id.to_owned()),
        Some(Action::View | Action::Cancel | Action::Reschedule | Action::Delete) => {
            desk.asked.ask_about(desk, page, slug.to_owned());
        }
        None => {}
    }
}

fn copy(desk: Desk, uuid: String) {
    let clipboard = window().navigator().clipboard();
    // Where the page did not come over https, there is none.
    let written = (!clipboard.is_undefined()).then(|| clipboard.write_text(&uuid));
    spawn_local(async move {
        let copied = match written {
            Some(promise) => JsFuture::from(promise).await.is_ok(),
            None => false,
        };
        desk.toasts.say(if copied {
            format!("Copied {uuid}.")
        } else {
            format!("The browser does not allow copying. The UUID is {uuid}.")
        });
    });
}
