//! The keys of the Messages page, and the switch that turns single keys off.

use crate::ui::{
    hooks::keys::{KEYS, are_on, switch},
    parts::dialog::{Dialog, DialogFoot},
};
use leptos::prelude::*;

#[component]
pub fn KeyboardHelp(on_close: Callback<()>) -> impl IntoView {
    let on = RwSignal::new(are_on());
    let toggle = move |_| {
        on.update(|on| *on = !*on);
        switch(on.get_untracked());
    };
    let line = |(key, what): (&'static str, &'static str)| {
        view! {
            <dt>
                <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
        }
    };
    view! {
        <Dialog title="Keyboard" on_close>
            <div class="dialog-body">
                <dl class="definition-list">{KEYS.map(line).into_iter().collect_view()}</dl>
                <button
                    type="button"
                    class="switch"
                    role="switch"
                    aria-checked=move || if on.get() { "true" } else { "false" }
                    on:click=toggle
                >
                    "Single-key shortcuts"
                </button>
            </div>
            <DialogFoot />
        </Dialog>
    }
}
