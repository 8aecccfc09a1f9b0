//! What the strategy would do for one customer: each condition, and what would go out when.

use crate::{
    api::strategy::load_strategy_preview,
    domain::{
        AppError, CustomerId,
        customer::ProfileQuery,
        project::Frame,
        role::Role,
        strategy::page::{Preview, PreviewMessage, PreviewWhen},
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::use_param,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{heading::PageHeading, icon::Icon, trouble::Trouble},
    },
};
use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn PreviewRoute() -> impl IntoView {
    let (slug, customer) = (use_param("slug"), use_param("customer"));
    let page = use_resource(
        move || (slug.get(), customer.get()),
        |(slug, customer)| async move {
            let customer: CustomerId = customer.parse().map_err(|_| AppError::no_such("customer"))?;
            Ok((customer, load_strategy_preview(slug, customer).await?))
        },
    );
    view! {
        <Title text="Preview" />
        {page_view(
            page,
            |(customer, _)| *customer,
            |_| 0,
            |page| view! { <PreviewView page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn PreviewView(page: PageData<(CustomerId, Preview)>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let today = frame.today;
    let (id, first) = data.get_untracked();
    let conditions = move || {
        let line = |(condition, is_met): &(crate::domain::strategy::verdict::Condition, bool)| {
            let (icon, words) = if *is_met { ("check", "met") } else { ("failed", "not met") };
            view! {
                <li>
                    <Icon name=icon />
                    <span>{condition.name()} <span class="visually-hidden">{format!(": {words}")}</span></span>
                </li>
            }
        };
        data.with(|(_, preview)| preview.conditions.iter().map(line).collect_view())
    };
    let messages = move || {
        data.with(|(_, preview)| {
            if preview.messages.is_empty() {
                return view! { <p>"Nothing would be sent: a condition is not met."</p> }.into_any();
            }
            preview.messages.iter().map(|message| message_view(message, today)).collect_view().into_any()
        })
    };
    let ask = frame.may(Role::Operator).then(|| {
        let href = format!("{}?do=request", ProfileQuery::default().href(&frame.slug, id));
        view! {
            <div class="title-actions">
                <a class="button button-primary" href=href>
                    "Request review"
                </a>
            </div>
        }
        .into_any()
    });
    view! {
        <div class="title-row">
            <PageHeading>"Preview"</PageHeading>
            {ask}
        </div>
        <p class="muted">
            <a href=frame.href("strategy")>"Strategy"</a>
            " – what it would send to "
            <a href=ProfileQuery::default().href(&frame.slug, id)>{first.name}</a>
            ". Nothing is sent or planned by looking at it."
        </p>
        <Trouble trouble read />
        <div class="settings">
            <section class="card" aria-labelledby="conditions-heading">
                <h2 id="conditions-heading">"Conditions"</h2>
                <ul class="checks">{conditions}</ul>
            </section>
            <section class="card" aria-labelledby="messages-heading">
                <h2 id="messages-heading">"Messages"</h2>
                {messages}
            </section>
        </div>
    }
}

fn message_view(message: &PreviewMessage, today: NaiveDate) -> impl IntoView + use<> {
    let when = match message.when {
        PreviewWhen::At(at) => at.inline(today),
        PreviewWhen::WithoutRating(at) => format!("about {}, if no rating was given by then", at.inline(today)),
        PreviewWhen::AfterReview => "after a review".to_owned(),
    };
    let subject = (!message.subject.is_empty()).then(|| view! { <p><strong>{message.subject.clone()}</strong></p> });
    view! {
        <article class="preview-message">
            <h3>{format!("{} by {}, {when}", message.what, message.channel.name())}</h3>
            <p class="muted">{message.why.clone()}</p>
            {subject}
            <pre class="preview-text">{message.text.clone()}</pre>
        </article>
    }
}
