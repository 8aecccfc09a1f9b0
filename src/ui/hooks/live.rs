//! Following a project live: the server tells its version after each change. When that is newer than what the page shows, the
//! page reads its data again.

use super::effect::effect;
use crate::domain::project::Alert;
use leptos::{
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{EventSource, MessageEvent, js_sys::Math},
};
use std::time::Duration;

/// The longest pause before another attempt to connect, in milliseconds.
const PAUSE_MAX: f64 = 30_000.0;

/// The version of data that does not say one.
pub const NO_VERSION: i64 = 0;

/// What a page knows of the changes of its project. Provided by the frame around all pages of a project.
#[derive(Clone, Copy)]
pub struct Live {
    /// The newest version that the server told.
    told: RwSignal<i64>,
    /// The newest version that a change of this window made.
    made: RwSignal<i64>,
    /// How many failed messages need attention, as the server told last.
    attention: RwSignal<Option<u32>>,
    /// How often connecting has failed since the last connection.
    failures: RwSignal<u32>,
    /// Whether changes made elsewhere wait until the person wants them.
    paused: RwSignal<bool>,
    /// The version that the page shows.
    shown: RwSignal<i64>,
    /// Counts the requests to connect at once.
    attempts: RwSignal<u32>,
    /// What the server last told to disturb sending; none before it told anything.
    alerts: RwSignal<Option<Vec<Alert>>>,
}

/// None outside of a project.
pub fn use_live() -> Option<Live> {
    use_context()
}

/// Made once, around all pages of the project.
pub fn provide_live(slug: Memo<String>) -> Live {
    let live = Live {
        told: RwSignal::new(0),
        made: RwSignal::new(0),
        attention: RwSignal::new(None),
        failures: RwSignal::new(0),
        paused: RwSignal::new(false),
        shown: RwSignal::new(0),
        attempts: RwSignal::new(0),
        alerts: RwSignal::new(None),
    };
    provide_context(live);
    live.connect_while_seen(slug);
    live
}

impl Live {
    /// A change of this window made this version of the project: it is read at once, even while paused.
    pub fn changed(self, version: i64) {
        self.made.update(|made| *made = version.max(*made));
    }

    /// For what reads more than the page: runs again with each newer version that the page shows.
    pub fn track(self) {
        self.shown.track();
    }

    /// The same with each version that the server tells, shown or not.
    pub fn track_told(self) {
        self.told.track();
    }

    /// How many failed messages need attention, once the server has told.
    pub fn attention(self) -> Option<u32> {
        self.attention.get()
    }

    pub fn is_paused(self) -> bool {
        self.paused.get()
    }

    pub fn pause(self, on: bool) {
        self.paused.set(on);
    }

    /// How many changes wait while paused.
    pub fn waiting(self) -> i64 {
        if self.paused.get() { (self.told.get() - self.shown.get()).max(0) } else { 0 }
    }

    /// Whether the connection is lost, and the first attempt to connect again has failed.
    pub fn is_lost(self) -> bool {
        self.failures.get() > 1
    }

    /// What disturbs sending, once the server has told it to this window.
    pub fn alerts(self) -> Option<Vec<Alert>> {
        self.alerts.get()
    }

    pub fn try_now(self) {
        self.attempts.update(|n| *n += 1);
    }

    /// Calls `read` when the project is newer than `shown`, and when the connection comes back while reading has `failed`.
    pub fn follow(self, shown: Signal<Option<i64>>, failed: Signal<bool>, read: Callback<()>) {
        // Each version is read once: the answer to one's own change and the server's news of it cause one reading.
        let asked = StoredValue::new(0_i64);
        effect(move |_| {
            let Some(shown) = shown.get() else { return };
            // A page that shows no version is read again at each change from now on.
            if shown == NO_VERSION && asked.get_value() == 0 {
                asked.set_value(self.told.get_untracked().max(1));
            } else if shown != NO_VERSION {
                self.shown.set(shown);
            }
            let told = if self.paused.get() { 0 } else { self.told.get() };
            let wanted = told.max(self.made.get());
            if wanted > shown.max(asked.get_value()) {
                asked.set_value(wanted);
                read.run(());
            }
        });
        // What failed is tried again when the network or the connection is back.
        effect(move |before: Option<(u32, u32)>| {
            let now = (self.failures.get(), self.attempts.get());
            let is_back = before.is_some_and(|before| (before.0 > 0 && now.0 == 0) || before.1 != now.1);
            if is_back && failed.get_untracked() {
                read.run(());
            }
            now
        });
    }

