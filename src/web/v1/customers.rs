//! Customers: listed, added or changed by their addresses, unsubscribed and resubscribed.

use super::{
    answers::{answered, created_or_ok},
    caller::{Reads, Writes},
    input::{Id, IdempotencyKey, Json, Params},
    paging::{Limit, Part, read, written},
    problem::Problem,
    words::{CustomerSort, CustomerStatus, Direction, Moment, ReviewStage},
};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, LocationId,
        customer::{CustomerCursor, CustomerForm, CustomerRow, filter::CustomerFilter},
        review::Rating,
    },
    server::{
        actions, clock,
        rest::{Named, Whom, customers as named},
        store::{customers, guard::Viewer},
    },
};
use axum::{Json as Answer, response::Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The names that fields of forms have here.
const NAMES: &[(&str, &str)] = &[("location", "location_id"), ("visited", "visited_on")];

/// Somebody who may be asked for a review.
#[derive(Debug, Serialize, ToSchema)]
pub struct Customer {
    id: Uuid,
    name: String,
    /// Empty where it is not known.
    company: String,
    email: Option<String>,
    /// In the form of E.164.
    #[schema(example = "+12015550123")]
    phone: Option<String>,
    location_id: Option<Uuid>,
    tags: Vec<String>,
    /// The day of the visit or purchase that the strategy may count from.
    visited_on: Option<NaiveDate>,
    last_messaged_at: Option<Moment>,
    /// When the customer was first asked.
    requested_at: Option<Moment>,
    /// When the customer first followed a link of a message.
    clicked_at: Option<Moment>,
    /// When the customer left the newest review.
    reviewed_at: Option<Moment>,
    /// The stars of that review.
    #[schema(minimum = 1, maximum = 5)]
    rating: Option<i16>,
    /// Since when nothing is sent to the customer, who unsubscribed.
    unsubscribed_at: Option<Moment>,
    archived_at: Option<Moment>,
    created_at: Moment,
}

impl From<&CustomerRow> for Customer {
    fn from(row: &CustomerRow) -> Self {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            id: row.id.0,
            name: row.name.clone(),
            company: row.company.clone(),
            email: given(&row.email),
            phone: given(&row.phone),
            location_id: row.location.map(|id| id.0),
            tags: row.tags.clone(),
            visited_on: row.visited,
            last_messaged_at: Moment::of(row.last_messaged),
            requested_at: Moment::of(row.requested),
            clicked_at: Moment::of(row.clicked),
            reviewed_at: Moment::of(row.reviewed),
            rating: row.rating.map(Rating::stars),
            unsubscribed_at: Moment::of(row.unsubscribed),
            archived_at: Moment::of(row.archived),
            created_at: Moment(row.added),
        }
    }
}

/// Which customers, in which order, as on the Customers page.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CustomersQuery {
    /// Words of name, company, email or phone.
    q: Option<String>,
    /// How far the customer has come from being asked to a review.
    #[param(inline)]
    review: Option<ReviewStage>,
    /// What sets the customer apart. Without it, archived ones are left out.
    #[param(inline)]
    status: Option<CustomerStatus>,
    location: Option<Uuid>,
    tag: Option<String>,
    /// The stars of the newest review.
    #[param(minimum = 1, maximum = 5)]
    rating: Option<i16>,
    /// Added on this day or later, in the project's time zone.
    from: Option<NaiveDate>,
    /// Added on this day or before.
    to: Option<NaiveDate>,
    #[param(inline)]
    sort: Option<CustomerSort>,
    /// Names begin with A, times with the newest, unless this says otherwise.
    #[param(inline)]
    dir: Option<Direction>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

impl CustomersQuery {
    /// The part of the list that it names.
    pub async fn part(&self, viewer: &Viewer) -> AppResult<Part<Customer>> {
        let limit = self.limit.unwrap_or_default();
        let cursor = read(self.cursor.as_deref(), CustomerCursor::read)?;
        let (rows, next) = customers::after(viewer, &self.filter()?, cursor.as_ref(), limit.rows().into()).await?;
        let next_cursor = next.map(|next| written(&next.write()));
        Ok(Part { data: rows.iter().map(Customer::from).collect(), next_cursor })
    }

    fn filter(&self) -> AppResult<CustomerFilter> {
        let sort = self.sort.map_or_else(Default::default, |sort| sort.0);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        // Texts are read as those of an address are.
        let read = CustomerFilter::default().with_value("q", &text(&self.q)).with_value("tag", &text(&self.tag));
        Ok(CustomerFilter {
            review: self.review.map(|stage| stage.0),
            status: self.status.map(|status| status.0),
            location: self.location.map(LocationId),
            rating: self.rating.map(Rating::new).transpose()?,
            from: self.from,
            to: self.to,
            sort,
            is_reversed: self.dir.is_some_and(|dir| dir.0 != sort.usual()),
            ..read
        })
    }
}

