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
    ui::parts::draft_frame::DraftFrame,
};
use leptos::prelude::*;

/// The name of the frames.
const FRAME: &str = "template-preview";

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
    // What cannot be saved is not sent: what was shown before stays.
    let good = Memo::new(move |before: Option<&Wording>| {
        let now = draft.settled.get();
        match before {
            Some(before) if now.checked(query.template, query.channel).is_err() => before.clone(),
            _ => now,
        }
    });
    let fields = Signal::derive(move || {
        let Wording { subject, body } = good.get();
        vec![("query", query.to_query()), ("wording[subject]", subject), ("wording[body]", body)]
    });
    let fields = frame.may(Role::Manager).then_some(fields);
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
        <DraftFrame
            name=FRAME
            address=query.preview(&frame.slug)
            title="The email as the customer sees it"
            draft=fields
        />
    }
}
