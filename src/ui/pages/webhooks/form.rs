//! The fields of a webhook.

use crate::{
    domain::{
        AppError,
        webhook::{WebhookEvent, form::URL_MAX},
    },
    ui::parts::field::{FieldError, FormNotice, TextField, described_by, field_error},
};
use leptos::prelude::*;

/// The address, and the events that it is told of.
#[component]
pub fn Fields(
    /// Unique on the page: `new` or `changed`.
    prefix: &'static str,
    url: String,
    /// Those that are ticked.
    events: Vec<WebhookEvent>,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    let (url_id, events_id) = match prefix {
        "new" => ("new-webhook-url", "new-webhook-events"),
        _ => ("webhook-url", "webhook-events"),
    };
    let wrong = field_error(error, "events");
    let choice = move |event: WebhookEvent| {
        view! {
            <label class="checkbox">
                <input
                    type="checkbox"
                    name=format!("form[events][{}]", event.name())
                    value="true"
                    checked=events.contains(&event)
                />
                <span>
                    <code>{event.name()}</code>
                    " "
                    <span class="muted">{event.explanation()}</span>
                </span>
            </label>
        }
        .into_any()
    };
    view! {
        <FormNotice error fields=&["url", "events"] />
        <TextField
            id=url_id
            label="Address"
            name="form[url]"
            field="url"
            error
            value=Signal::stored(url)
            kind="url"
            hint="Begins with https:// and answers with a status from 200 to 299 within 15 seconds."
            maxlength=URL_MAX
            required=true
        />
        <fieldset class="field" aria-describedby=described_by(events_id, false, wrong)>
            <legend class="field-label">"Events"</legend>
            {WebhookEvent::CHOICES.map(choice).collect_view()}
            <FieldError id=events_id error=wrong />
        </fieldset>
    }
}
