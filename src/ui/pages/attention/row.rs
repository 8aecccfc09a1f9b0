//! One failed message: to whom, since when, and what can be done about it.

use super::DISMISS;
use crate::{
    domain::{
        MessageId,
        contact::phone_words,
        customer::message_href,
        message::{Action, Channel, Fix, MessageRow},
        project::Frame,
        role::Role,
        status::Status,
    },
    ui::{
        hooks::focus,
        messages::{
            fix::{fix_button, resend_button},
            steering::{Change, Steering, use_steering},
        },
        on_demand::preload_on_demand,
        parts::{avatar::Avatar, badge::Badge, time::Time},
    },
};
use leptos::{ev, prelude::*};

/// `first` is the message when its row is made. Its later data is in `rows`.
#[component]
pub fn AttentionRow(
    first: MessageRow,
    rows: Memo<Vec<MessageRow>>,
    /// Those that the server still lists.
    listed: Memo<Vec<MessageId>>,
    /// Those whose customers have another address by now.
    readdressed: Memo<Vec<MessageId>>,
    frame: StoredValue<Frame>,
) -> impl IntoView {
    let id = first.id;
    let today = frame.with_value(|frame| frame.today);
    let href = frame.with_value(|frame| message_href(&frame.slug, first.customer_id, id));
    let customer = first.customer_id.0;
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()).unwrap_or_else(|| first.clone())
    });
    let is_listed = Memo::new(move |_| listed.with(|listed| listed.contains(&id)));
    let is_mended = Memo::new(move |_| readdressed.with(|readdressed| readdressed.contains(&id)));
    let steering = use_steering();
    let doing = Memo::new(move |_| steering.doing(id));
    let name = Memo::new(move |_| row.with(|row| row.customer_name.clone()));
    let address = move || {
        row.with(|row| match row.channel {
            Channel::Email => row.recipient.clone(),
            Channel::Sms => phone_words(&row.recipient),
        })
    };
    let when = move || row.with(|row| row.failed.map(|at| view! { <Time at today /> }.into_any()));
    let actions = move || {
        if let Some(doing) = doing.get() {
            return view! { <span class="doing">{doing}</span> }.into_any();
        }
        row.with(|row| match (is_listed.get(), row.status) {
            (true, Status::Failed) => frame.with_value(|frame| actions(row, is_mended.get(), frame, steering)),
            (false, Status::Failed) => view! { <span class="muted">"No longer listed"</span> }.into_any(),
            (_, status) => view! { <Badge slug=status.slug() label=status.name() /> }.into_any(),
        })
    };
    view! {
        <tr
            class="row"
            id=format!("message-{id}")
            tabindex="-1"
            on:pointerenter=|_| preload_on_demand()
            on:focusin=|_| preload_on_demand()
        >
            <th scope="row" class="cell-customer">
                {move || view! { <Avatar id=customer name=name.get() /> }} <span class="customer-lines">
                    <a class="customer-name" href=href>
                        {name}
                    </a>
                    <span class="customer-contact">{address}</span>
                </span>
            </th>
            <td class="cell-message">{move || row.with(|row| row.template.label(row.reminder))}</td>
            <td class="cell-since">{when}</td>
            <td class="attention-actions">{actions}</td>
        </tr>
    }
}

fn actions(row: &MessageRow, is_mended: bool, frame: &Frame, steering: Steering) -> AnyView {
    let id = row.id;
    let details = view! {
        <a class="link-button" href=frame.href(&format!("messages/{id}"))>
            "Details"
        </a>
    };
    if !frame.may(Role::Operator) {
        return details.into_any();
    }
    let fix = row.fix().filter(|fix| match fix {
        Fix::EditEmail | Fix::EditPhone => !is_mended,
        // Beside it, and in the head of the group.
        Fix::Resend | Fix::OpenConnection => false,
        Fix::AskToResubscribe | Fix::ChangeText => true,
    });
    let fix_link = fix.map(|fix| fix_button(fix, row, &frame.slug, "link-button"));
    let would_fail = matches!(fix, Some(Fix::EditEmail | Fix::EditPhone));
    let resend =
        (row.may(Action::Resend) && !would_fail).then(|| resend_button(id, Fix::Resend.label(), "link-button"));
    let dismiss = move |event: ev::MouseEvent| {
        event.prevent_default();
        focus::to_row(&event);
        steering.run(Change::Dismiss(id));
    };
    view! {
        {fix_link}
        {resend}
        <button class="link-button" form=DISMISS name="id" value=id.to_string() on:click=dismiss>
            "Dismiss"
        </button>
        {details}
    }
    .into_any()
}
