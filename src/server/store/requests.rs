//! Asking a customer for a review: the request with its messages, and the templates that they are made from.

use super::{
    connections,
    db::Tx,
    guard::{Operator, Viewer},
    id::NewId,
    new_message::{self, NewMessage},
    opening, rows, search, timeline,
};
use crate::domain::{
    AppError, AppResult, CustomerId, LocalTime, LocationId, ProjectId, RequestId, Timestamp,
    message::{Channel, EventKind, MessageRow, Template},
    schedule::Hours,
    suppression::SuppressionReason,
    template::OptOut,
};

/// The customer who is asked, as far as the messages depend on it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    pub name: String,
    /// Empty where there is none.
    pub email: String,
    /// Empty where there is none.
    pub phone: String,
    pub location_id: Option<LocationId>,
    pub location_name: Option<String>,
    pub unsubscribed_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
    week: String,
    email_suppressed: Option<SuppressionReason>,
    phone_suppressed: Option<SuppressionReason>,
}

impl Recipient {
    /// Empty where there is none.
    pub fn address(&self, channel: Channel) -> &str {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone,
        }
    }

    /// Why nothing is sent to that address.
    pub fn suppressed(&self, channel: Channel) -> Option<SuppressionReason> {
        match channel {
            Channel::Email => self.email_suppressed,
            Channel::Sms => self.phone_suppressed,
        }
    }

    /// When messages of the project may leave.
    pub fn hours(&self) -> Hours {
        opening::hours(&self.week)
    }
}

/// A request as it is now.
#[derive(Clone, Debug)]
pub struct Standing {
    pub customer: CustomerId,
    /// Its number for its customer: 1, 2, …
    pub number: i32,
    pub created: LocalTime,
    /// In the order in which they leave; those that staff deleted are missing.
    pub messages: Vec<MessageRow>,
}

/// # Errors
/// `NotFound` for an unknown one.
pub async fn one(viewer: &Viewer, id: RequestId) -> AppResult<Standing> {
    let found: Option<(CustomerId, i32, Timestamp)> =
        sqlx::query_as("select customer_id, number, created_at from request where project_id = $1 and id = $2")
            .bind(viewer.project)
            .bind(id)
            .fetch_optional(viewer.db.read())
            .await?;
    let (customer, number, created) = found.ok_or_else(|| AppError::no_such("request"))?;
    let messages = rows::of_request(viewer, id).await?;
    Ok(Standing { customer, number, created: viewer.local(created), messages })
}

/// A template of a project, as staff wrote it. The others are the defaults in its language.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredTemplate {
    pub template: Template,
    pub channel: Channel,
    /// Empty for SMS.
    pub subject: String,
    pub body: String,
}

/// The templates of a project.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    pub own: Vec<StoredTemplate>,
    /// What the default ones of SMS end in.
    pub opt_out: OptOut,
}

/// What the messages of a new request are made from.
#[derive(Clone, Debug)]
pub struct Material {
    pub request: RequestId,
    pub recipient: Recipient,
    pub templates: Templates,
}

/// A request that was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: RequestId,
    /// Its number for its customer: 1, 2, …
    pub number: i32,
    pub messages: Vec<NewMessage>,
}

/// [`create_in`], in a transaction of its own.
pub async fn create(
    operator: &Operator,
    customer: CustomerId,
    now: Timestamp,
    compose: impl FnOnce(&Material) -> AppResult<Vec<NewMessage>>,
) -> AppResult<Kept> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let kept = create_in(&mut tx, operator, customer, now, compose).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(kept)
}

/// Keeps a request and the messages that `compose` makes, in a transaction that has touched the project.
///
/// # Errors
/// `NotFound` for an unknown customer, and whatever `compose` refuses with; then nothing may be committed.
pub async fn create_in(
    tx: &mut Tx,
    operator: &Operator,
    customer: CustomerId,
    now: Timestamp,
    compose: impl FnOnce(&Material) -> AppResult<Vec<NewMessage>>,
) -> AppResult<Kept> {
    let recipient = recipient(tx, operator.project, customer).await?;
    let templates = templates(tx, operator.project).await?;
    let material = Material { request: RequestId::new(), recipient, templates };
    let messages = compose(&material)?;
    let number = insert_request(tx, operator, material.request, customer, now).await?;
    let seq = new_message::reserve(tx, operator.project, messages.len()).await?;
    new_message::insert(tx, operator.project, seq, &messages).await?;
    timeline::record(tx, operator, messages.iter().map(|m| m.id), EventKind::Created, None, now).await?;
    search::index(tx, seq..seq + messages.len() as i64).await?;
    Ok(Kept { id: material.request, number, messages })
}

async fn recipient(tx: &mut Tx, project: ProjectId, customer: CustomerId) -> AppResult<Recipient> {
    sqlx::query_as(
        "select c.name, c.email, c.phone, c.location_id, l.name as location_name, c.unsubscribed_at, c.archived_at,
            p.week,
            (select s.reason from suppression s where s.project_id = c.project_id and s.channel = 0 and s.address = c.email)
                as email_suppressed,
            (select s.reason from suppression s where s.project_id = c.project_id and s.channel = 1 and s.address = c.phone)
                as phone_suppressed
         from customer c
         join project p on p.id = c.project_id
         left join location l on l.project_id = c.project_id and l.id = c.location_id
         where c.project_id = $1 and c.id = $2",
    )
    .bind(project)
    .bind(customer)
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| AppError::no_such("customer"))
}

async fn insert_request(
    tx: &mut Tx,
    operator: &Operator,
    request: RequestId,
    customer: CustomerId,
    now: Timestamp,
) -> sqlx::Result<i32> {
    let number: i32 = sqlx::query_scalar(
        // With what a trigger would set: one change of the row instead of two.
        "update customer set last_number = last_number + 1, requested_at = coalesce(requested_at, $3)
         where project_id = $1 and id = $2 returning last_number",
    )
    .bind(operator.project)
    .bind(customer)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query(
        "insert into request (project_id, id, customer_id, number, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(operator.project)
    .bind(request)
    .bind(customer)
    .bind(number)
    .bind(now)
    .bind(operator.user)
    .execute(&mut **tx)
    .await?;
    Ok(number)
}

const TEMPLATES: &str = "select template, channel, subject, body from template where project_id = $1 and body <> ''";

pub(super) async fn templates(tx: &mut Tx, project: ProjectId) -> sqlx::Result<Templates> {
    let own = sqlx::query_as(TEMPLATES).bind(project).fetch_all(&mut **tx).await?;
    Ok(Templates { own, opt_out: connections::opt_out(&mut **tx, project).await? })
}

/// [`templates`], for what is only shown.
pub async fn templates_of(viewer: &Viewer) -> AppResult<Templates> {
    let own = sqlx::query_as(TEMPLATES).bind(viewer.project).fetch_all(viewer.db.read()).await?;
    Ok(Templates { own, opt_out: connections::opt_out_of(viewer).await? })
}
