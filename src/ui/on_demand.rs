//! What is loaded when somebody is likely to change something: menus, dialogs, and the calls that a change makes.

use super::{
    IS_SERVER,
    customer::task_dialog::{TaskDialogFn, task_dialog},
    hooks::later::{later, preload},
    messages::{
        actions_menu::{RowMenuFn, row_menu},
        bulk_menu::{BulkToolsFn, bulk_tools},
        chart::{ChartFn, chart},
        page_dialog::{PageDialogFn, page_dialog},
        steering::{CallFn, call},
    },
    palette::{PaletteFn, palette},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

#[derive(Clone, Copy)]
pub struct OnDemand {
    pub row_menu: RowMenuFn,
    pub bulk_tools: BulkToolsFn,
    pub chart: ChartFn,
    pub page_dialog: PageDialogFn,
    pub task_dialog: TaskDialogFn,
    pub call: CallFn,
    pub palette: PaletteFn,
}

const ALL: OnDemand = OnDemand { row_menu, bulk_tools, chart, page_dialog, task_dialog, call, palette };

static LOADED: OnceLock<OnDemand> = OnceLock::new();

/// One function for all: each `#[lazy]` is a split of its own, with files that it shares with every other.
#[lazy]
fn all() -> OnDemand {
    ALL
}

pub async fn load() -> OnDemand {
    let all = all().await;
    *LOADED.get_or_init(|| all)
}

/// What is there already. On the server, all is.
pub fn loaded() -> Option<OnDemand> {
    if IS_SERVER { Some(ALL) } else { LOADED.get().copied() }
}

/// Shows what `make` makes of it: at once where it is there, else when it has loaded.
pub fn show(make: impl FnOnce(OnDemand) -> AnyView + 'static) -> AnyView {
    match loaded() {
        Some(all) => make(all),
        None => later(async move { make(load().await) }),
    }
}

/// Loads it, once: the pointer or the focus came near what needs it.
pub fn preload_on_demand() {
    static STARTED: AtomicBool = AtomicBool::new(false);
    if !STARTED.swap(true, Ordering::Relaxed) {
        preload(|| {
            spawn_local(async {
                load().await;
            });
        });
    }
}
