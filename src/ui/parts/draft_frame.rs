//! A frame that shows what the server makes of what somebody types.

use crate::ui::hooks::effect::effect;
use leptos::{html, prelude::*};

/// The fields of a form that is sent to the frame: names and values.
pub type Fields = Vec<(&'static str, String)>;

/// Shows what is at `address`, and then what it answers to each change of `draft`.
///
/// The newest frame lies over the one before, which is seen until the newest has come. Each is a frame of its own, because each
/// further page of one frame would be a step of the history. A content security policy of ours forbids a document in the page
/// (`srcdoc`) its styles, so it comes from an address.
#[component]
pub fn DraftFrame(
    /// Unique on the page. Without scripts, a form can be sent to the frame of this name with `-0` after it.
    name: &'static str,
    address: String,
    title: &'static str,
    #[prop(default = "")] sandbox: &'static str,
    /// None for whom may not change anything.
    draft: Option<Signal<Fields>>,
) -> impl IntoView {
    let frames = RwSignal::new(vec![0_u32]);
    let first = address.clone();
    let frame = move |n: u32| {
        let is_old = move || frames.with(|frames| frames.last() != Some(&n));
        view! {
            <iframe
                class="preview-frame"
                sandbox=sandbox
                name=format!("{name}-{n}")
                src=(n == 0).then(|| first.clone())
                title=title
                inert=is_old
            ></iframe>
        }
    };
    let form = draft.map(|draft| view! { <Sender name address draft frames /> }.into_any());
    view! {
        // It scrolls where the window is narrow, by keys too.
        <div class="preview-frames" role="group" aria-label=title tabindex="0">
            <For each=move || frames.get() key=|n| *n children=frame />
        </div>
        {form}
    }
}

/// The hidden form that is sent to the newest frame.
#[component]
fn Sender(name: &'static str, address: String, draft: Signal<Fields>, frames: RwSignal<Vec<u32>>) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let send = move || {
        let newest = frames.try_with_untracked(|frames| frames.last().copied()).flatten();
        if let (Some(form), Some(newest)) = (form.try_get_untracked().flatten(), newest) {
            form.set_target(&format!("{name}-{newest}"));
            let _ = form.submit();
        }
    };
    effect(move |before: Option<Fields>| {
        let now = draft.get();
        if before.is_some_and(|before| before != now) {
            frames.update(|frames| {
                let last = frames.last().copied().unwrap_or_default();
                *frames = vec![last, last + 1];
            });
            // Once the frame is there.
            request_animation_frame(send);
        }
        now
    });
    let field = |(n, (name, _)): (usize, (&'static str, String))| {
        let value = move || draft.with(|fields| fields.get(n).map(|(_, value)| value.clone()).unwrap_or_default());
        view! { <input type="hidden" name=name prop:value=value /> }
    };
    let fields = draft.get_untracked().into_iter().enumerate().map(field).collect_view();
    view! {
        <form method="post" action=address node_ref=form hidden>
            {fields}
        </form>
    }
}