    /// Holds one connection while the window is visible: browsers allow few to one server. On connecting, the server tells
    /// its version, so that nothing is missed.
    fn connect_while_seen(self, slug: Memo<String>) {
        effect(move |_| {
            let seen = RwSignal::new(!document().hidden());
            let visibility = window_event_listener_untyped("visibilitychange", move |_| seen.set(!document().hidden()));
            let online = window_event_listener_untyped("online", move |_| self.try_now());
            on_cleanup(move || {
                visibility.remove();
                online.remove();
            });
            effect(move |_| {
                self.attempts.track();
                let slug = slug.get();
                if !slug.is_empty() && seen.get() {
                    self.listen(&slug);
                }
            });
        });
    }

    /// Listens until the effect that it is called in runs again or ends.
    fn listen(self, slug: &str) {
        let Ok(source) = EventSource::new(&format!("/projects/{slug}/live")) else { return };
        let changed = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let version = event.data().as_string().and_then(|version| version.parse::<i64>().ok());
            self.told.update(|told| *told = version.unwrap_or(0).max(*told));
            if let Some(number) = event.last_event_id().split_once('.').and_then(|(_, number)| number.parse().ok()) {
                self.attention.set(Some(number));
            }
        });
        let disturbed = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let told = event.data().as_string().and_then(|alerts| serde_json::from_slice(alerts.as_bytes()).ok());
            if told.is_some() {
                self.alerts.set(told);
            }
        });
        let opened = Closure::<dyn FnMut()>::new(move || self.failures.set(0));
        let retry = StoredValue::new(None::<TimeoutHandle>);
        let failed = {
            let source = source.clone();
            Closure::<dyn FnMut()>::new(move || {
                // After an answer such as 429 or 502, the browser itself never tries again.
                source.close();
                self.failures.update(|n| *n += 1);
                let pause = Duration::from_millis(pause(self.failures.get_untracked(), Math::random()));
                retry.set_value(set_timeout_with_handle(move || self.try_now(), pause).ok());
            })
        };
        let on = |event: &str, closure: &JsValue| {
            let _ = source.add_event_listener_with_callback(event, closure.unchecked_ref());
        };
        on("changed", changed.as_ref());
        on("alerts", disturbed.as_ref());
        on("open", opened.as_ref());
        on("error", failed.as_ref());
        let held = StoredValue::new_local((source, changed, disturbed, opened, failed));
        on_cleanup(move || {
            held.with_value(|(source, ..)| source.close());
            if let Some(Some(retry)) = retry.try_update_value(Option::take) {
                retry.clear();
            }
        });
    }
}

/// Milliseconds until the next attempt. They double with each failure, and are spread by `chance` (0 to 1), so that after a
/// deployment not all windows connect in the same moment.
fn pause(failures: u32, chance: f64) -> u64 {
    let longest = (500.0 * f64::from(1_u32 << failures.min(10))).min(PAUSE_MAX);
    (longest * (0.5 + chance / 2.0)) as u64
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn attempts_become_rarer_and_never_stop() {
        assert_eq!(pause(1, 0.0), 500);
        assert_eq!(pause(1, 1.0), 1_000);
        assert_eq!(pause(4, 1.0), 8_000);
        assert_eq!(pause(400, 1.0), 30_000);
    }
}
