//! The menu of what may be done with one message, by its status and the person's role.

use super::{
    page_dialog::PageDialog,
    steering::{Change, Steering, use_steering},
    table::TableContext,
};
use crate::{
    domain::{
        MessageId,
        message::{Action, MessageRow},
        role::Role,
    },
    ui::parts::{
        icon::Icon,
        menu::{MenuButton, MenuItem},
        toast::{Toasts, use_toasts},
    },
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// The button. Its menu is made when it opens, from the message as it is then. Without scripts, and until they have come, the
/// button leads to the message's own page, where each action is a form.
#[component]
pub fn ActionsMenu(
    row: Memo<MessageRow>,
    context: TableContext,
    /// All rows of the table, to go through in the dialog that shows a message.
    rows: Memo<Vec<MessageRow>>,
) -> impl IntoView {
    let (steering, toasts) = (use_steering(), use_toasts());
    let may_act = context.frame.with_value(|frame| frame.may(Role::Operator));
    let (id, label) =
        row.with_untracked(|row| (row.id, format!("Actions for {} to {}", row.what(), row.customer_name)));
    let page = context.frame.with_value(|frame| frame.href(&format!("messages/{id}")));
    // What the open menu offers.
    let offered = StoredValue::new(Vec::<Action>::new());
    let items = Callback::new(move |()| {
        let allowed = row.with_untracked(|row| allowed(row, may_act));
        let items = allowed.iter().copied().map(item).collect();
        offered.set_value(allowed);
        items
    });
    let on_choose = Callback::new(move |i: usize| {
        if let Some(action) = offered.with_value(|offered| offered.get(i).copied()) {
            choose(action, row.get_untracked(), rows, context, steering, toasts);
        }
    });
    view! {
        <form class="menu-button" method="get" action=page>
            <MenuButton label class="icon-button" kind="submit" items on_choose>
                <Icon name="more" />
            </MenuButton>
        </form>
    }
}

fn allowed(row: &MessageRow, may_act: bool) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| row.may(*action) && (may_act || action.only_reads())).collect()
}

fn item(action: Action) -> MenuItem {
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
    MenuItem { label: action.name(), icon, danger: action == Action::Delete }
}

fn choose(
    action: Action,
    row: MessageRow,
    rows: Memo<Vec<MessageRow>>,
    context: TableContext,
    steering: Steering,
    toasts: Toasts,
) {
    let id = row.id;
    match action {
        Action::SendNow => steering.run(Change::SendNow(id)),
        Action::Resend => steering.run(Change::Resend(id)),
        Action::SendCopy => steering.run(Change::SendCopy(id)),
        Action::CopyUuid => copy(toasts, id),
        Action::View => context.dialogs.open(PageDialog::View { row, rows: rows.get_untracked() }),
        Action::Cancel => context.dialogs.open(PageDialog::Cancel(row)),
        Action::Reschedule => context.dialogs.open(PageDialog::Reschedule(row)),
        Action::Delete => context.dialogs.open(PageDialog::Delete(row)),
    }
}

fn copy(toasts: Toasts, id: MessageId) {
    copy_text(toasts, id.to_string(), format!("Copied {id}."));
}

/// Copies `text`, and says `done` or, where the browser does not allow it, the text itself.
pub fn copy_text(toasts: Toasts, text: String, done: String) {
    let clipboard = window().navigator().clipboard();
    // Where the page did not come over https, there is none.
    let written = (!clipboard.is_undefined()).then(|| clipboard.write_text(&text));
    spawn_local(async move {
        let is_copied = match written {
            Some(promise) => JsFuture::from(promise).await.is_ok(),
            None => false,
        };
        toasts.say(if is_copied { done } else { format!("The browser doesn't allow copying. Copy this: {text}") });
    });
}
