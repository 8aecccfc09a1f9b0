//! Asking many customers for reviews at once: the controls, and what they would do, counted before it is done.

use super::ask_fields::{Channels, Reminders, When};
use crate::{
    api::requests::preview_ask,
    domain::{
        AppError, AppResult,
        ask::{AskForm, many::WhomForm, preview::AskPreview},
        customer::bulk::BulkAction,
        project::Frame,
    },
    ui::{hooks::typing::after_typing, parts::field::FormNotice},
};
use chrono::NaiveDate;
use leptos::{
    ev,
    prelude::*,
    web_sys::{FormData, HtmlFormElement},
};

/// The errors that the controls show, with that of a list of addresses.
const SHOWN: &[&str] = &["channels", "reminders", "days", "at", "list"];

/// What the form asks for, and what that would do.
#[derive(Clone, Copy)]
pub struct Asking {
    asked: RwSignal<(WhomForm, AskForm)>,
    /// None while nobody is named.
    preview: LocalResource<Option<AppResult<AskPreview>>>,
}

impl Asking {
    /// Of a form that begins with these customers, and with both channels.
    pub fn new(slug: String, whom: WhomForm) -> Self {
        let first = AskForm { email: true, sms: true, ..AskForm::default() };
        let asked = RwSignal::new((whom, first));
        let preview = LocalResource::new(move || {
            let (slug, (whom, form)) = (slug.clone(), asked.get());
            async move {
                let is_nobody = whom.is_list && whom.list.trim().is_empty();
                if is_nobody { None } else { Some(preview_ask(slug, whom, form).await) }
            }
        });
        Self { asked, preview }
    }

    /// To be called when something in the form is typed or chosen.
    pub fn follow(self) -> impl Fn(ev::Event) + Clone {
        after_typing(move |form| {
            let Some((list, form)) = held(form) else { return };
            self.asked.update(|(whom, asked)| {
                whom.list = list;
                *asked = form;
            });
        })
    }

    /// What the button says: `Ask 38 customers`.
    pub fn label(self, pending: Signal<bool>) -> Signal<String> {
        Signal::derive(move || match self.can() {
            _ if pending.get() => "Under way…".to_owned(),
            Some(n) if n > 0 => BulkAction::Request.label(n),
            _ => "Ask".to_owned(),
        })
    }

    /// How many can be asked, as far as that is known for sure.
    fn can(self) -> Option<u64> {
        match self.preview.get() {
            Some(Some(Ok(preview))) if !preview.has_more => Some(preview.can),
            _ => None,
        }
    }
}

/// What the controls hold.
fn held(form: &HtmlFormElement) -> Option<(String, AskForm)> {
    let data = FormData::new_with_form(form).ok()?;
    let text = |name: &str| data.get(name).as_string().unwrap_or_default();
    let form = AskForm {
        email: data.has("form[email]"),
        sms: data.has("form[sms]"),
        reminders: text("form[reminders]"),
        days: text("form[days]"),
        when: text("form[when]"),
        at: text("form[at]"),
    };
    Some((text("whom[list]"), form))
}

/// Everything between whom to ask and the buttons.
#[component]
pub fn AskManyFields(asking: Asking, error: Signal<Option<AppError>>, frame: Frame) -> impl IntoView {
    let Frame { zone, today, .. } = frame;
    view! {
        <FormNotice error fields=SHOWN />
        <Channels
            email=Ok("Who has an email address.".to_owned())
            sms=Ok("Who has a phone number.".to_owned())
            error
        />
        <Reminders error />
        <When error zone today=today.to_string() />
        <div class="ask-preview" role="status">
            {move || said(asking.preview.get(), today)}
        </div>
        <div class="ask-samples">{move || samples(asking.preview.get().flatten())}</div>
    }
}

/// None of the preview while it is read for the first time.
fn said(preview: Option<Option<AppResult<AskPreview>>>, today: NaiveDate) -> AnyView {
    let line = |sentence: String| view! { <p>{sentence}</p> }.into_any();
    match preview {
        None => view! { <p class="muted">"Counting…"</p> }.into_any(),
        Some(None) => ().into_any(),
        Some(Some(Err(error))) if is_of_field(&error) => line(error.to_string()),
        Some(Some(Err(error))) => view! { <p class="notice notice-error">{error.to_string()}</p> }.into_any(),
        Some(Some(Ok(preview))) => view! {
            <p>
                <strong>{preview.who_can(today)}</strong>
            </p>
            {preview.who_cannot().map(line)}
            {preview.who_is_unknown().map(line)}
        }
        .into_any(),
    }
}

fn is_of_field(error: &AppError) -> bool {
    SHOWN.iter().any(|field| error.for_field(field).is_some())
}

/// What the first of them would get.
fn samples(preview: Option<AppResult<AskPreview>>) -> Option<AnyView> {
    let samples = preview?.ok()?.samples;
    let name = samples.first()?.customer.clone();
    let one = |sample: crate::domain::ask::preview::Sample| {
        let subject = (!sample.subject.is_empty()).then(|| format!("Subject: {}\n\n", sample.subject));
        view! {
            <h3>{sample.channel.name()}</h3>
            <pre class="preview-text">{format!("{}{}", subject.unwrap_or_default(), sample.text)}</pre>
        }
        .into_any()
    };
    Some(
        view! {
            <details>
                <summary>{format!("What {name} would get first")}</summary>
                {samples.into_iter().map(one).collect_view()}
            </details>
        }
        .into_any(),
    )
}
