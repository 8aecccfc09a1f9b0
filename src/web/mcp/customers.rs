//! The tools about customers.

use super::tools::Caller;
use crate::{
    domain::{
        CustomerId,
        strategy::{
            Automate,
            page::{Preview, PreviewMessage, PreviewWhen},
            verdict::Condition,
        },
    },
    server::{
        store::{customers, strategy},
        strategy_page,
    },
    web::v1::{
        customers::{Customer, CustomersQuery},
        paging::Part,
        problem::Problem,
        words::{Channel, Moment},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Which customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneCustomer {
    /// The customer's id, as list_customers has it.
    id: Uuid,
}

/// Whether a customer is asked automatically, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerExplained {
    customer: Customer,
    /// Whether the strategy asks customers at the moment: `on`, `paused` or `off`.
    #[schema(example = "on")]
    strategy: String,
    /// Whether it asks this one, and why not.
    explanation: String,
    /// Each condition of the strategy, and whether it is met.
    conditions: Vec<ConditionMet>,
    /// What it would send if it were on, in the order in which it goes out.
    would_send: Vec<WouldSend>,
}

/// A condition of the strategy.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionMet {
    #[schema(example = "Not unsubscribed")]
    condition: String,
    met: bool,
}

/// A message that the strategy would send.
#[derive(Debug, Serialize, ToSchema)]
pub struct WouldSend {
    /// Such as `Reminder 1`.
    what: String,
    channel: Channel,
    /// Null for what follows a review.
    at: Option<Moment>,
    /// Whether it goes out only if the customer has given no rating by then.
    without_rating: bool,
    why: String,
}

impl From<&PreviewMessage> for WouldSend {
    fn from(message: &PreviewMessage) -> Self {
        let (at, without_rating) = match message.when {
            PreviewWhen::At(at) => (Some(at), false),
            PreviewWhen::WithoutRating(at) => (Some(at), true),
            PreviewWhen::AfterReview => (None, false),
        };
        Self {
            what: message.what.clone(),
            channel: Channel(message.channel),
            at: Moment::of(at),
            without_rating,
            why: message.why.clone(),
        }
    }
}

pub async fn list(caller: Caller, query: CustomersQuery) -> Result<Part<Customer>, Problem> {
    Ok(query.part(&caller.viewer).await?)
}

pub async fn explain(caller: Caller, one: OneCustomer) -> Result<CustomerExplained, Problem> {
    let Caller { viewer, state } = caller;
    let id = CustomerId(one.id);
    let customer = Customer::from(&customers::one(&viewer, id).await?);
    let automate = strategy::kept(&viewer).await?.automate;
    let preview = strategy_page::preview(&viewer, id, &state.config.base_url).await?;
    let met = |(condition, met): &(Condition, bool)| ConditionMet { condition: condition.name().to_owned(), met: *met };
    Ok(CustomerExplained {
        customer,
        strategy: automate.slug().to_owned(),
        explanation: explanation(automate, &preview),
        conditions: preview.conditions.iter().map(met).collect(),
        would_send: preview.messages.iter().map(WouldSend::from).collect(),
    })
}

fn explanation(automate: Automate, preview: &Preview) -> String {
    let verdict = preview.verdict();
    match automate {
        Automate::On => verdict,
        Automate::Paused => format!("The strategy is paused: no new requests are planned. If it were on: {verdict}"),
        Automate::Off => format!("The strategy is off: customers are asked by hand. If it were on: {verdict}"),
    }
}
