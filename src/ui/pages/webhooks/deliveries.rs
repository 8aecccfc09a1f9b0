//! The last deliveries of a webhook, each of which can be sent again.

use crate::{
    api::webhooks::ResendDelivery,
    domain::{
        DeliveryId, WebhookId,
        project::Frame,
        webhook::{DELIVERIES_SHOWN, DeliveryRow, DeliveryState, KEPT_DAYS, WebhookRow},
    },
    ui::parts::{
        submit_button::{PLAIN, SubmitButton},
        time::Time,
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Deliveries(
    id: WebhookId,
    row: Memo<Option<WebhookRow>>,
    resend: ServerAction<ResendDelivery>,
    frame: Frame,
) -> impl IntoView {
    let all = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.deliveries.clone()).unwrap_or_default()));
    let ids = Memo::new(move |_| all.with(|all| all.iter().map(|one| one.id).collect::<Vec<DeliveryId>>()));
    let is_empty = Memo::new(move |_| ids.with(Vec::is_empty));
    let frame = StoredValue::new(frame);
    let line = move |delivery| frame.with_value(|frame| row_view(id, delivery, all, resend, frame));
    move || {
        if is_empty.get() {
            return view! { <p class="muted">"Nothing was to be delivered yet."</p> }.into_any();
        }
        view! {
            <div class="table-wrap">
                <table class="table settings-table deliveries-table">
                    <caption>{format!("The last {DELIVERIES_SHOWN} deliveries, kept for {KEPT_DAYS} days")}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Event"</th>
                            <th scope="col">"Time"</th>
                            <th scope="col">"Attempts"</th>
                            <th scope="col">"Answer"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || ids.get() key=|id| *id let:delivery>
                            {line(delivery)}
                        </For>
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

/// What changes in it changes in place: the focus stays on its button.
fn row_view(
    webhook: WebhookId,
    id: DeliveryId,
    all: Memo<Vec<DeliveryRow>>,
    resend: ServerAction<ResendDelivery>,
    frame: &Frame,
) -> AnyView {
    let one = Memo::new(move |_| all.with(|all| all.iter().find(|one| one.id == id).cloned()));
    let Some(first) = one.get_untracked() else { return ().into_any() };
    let (today, slug) = (frame.today, frame.slug.clone());
    let (name, at) = (first.event.name(), first.at);
    let attempts = move || one.with(|one| one.as_ref().map(|one| one.attempts));
    let outcome = move || one.with(|one| one.as_ref().map(|one| outcome_words(one, today)));
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <code>{name}</code>
            </th>
            <td class="cell-time">
                <Time at today />
            </td>
            <td class="cell-number cell-attempts">{attempts}</td>
            <td class="cell-answer">{outcome}</td>
            <td class="cell-buttons">
                <div class="row-buttons">
                    <ActionForm action=resend>
                        <input type="hidden" name="slug" value=slug />
                        <input type="hidden" name="webhook" value=webhook.to_string() />
                        <input type="hidden" name="id" value=id.to_string() />
                        <SubmitButton
                            label="Send again"
                            about=format!(" {name}, {}", at.inline(today))
                            class=PLAIN
                            pending=resend.pending()
                        />
                    </ActionForm>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// The last answer, and what follows.
fn outcome_words(one: &DeliveryRow, today: NaiveDate) -> String {
    let outcome = one.outcome();
    match (one.state, one.next) {
        (DeliveryState::Waiting, Some(next)) => format!("{} Next attempt {}.", sentence(&outcome), next.inline(today)),
        (DeliveryState::GivenUp, _) => format!("{} Given up.", sentence(&outcome)),
        _ => outcome,
    }
}

fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}