/// What is known of a customer. Fields that are left out, null or empty change nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerInput {
    /// Needed for a new customer.
    #[serde(default)]
    #[schema(max_length = 120, example = "Ana Ruiz")]
    name: Option<String>,
    #[serde(default)]
    #[schema(max_length = 120)]
    company: Option<String>,
    /// An email address or a phone number is needed: they tell whether the customer is known.
    #[serde(default)]
    #[schema(max_length = 254, example = "ana@example.com")]
    email: Option<String>,
    /// With the country code, unless it is a US number.
    #[serde(default)]
    #[schema(max_length = 40, example = "+12015550123")]
    phone: Option<String>,
    /// One of the project's locations.
    #[serde(default)]
    location_id: Option<Uuid>,
    /// The day of the visit or purchase that the strategy may count from.
    #[serde(default)]
    visited_on: Option<NaiveDate>,
    /// They are added to those that the customer has: 20 at most.
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
}

/// Whom a request is about, by an id or by addresses.
///
/// # Errors
/// `Invalid` where neither is given, or both.
pub fn whom(
    id: Option<Uuid>,
    name: Option<&String>,
    email: Option<&String>,
    phone: Option<&String>,
) -> AppResult<Whom> {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let form = CustomerForm { name: text(name), email: text(email), phone: text(phone), ..CustomerForm::default() };
    let is_named = form != CustomerForm::default();
    match id {
        Some(_) if is_named => {
            Err(AppError::invalid("customer_id", "Give the customer's id, or name, email and phone, and not both."))
        }
        Some(id) => Ok(Whom::Known(CustomerId(id))),
        None => Ok(Whom::Named(Box::new(Named { form, tags: Vec::new() }))),
    }
}

/// List customers
///
/// Those that the filters of the Customers page show.
#[utoipa::path(get, path = "/customers", tag = "customers", params(CustomersQuery),
    responses((status = 200, description = "A part of the list", body = Part<Customer>)))]
pub async fn list(
    Reads(viewer): Reads,
    Params(query): Params<CustomersQuery>,
) -> Result<Answer<Part<Customer>>, Problem> {
    Ok(Answer(query.part(&viewer).await?))
}

/// Add or change a customer
///
/// Changes the customer who has the email address or the phone number, and adds one where nobody has.
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = CustomerInput,
    responses(
        (status = 200, description = "The customer was known", body = Customer),
        (status = 201, description = "The customer is new", body = Customer),
    ))]
pub async fn put(
    Writes { key, operator }: Writes,
    name: IdempotencyKey,
    body: Json<CustomerInput>,
) -> Result<Response, Problem> {
    let once = body.once(name, key);
    let input = body.value;
    let form = CustomerForm {
        name: input.name.unwrap_or_default(),
        company: input.company.unwrap_or_default(),
        email: input.email.unwrap_or_default(),
        phone: input.phone.unwrap_or_default(),
        location: input.location_id.map(|id| id.to_string()).unwrap_or_default(),
        visited: input.visited_on.map(|day| day.to_string()).unwrap_or_default(),
    };
    let named = Named { form, tags: input.tags.unwrap_or_default() };
    let answer = |row: &CustomerRow, is_new: bool| created_or_ok(is_new, &Customer::from(row));
    let answer = named::put(&operator, &named, once.as_ref(), clock::now(), answer).await;
    answer.map(answered).map_err(|error| Problem::renamed(error, NAMES))
}

/// Read a customer
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The customer", body = Customer)))]
pub async fn get(Reads(viewer): Reads, Id(id): Id<CustomerId>) -> Result<Answer<Customer>, Problem> {
    Ok(Answer(Customer::from(&customers::one(&viewer, id).await?)))
}

/// Unsubscribe a customer
///
/// Nothing is sent to the customer any more, and what waits is canceled.
#[utoipa::path(post, path = "/customers/{id}/unsubscribe", tag = "customers", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The customer", body = Customer)))]
pub async fn unsubscribe(caller: Writes, Id(id): Id<CustomerId>) -> Result<Answer<Customer>, Problem> {
    set_unsubscribed(caller, id, true).await
}

/// Resubscribe a customer
///
/// Only with the customer's consent. What was canceled stays canceled.
#[utoipa::path(post, path = "/customers/{id}/resubscribe", tag = "customers", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The customer", body = Customer)))]
pub async fn resubscribe(caller: Writes, Id(id): Id<CustomerId>) -> Result<Answer<Customer>, Problem> {
    set_unsubscribed(caller, id, false).await
}

async fn set_unsubscribed(
    Writes { operator, .. }: Writes,
    id: CustomerId,
    on: bool,
) -> Result<Answer<Customer>, Problem> {
    actions::set_unsubscribed(&operator, id, on).await?;
    Ok(Answer(Customer::from(&customers::one(&operator, id).await?)))
}
