//! The menu of what may be done with one message, by its status and the person's role: in a dialog, and in a table, which has one
//! for all of its rows.

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
    ui::{
        hooks::{changing::changing, effect::effect},
        on_demand,
        parts::{
            icon::Icon,
            menu::{MenuButton, MenuItem, MenuList, StartAt},
            toast::{Toasts, use_toasts},
        },
    },
};
use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys::{Element, Event, HtmlElement},
};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::JsFuture;

/// The form of all rows' buttons.
const FORM: &str = "message-actions";

/// Once on a page with tables of messages. Without scripts, and until they have come, a row's button leads to the message's own
/// page, where each action is a form.
#[component]
pub fn ActionsForm() -> impl IntoView {
    view! { <form id=FORM method="get"></form> }
}

/// The button of a row. The table listens for it.
pub fn row_button(row: &MessageRow, context: TableContext) -> AnyView {
    let page = context.frame.with_value(|frame| frame.href(&format!("messages/{}", row.id)));
    view! {
        <button form=FORM formaction=page class="icon-button" aria-label=label(row) aria-haspopup="menu" aria-expanded="false">
            <span class="icon i-more"></span>
        </button>
    }
    .into_any()
}

fn label(row: &MessageRow) -> String {
    format!("Actions for {} to {}", row.what(), row.customer_name)
}

/// Which row's menu is open in a table.
#[derive(Clone, Copy)]
pub struct RowMenus {
    opened: RwSignal<Option<Opened>>,
    /// Whether one has ever been opened.
    are_used: Memo<bool>,
}

#[derive(Clone)]
struct Opened {
    id: MessageId,
    start: StartAt,
    button: SendWrapper<HtmlElement>,
}

impl RowMenus {
    pub fn new() -> Self {
        let opened = RwSignal::new(None::<Opened>);
        let are_used = Memo::new(move |before: Option<&bool>| before == Some(&true) || opened.with(Option::is_some));
        Self { opened, are_used }
    }

    /// Something in the body of the table was clicked.
    pub fn clicked(self, event: &ev::MouseEvent) {
        let Some((id, button)) = pressed(event) else { return };
        // It would submit its form.
        event.prevent_default();
        let is_open = self.opened.with_untracked(|opened| opened.as_ref().is_some_and(|opened| opened.id == id));
        self.opened.set((!is_open).then_some(Opened { id, start: StartAt::First, button }));
    }

    /// A key was pressed in the body of the table.
    pub fn key_pressed(self, event: &ev::KeyboardEvent) {
        if let Some((id, button)) = pressed(event)
            && let Some(start) = StartAt::by_key(event)
        {
            self.opened.set(Some(Opened { id, start, button }));
        }
    }
}

impl Default for RowMenus {
    fn default() -> Self {
        Self::new()
    }
}

/// The menu button of a row that an event is about, and the row's message.
fn pressed(event: &Event) -> Option<(MessageId, SendWrapper<HtmlElement>)> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest("button[aria-haspopup]").ok()??;
    let id = button.closest("tr.row").ok()??.id().strip_prefix("message-")?.parse().ok()?;
    Some((id, SendWrapper::new(button.dyn_into().ok()?)))
}

/// The open menu of a table's rows.
#[component]
pub fn RowMenu(menus: RowMenus, rows: Memo<Vec<MessageRow>>, context: TableContext) -> impl IntoView {
    changing(move || menus.are_used.get().then(|| on_demand::show(move |all| (all.row_menu)(menus, rows, context))))
}

/// What makes the menu.
pub type RowMenuFn = fn(RowMenus, Memo<Vec<MessageRow>>, TableContext) -> AnyView;

/// It is made from the message as it is when it opens.
pub fn row_menu(menus: RowMenus, rows: Memo<Vec<MessageRow>>, context: TableContext) -> AnyView {
    let (steering, toasts) = (use_steering(), use_toasts());
    let may_act = context.frame.with_value(|frame| frame.may(Role::Operator));
    let opened = menus.opened;
    let row = move |id: MessageId| rows.with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned());
    // It goes with its row.
    effect(move |_| {
        let is_gone = rows.with(|rows| {
            opened.with_untracked(|opened| opened.as_ref().is_some_and(|o| rows.iter().all(|row| row.id != o.id)))
        });
        if is_gone {
            opened.set(None);
        }
    });
    let offered = StoredValue::new(Vec::<Action>::new());
    let on_close = Callback::new(move |()| {
        opened.try_set(None);
    });
    let choice = StoredValue::new(None::<MessageId>);
    let on_choose = Callback::new(move |i: usize| {
        let row = choice.get_value().and_then(row);
        if let (Some(row), Some(action)) = (row, offered.with_value(|offered| offered.get(i).copied())) {
            choose(action, row, rows, context, steering, toasts);
        }
    });
    (move || {
        let Opened { id, start, button } = opened.get()?;
        let row = row(id)?;
        let allowed = allowed(&row, may_act);
        let items = allowed.iter().copied().map(item).collect();
        offered.set_value(allowed);
        choice.set_value(Some(id));
        Some(view! { <MenuList label=label(&row) items start on_choose on_close button /> }.into_any())
    })
    .into_any()
}

/// The button in the dialog that shows a message. Its menu is made when it opens, from the message as it is then.
#[component]
pub fn ActionsMenu(
    row: Memo<MessageRow>,
    context: TableContext,
    /// All rows of the table, to go through in the dialog.
    rows: Memo<Vec<MessageRow>>,
) -> impl IntoView {
    let (steering, toasts) = (use_steering(), use_toasts());
    let may_act = context.frame.with_value(|frame| frame.may(Role::Operator));
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
        <MenuButton label=row.with_untracked(label) class="icon-button" items on_choose>
            <Icon name="more" />
        </MenuButton>
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
