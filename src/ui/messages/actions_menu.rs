//! The menu of what may be done with one message, by its status and the person's role.

use super::table::Scene;
use crate::{
    api::messages::{ResendMessage, SendCopy, SendNow},
    domain::{
        MessageId,
        message::{Action, MessageRow},
        role::Role,
    },
    ui::parts::{
        icon::Icon,
        menu::{MenuItem, MenuList, StartAt},
        post::post,
        toast::{Toasts, use_toasts},
    },
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

fn icon(action: Action) -> &'static str {
    match action {
        Action::View => "mail",
        Action::SendNow => "send",
        Action::Cancel => "canceled",
        Action::Reschedule => "calendar",
        Action::Resend => "undo",
        Action::SendCopy => "user",
        Action::CopyUuid => "copy",
        Action::Delete => "trash",
    }
}

/// The button; its menu is made when it opens. Without scripts, the button leads to the message's own page, where
/// everything is a form.
#[component]
pub fn Actions(
    id: MessageId,
    /// Tells the message apart: `Request by Email to Ana Ruiz`.
    name: String,
    rows: Memo<Vec<MessageRow>>,
    scene: Scene,
) -> impl IntoView {
    let menu = scene.menu;
    let start = move || menu.get().filter(|(of, _)| *of == id).map(|(_, start)| start);
    let on_click = move |e: ev::MouseEvent| {
        e.prevent_default();
        menu.update(|open| {
            *open = if open.is_some_and(|(of, _)| of == id) { None } else { Some((id, StartAt::First)) }
        });
    };
    let on_key = move |e: ev::KeyboardEvent| {
        if let Some(start) = StartAt::of_key(&e) {
            e.prevent_default();
            menu.set(Some((id, start)));
        }
    };
    let label = format!("Actions for {name}");
    let popup = {
        let label = label.clone();
        move || start().and_then(|start| Some(open_menu(row(rows, id)?, label.clone(), start, scene)))
    };
    view! {
        <form class="menu-button" method="get" action=scene.frame.with_value(|f| f.href(&format!("messages/{id}")))>
            <button
                class="icon-button"
                aria-label=label
                aria-haspopup="menu"
                aria-expanded=move || if start().is_some() { "true" } else { "false" }
                on:click=on_click
                on:keydown=on_key
            >
                <Icon name="more" />
            </button>
            {popup}
        </form>
    }
}

fn row(rows: Memo<Vec<MessageRow>>, id: MessageId) -> Option<MessageRow> {
    rows.with_untracked(|rows| rows.iter().find(|r| r.id == id).cloned())
}

/// Of the message as it is now.
fn open_menu(row: MessageRow, label: String, start: StartAt, scene: Scene) -> AnyView {
    let toasts = use_toasts();
    let may_act = scene.frame.with_value(|f| f.may(Role::Operator));
    let allowed = |a: &Action| row.may(*a) && (may_act || a.only_reads());
    let actions: Vec<Action> = Action::ALL.into_iter().filter(allowed).collect();
    let item = |a: &Action| MenuItem { label: a.name().into(), icon: icon(*a), danger: *a == Action::Delete };
    let items = actions.iter().map(item).collect();
    let on_choose = Callback::new(move |i: usize| {
        if let Some(action) = actions.get(i) {
            choose(*action, &row, scene, toasts);
        }
    });
    let on_close = Callback::new(move |()| scene.menu.set(None));
    view! { <MenuList label items start on_choose on_close /> }.into_any()
}

fn choose(action: Action, row: &MessageRow, scene: Scene, toasts: Toasts) {
    let slug = scene.frame.with_value(|f| f.slug.clone());
    match action {
        Action::SendNow => toasts.run(post(&SendNow { slug, id: row.id })),
        Action::Resend => toasts.run(post(&ResendMessage { slug, id: row.id })),
        Action::SendCopy => toasts.run(post(&SendCopy { slug, id: row.id })),
        Action::CopyUuid => copy(toasts, row.id.to_string()),
        Action::View | Action::Cancel | Action::Reschedule | Action::Delete => {
            scene.asked.set(Some((action, row.clone())));
        }
    }
}

fn copy(toasts: Toasts, uuid: String) {
    let clipboard = window().navigator().clipboard();
    // Where the page did not come over https, there is none.
    let written = (!clipboard.is_undefined()).then(|| clipboard.write_text(&uuid));
    spawn_local(async move {
        let copied = match written {
            Some(promise) => JsFuture::from(promise).await.is_ok(),
            None => false,
        };
        toasts.say(if copied {
            format!("Copied {uuid}.")
        } else {
            format!("The browser does not allow copying. The UUID is {uuid}.")
        });
    });
}
