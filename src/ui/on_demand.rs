//! What is loaded when somebody is likely to change something: the dialogs, and the calls that a change makes.

use super::{
    customer::task_dialog::{TaskDialogFn, task_dialog},
    hooks::later::preload,
    messages::{
        page_dialog::{PageDialogFn, page_dialog},
        steering::{CallFn, call},
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

#[derive(Clone, Copy)]
pub struct OnDemand {
    pub page_dialog: PageDialogFn,
    pub task_dialog: TaskDialogFn,
    pub call: CallFn,
}

const ALL: OnDemand = OnDemand { page_dialog, task_dialog, call };

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
    if is_server() { Some(ALL) } else { LOADED.get().copied() }
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
