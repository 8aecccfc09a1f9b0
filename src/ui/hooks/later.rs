//! Views whose code is loaded when an event asks for them.

use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local_scoped_with_cancellation};
use std::{pin::Pin, time::Duration};

/// How long what is likely to be wanted waits before it is loaded.
const PRELOAD_PAUSE: Duration = Duration::from_millis(400);

/// Calls `load` in a moment: the pointer or the focus came near what needs it, and a press that follows at once must not wait
/// for the start of many downloads.
pub fn preload(load: impl FnOnce() + 'static) {
    set_timeout(load, PRELOAD_PAUSE);
}

/// Shows `view` when it is ready, after its code has loaded. Only for what an event opens: the server renders nothing of it.
pub fn later(view: impl Future<Output = AnyView> + 'static) -> AnyView {
    let view: Pin<Box<dyn Future<Output = AnyView>>> = Box::pin(ScopedFuture::new_untracked(view));
    let shown = RwSignal::new_local(None::<AnyView>);
    spawn_local_scoped_with_cancellation(async move { shown.set(Some(view.await)) });
    (move || {
        shown.track();
        shown.try_update_untracked(Option::take).flatten()
    })
    .into_any()
}
