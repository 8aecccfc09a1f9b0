//! The dialogs that a page opens over its messages.

use super::{
    bulk_dialog::BulkDialog,
    cancel_selected::CancelSelected,
    customer_picker::CustomerPicker,
    keyboard_help::KeyboardHelp,
    message_dialogs::{CancelDialog, DeleteDialog, RescheduleDialog, ViewDialog},
    selection::Selection,
    table_look::TableLook,
};
use crate::{
    domain::{
        bulk::{BulkKind, SelectionForm},
        message::MessageRow,
        project::Frame,
    },
    ui::{
        hooks::{changing::changing, focus},
        on_demand,
    },
};
use leptos::{prelude::*, web_sys::Element};
use send_wrapper::SendWrapper;

/// What a dialog is about, captured when it opens.
#[derive(Clone)]
pub enum PageDialog {
    View {
        row: MessageRow,
        /// The rows around it, to go through.
        rows: Vec<MessageRow>,
    },
    Cancel(MessageRow),
    Reschedule(MessageRow),
    Delete(MessageRow),
    CancelSelected {
        slug: String,
        /// How many are selected.
        number: u64,
        form: SelectionForm,
        /// Cleared when they are canceled.
        selection: Selection,
    },
    /// Any other bulk action.
    Bulk {
        slug: String,
        kind: BulkKind,
        form: SelectionForm,
        /// Cleared when it has begun.
        selection: Selection,
    },
    Keyboard,
    /// The columns of the table.
    TableLook,
    PickCustomer,
}

/// Which dialog is open. Made once for a page.
#[derive(Clone, Copy)]
pub struct PageDialogs {
    open: RwSignal<Option<PageDialog>>,
    /// What had the focus when the first of them was opened: one dialog can open another in its place.
    opener: StoredValue<Option<SendWrapper<Element>>>,
}

impl PageDialogs {
    pub fn new() -> Self {
        Self { open: RwSignal::new(None), opener: StoredValue::new(None) }
    }

    pub fn open(self, dialog: PageDialog) {
        if self.open.with_untracked(Option::is_none) {
            self.opener.set_value(document().active_element().map(SendWrapper::new));
        }
        self.open.set(Some(dialog));
    }

    fn close(self) {
        self.open.set(None);
        let opener = self.opener.try_update_value(Option::take).flatten();
        if let Some(opener) = opener.filter(|_| focus::is_lost()) {
            focus::without_scrolling(&opener);
        }
    }
}

impl Default for PageDialogs {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the open dialog. Once on a page.
#[component]
pub fn DialogHost(dialogs: PageDialogs, frame: Frame) -> impl IntoView {
    changing(move || {
        let frame = frame.clone();
        dialogs.open.get().map(|dialog| on_demand::show(move |all| (all.page_dialog)(dialog, frame, dialogs)))
    })
}

/// What makes the dialog.
pub type PageDialogFn = fn(PageDialog, Frame, PageDialogs) -> AnyView;

pub fn page_dialog(dialog: PageDialog, frame: Frame, dialogs: PageDialogs) -> AnyView {
    let on_close = Callback::new(move |()| dialogs.close());
    match dialog {
        PageDialog::View { row, rows } => view! { <ViewDialog row rows frame dialogs on_close /> }.into_any(),
        PageDialog::Cancel(row) => view! { <CancelDialog row frame on_close /> }.into_any(),
        PageDialog::Reschedule(row) => view! { <RescheduleDialog row frame on_close /> }.into_any(),
        PageDialog::Delete(row) => view! { <DeleteDialog row frame on_close /> }.into_any(),
        PageDialog::CancelSelected { slug, number, form, selection } => {
            view! { <CancelSelected slug number form selection frame on_close /> }.into_any()
        }
        PageDialog::Bulk { slug, kind, form, selection } => {
            view! { <BulkDialog slug kind form selection frame on_close /> }.into_any()
        }
        PageDialog::Keyboard => view! { <KeyboardHelp on_close /> }.into_any(),
        PageDialog::TableLook => view! { <TableLook on_close /> }.into_any(),
        PageDialog::PickCustomer => view! { <CustomerPicker frame on_close /> }.into_any(),
    }
}
