//! What the newest customer would get by what is typed.

use super::state::Draft;
use crate::{
    domain::{
        message::{Channel, outside_gsm, sms_segments},
        project::Frame,
        role::Role,
        stats::count,
        template::{Sample, TemplateQuery, TemplatesPage, Wording},
    },
    ui::hooks::effect::effect,
};
use leptos::{html, prelude::*};

#[component]
pub fn Preview(query: TemplateQuery, data: Memo<TemplatesPage>, draft: Draft, frame: Frame) -> impl IntoView {
    let sample = Memo::new(move |_| data.with(|page| page.sample.clone()));
    let whose = move || {
        sample.with(|sample| match &sample.customer {
            Some(name) => format!("With the data of {name}, the newest customer. Its links lead nowhere."),
            None => "With made-up data, because the project has no customer yet. Its links lead nowhere.".to_owned(),
        })
    };
    let content = match query.channel {
        Channel::Email => view! { <EmailPreview query sample draft frame /> }.into_any(),
        Channel::Sms => view! { <SmsPreview sample draft /> }.into_any(),
    };
    view! {
        <section class="card template-preview" aria-labelledby="preview-heading">
            <h2 id="preview-heading">"Preview"</h2>
            <p class="muted">{whose}</p>
            {content}
        </section>
    }
}

/// The part of the draft that `part` names, filled in; as it was before where it cannot be read.
fn filled(draft: Draft, sample: Memo<Sample>, part: fn(&Wording) -> &str) -> Memo<String> {
    Memo::new(move |before: Option<&String>| {
        let read = draft.settled.with(|settled| sample.with(|sample| sample.fill(part(settled))));
        read.unwrap_or_else(|_| before.cloned().unwrap_or_default())
    })
}

#[component]
fn SmsPreview(sample: Memo<Sample>, draft: Draft) -> impl IntoView {
    let text = filled(draft, sample, |wording| &wording.body);
    let length = move || {
        text.with(|text| {
            let parts = count(sms_segments(text).into(), "SMS segment");
            let length = count(text.chars().count() as u64, "character");
            match outside_gsm(text) {
                None => format!("{length}, {parts}. 160 characters fit into one, and 153 into each of several."),
                Some(c) => format!(
                    "{length}, {parts}. \u{201c}{c}\u{201d} is not in the alphabet of SMS (GSM-7), so that only 70 characters fit into one, and 67 into each of several (UCS-2)."
                ),
            }
        })
    };
    view! {
        <p class="sms">{text}</p>
        <p class="muted" role="status">
            {length}
        </p>
    }
}

#[component]
fn EmailPreview(query: TemplateQuery, sample: Memo<Sample>, draft: Draft, frame: Frame) -> impl IntoView {
    let subject = filled(draft, sample, |wording| &wording.subject);
    let address = query.preview(&frame.slug);
    // The newest lies over the one before, which is seen until the newest has come. Each is a frame of its own, because each further
    // page of one frame would be a step of the history.
    let frames = RwSignal::new(vec![0_u32]);
    let form = NodeRef::<html::Form>::new();
    let sent = RwSignal::new(draft.settled.get_untracked());
    effect(move |before: Option<()>| {
        let now = draft.settled.get();
        let is_good = now.checked(query.template, query.channel).is_ok();
        if before.is_some() && is_good && sent.with_untracked(|sent| *sent != now) {
            sent.set(now);
            frames.update(|frames| {
                let last = frames.last().copied().unwrap_or_default();
                *frames = vec![last, last + 1];
            });
            request_animation_frame(move || {
                if let Some(form) = form.try_get_untracked().flatten() {
                    let last = frames.with_untracked(|frames| frames.last().copied().unwrap_or_default());
                    form.set_target(&name(last));
                    let _ = form.submit();
                }
            });
        }
    });
    let first = address.clone();
    let draft_form = frame.may(Role::Manager).then(|| {
        view! {
            <form method="post" action=address node_ref=form hidden>
                <input type="hidden" name="query" value=query.to_query() />
                <input
                    type="hidden"
                    name="wording[subject]"
                    prop:value=move || sent.with(|sent| sent.subject.clone())
                />
                <input type="hidden" name="wording[body]" prop:value=move || sent.with(|sent| sent.body.clone()) />
            </form>
        }
        .into_any()
    });
    let frame = move |n: u32| {
        let is_old = move || frames.with(|frames| frames.last() != Some(&n));
        view! {
            <iframe
                class="preview-frame"
                sandbox=""
                name=name(n)
                src=(n == 0).then(|| first.clone())
                title="The email as the customer sees it"
                inert=is_old
            ></iframe>
        }
    };
    view! {
        <p class="template-subject">
            <span class="muted">"Subject: "</span>
            <strong>{subject}</strong>
        </p>
        <fieldset class="preview-width">
            <legend class="visually-hidden">"Width of the preview"</legend>
            <label class="checkbox">
                <input type="radio" name="preview-width" value="desktop" checked />
                "Desktop"
            </label>
            <label class="checkbox">
                <input type="radio" name="preview-width" value="phone" />
                "Phone"
            </label>
        </fieldset>
        <div class="preview-frames">
            <For each=move || frames.get() key=|n| *n children=frame />
        </div>
        {draft_form}
    }
}

fn name(frame: u32) -> String {
    format!("template-preview-{frame}")
}
