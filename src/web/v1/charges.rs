//! What customers paid.

use super::{
    answers::{answered, created},
    caller::{Reads, Writes},
    customers::whom,
    input::{IdempotencyKey, Json, Params},
    paging::{Limit, Part, part, read},
    problem::Problem,
    words::Moment,
};
use crate::{
    domain::{ChargeId, CustomerId, charge::ChargeForm},
    server::{
        clock,
        rest::charges,
        store::{
            charges::{Listed, list as listed},
            guard::Viewer,
        },
    },
};
use axum::{Json as Answer, response::Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The names that fields of forms have here.
const NAMES: &[(&str, &str)] = &[("on", "charged_on")];

/// What a customer paid once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Charge {
    id: Uuid,
    customer_id: Uuid,
    charged_on: NaiveDate,
    /// With as many digits after the point as the currency has.
    #[schema(example = "49.90")]
    amount: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    /// Whether it is part of a subscription.
    subscription: bool,
    /// By which your books know it.
    external_id: Option<String>,
    added_at: Moment,
}

impl Charge {
    fn new(viewer: &Viewer, listed: &Listed) -> Self {
        let charge = &listed.charge;
        Self {
            id: listed.id.0,
            customer_id: listed.customer.0,
            charged_on: charge.on,
            amount: charge.money.plain(),
            currency: charge.money.currency.code().to_owned(),
            subscription: charge.is_subscription,
            external_id: Some(charge.external_id.clone()).filter(|id| !id.is_empty()),
            added_at: Moment(viewer.local(listed.added)),
        }
    }
}

/// A charge of the customer of `customer_id`, or of `email` or `phone`; with these and a `name`, one who is not known is added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargeInput {
    #[serde(default)]
    customer_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_length = 254, example = "ana@example.com")]
    email: Option<String>,
    /// With the country code, unless it is a US number.
    #[serde(default)]
    #[schema(max_length = 40)]
    phone: Option<String>,
    #[serde(default)]
    #[schema(max_length = 120, example = "Ana Ruiz")]
    name: Option<String>,
    /// Not negative, and with no more digits after the point than the currency has.
    #[schema(pattern = r"^\d{1,9}(\.\d{1,3})?$", example = "49.90")]
    amount: String,
    /// ISO 4217; without it, the currency of the project's strategy.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: Option<String>,
    charged_on: NaiveDate,
    #[serde(default)]
    subscription: bool,
    /// By which your books know it: the project takes one charge of each.
    #[serde(default)]
    #[schema(max_length = 100)]
    external_id: Option<String>,
}

/// Which charges.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChargesQuery {
    customer_id: Option<Uuid>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// List charges
///
/// The last added first.
#[utoipa::path(get, path = "/charges", tag = "charges", params(ChargesQuery),
    responses((status = 200, description = "A part of the list", body = Part<Charge>)))]
pub async fn list(Reads(viewer): Reads, Params(query): Params<ChargesQuery>) -> Result<Answer<Part<Charge>>, Problem> {
    let limit = query.limit.unwrap_or_default();
    let after: Option<ChargeId> = read(query.cursor.as_deref(), |text| text.parse().ok())?;
    let customer = query.customer_id.map(CustomerId);
    let rows = listed(&viewer, customer, after, usize::from(limit.rows()) + 1).await?;
    Ok(Answer(part(rows, limit, |row| row.id.to_string(), |row| Charge::new(&viewer, &row))))
}

/// Add a charge
///
/// The strategy may ask the customer because of it.
#[utoipa::path(post, path = "/charges", tag = "charges", request_body = ChargeInput,
    responses((status = 201, description = "The charge", body = Charge)))]
pub async fn create(
    Writes { key, operator }: Writes,
    name: IdempotencyKey,
    body: Json<ChargeInput>,
) -> Result<Response, Problem> {
    let once = body.once(name, key);
    let input = body.value;
    let whom = whom(input.customer_id, input.name.as_ref(), input.email.as_ref(), input.phone.as_ref())?;
    let form = ChargeForm {
        amount: input.amount,
        currency: input.currency.unwrap_or_default(),
        on: input.charged_on.to_string(),
        subscription: input.subscription,
        external_id: input.external_id.unwrap_or_default(),
    };
    let answer = |listed: &Listed| created(&Charge::new(&operator, listed));
    let answer = charges::add(&operator, &whom, &form, once.as_ref(), clock::now(), answer).await;
    answer.map(answered).map_err(|error| Problem::renamed(error, NAMES))
}
