//! One webhook: where it stands, what can be done about it, and its last deliveries.

use super::deliveries::Deliveries;
use crate::{
    api::webhooks::{NewWebhookSecret, ResendDelivery, SwitchWebhook, TestWebhook},
    domain::{
        WebhookId,
        project::Frame,
        webhook::{OffCause, WebhookEvent, WebhookRow, WebhooksPage, WebhooksTask},
    },
    ui::{
        hooks::action::FormAction,
        pages::settings::settings_action,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

/// What the cards of a page share: one action for each kind of button.
#[derive(Clone, Copy)]
pub struct Actions {
    test: ServerAction<TestWebhook>,
    switch: ServerAction<SwitchWebhook>,
    renew: ServerAction<NewWebhookSecret>,
    pub resend: ServerAction<ResendDelivery>,
}

impl Actions {
    pub fn new(renew: ServerAction<NewWebhookSecret>, slug: &str) -> Self {
        Self { test: settings_action(slug), switch: settings_action(slug), renew, resend: settings_action(slug) }
    }

    /// Why the last press of a button was refused.
    pub fn notices(self) -> AnyView {
        view! {
            <FormNotice error=self.test.refusal() />
            <FormNotice error=self.switch.refusal() />
            <FormNotice error=self.renew.refusal() />
            <FormNotice error=self.resend.refusal() />
        }
        .into_any()
    }
}

#[component]
pub fn Card(id: WebhookId, data: Memo<WebhooksPage>, actions: Actions, frame: Frame) -> impl IntoView {
    let row = Memo::new(move |_| data.with(|page| page.rows.iter().find(|row| row.id == id).cloned()));
    let url = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.url.clone()).unwrap_or_default()));
    let today = frame.today;
    let heading = format!("webhook-{id}");
    let labelled_by = heading.clone();
    let stands = move || row.with(|row| row.as_ref().map(|row| stands_view(row, today)));
    let told = move || row.with(|row| row.as_ref().map(|row| events_words(&row.events)).unwrap_or_default());
    let added = row.with_untracked(|row| {
        let row = row.as_ref()?;
        Some(format!("Added {} by {}.", row.created.inline(today), row.created_by))
    });
    view! {
        <section class="card webhook" aria-labelledby=labelled_by>
            <h2 id=heading>{url}</h2>
            {stands}
            <p>
                "Is told of "
                {told}
                ". "
                <span class="muted">{added}</span>
            </p>
            <Buttons id row url actions slug=frame.slug.clone() />
            <Deliveries id row resend=actions.resend frame />
        </section>
    }
}

/// Whether it is on, and what is wrong with it.
fn stands_view(row: &WebhookRow, today: NaiveDate) -> AnyView {
    match (&row.off, row.failing_since) {
        (Some(off), _) => {
            let since = off.at.inline(today);
            let sentence = match off.cause {
                OffCause::Staff => format!("Off since {since}, by {}.", off.by),
                OffCause::Gone => format!("Switched off {since}: it answered 410, that it wants nothing more."),
                OffCause::Failing => format!("Switched off {since}: nothing got through for long."),
            };
            let hint = "What happens meanwhile is not kept for it. What waits goes out once it is on again.";
            let class = if off.cause == OffCause::Staff { "notice" } else { "notice notice-error" };
            view! { <p class=class>{sentence} " " {hint}</p> }.into_any()
        }
        (None, Some(since)) => {
            view! { <p class="notice notice-error">{format!("On. Nothing has got through since {}.", since.inline(today))}</p> }
                .into_any()
        }
        (None, None) => view! { <p>"On."</p> }.into_any(),
    }
}

/// `message.sent, message.failed and review.created`
fn events_words(events: &[WebhookEvent]) -> String {
    let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => "nothing".to_owned(),
    }
}

#[component]
fn Buttons(
    id: WebhookId,
    row: Memo<Option<WebhookRow>>,
    url: Memo<String>,
    actions: Actions,
    slug: String,
) -> impl IntoView {
    let Actions { test, switch, renew, .. } = actions;
    let off = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.off.as_ref().map(|off| off.cause))));
    let about = url.with_untracked(|url| format!(" of {url}"));
    let link = |task: WebhooksTask, label: &'static str| {
        view! {
            <a class="button" href=WebhooksTask::href(Some(task), &slug) data-noscroll="">
                {label}
                <span class="visually-hidden">{format!(" {}", url.get_untracked())}</span>
            </a>
        }
        .into_any()
    };
    let (change, remove) = (link(WebhooksTask::Change(id), "Change"), link(WebhooksTask::Remove(id), "Remove"));
    let hidden = move |slug: String| {
        view! {
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="id" value=id.to_string() />
        }
        .into_any()
    };
    let label = Signal::derive(move || if off.get().is_some() { "Switch on" } else { "Switch off" }.to_owned());
    // Switching off what was switched off by itself takes the notice from the pages.
    let (slug, about) = (StoredValue::new(slug), StoredValue::new(about));
    let keep_off = move || {
        off.get().filter(|cause| *cause != OffCause::Staff).map(|_| {
            view! {
                <ActionForm action=switch>
                    {hidden(slug.get_value())} <input type="hidden" name="on" value="false" />
                    <SubmitButton label="Keep it off" about=about.get_value() class=PLAIN pending=switch.pending() />
                </ActionForm>
            }
            .into_any()
        })
    };
    view! {
        <div class="buttons">
            <ActionForm action=test>
                {hidden(slug.get_value())}
                <SubmitButton
                    label="Send a test"
                    about=url.with_untracked(|url| format!(" to {url}"))
                    class=PLAIN
                    pending=test.pending()
                />
            </ActionForm>
            {change}
            <ActionForm action=renew>
                {hidden(slug.get_value())}
                <SubmitButton label="New secret" about=about.get_value() class=PLAIN pending=renew.pending() />
            </ActionForm>
            <ActionForm action=switch>
                {hidden(slug.get_value())}
                <input type="hidden" name="on" value=move || if off.get().is_some() { "true" } else { "false" } />
                <SubmitButton label about=about.get_value() class=PLAIN pending=switch.pending() />
            </ActionForm>
            {keep_off}
            {remove}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_listed_as_in_a_sentence() {
        assert_eq!(events_words(&[]), "nothing");
        assert_eq!(events_words(&[WebhookEvent::Sent]), "message.sent");
        assert_eq!(
            events_words(&[WebhookEvent::Sent, WebhookEvent::Failed, WebhookEvent::Reviewed]),
            "message.sent, message.failed and review.created"
        );
    }
}
