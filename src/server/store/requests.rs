//! Asking a customer for a review: the request with its messages, and the templates that they are made from.

use super::{
    db::{Query, Tx},
    new_message::{self, NewMessage, Past},
    queue, search, touch,
};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, EventId, LocationId, MessageId, ProjectId, RequestId, Timestamp,
        ask::Ask,
        message::{Channel, EventKind, Template},
        schedule::{self, Window},
    },
    server::{
        delivery::template::{self, Compiled, Values},
        guard::Operator,
    },
};

#[derive(sqlx::FromRow)]
struct Asked {
    name: String,
    email: String,
    phone: String,
    location_id: Option<LocationId>,
    location_name: Option<String>,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    window_start: Option<i16>,
    window_end: Option<i16>,
}

impl Asked {
    fn recipient(&self, channel: Channel) -> &str {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone,
        }
    }

    fn window(&self) -> Window {
        queue::window(self.window_start, self.window_end)
    }

    /// Refuses to ask whom we may not, or cannot, reach.
    fn check(&self, ask: &Ask) -> AppResult<()> {
        let name = &self.name;
        if self.unsubscribed_at.is_some() {
            return Err(AppError::Conflict(format!("{name} has unsubscribed and cannot be asked for a review.")));
        }
        if self.archived_at.is_some() {
            return Err(AppError::Conflict(format!("{name} is archived. Unarchive the customer to request a review.")));
        }
        for channel in &ask.channels {
            if self.recipient(*channel).is_empty() {
                let lacks = match channel {
                    Channel::Email => "no email address",
                    Channel::Sms => "no phone number",
                };
                let sentence = format!("{name} has {lacks}. Edit the customer, or choose the other channel.");
                return Err(AppError::invalid("channels", sentence));
            }
        }
        Ok(())
    }
}

/// Asks a customer: for each channel the request itself and its reminders, in one transaction.
///
/// # Errors
/// `NotFound` for an unknown customer, `Conflict` for one that may not be asked, `Invalid` for a channel that does not
/// reach them or a time that has passed.
pub async fn create(
    operator: &Operator,
    customer: CustomerId,
    ask: &Ask,
    base_url: &str,
    now: Timestamp,
) -> AppResult<RequestId> {
    let first = match ask.at {
        Some(wall) => schedule::future("at", &operator.zone, wall, now)?,
        None => now,
    };
    let mut tx = operator.db.begin().await?;
    touch(&mut tx, operator.project).await?;
    let asked = asked(&mut tx, operator.project, customer).await?;
    asked.check(ask)?;
    let request = insert_request(&mut tx, operator, customer, now).await?;
    let asking = Asking { operator, customer, request, asked, ask, base_url: base_url.trim_end_matches('/'), now };
    let messages = asking.compose(&mut tx, first).await?;
    let seq = new_message::reserve(&mut tx, operator.project, messages.len()).await?;
    new_message::insert(&mut tx, operator.project, seq, &messages).await?;
    note_created(&mut tx, operator, &messages, now).await?;
    search::index(&mut tx, seq..seq + messages.len() as i64).await?;
    tx.commit().await?;
    operator.db.changed(operator.project);
    Ok(request)
}

async fn asked(tx: &mut Tx, project: ProjectId, customer: CustomerId) -> AppResult<Asked> {
    sqlx::query_as(
        "select c.name, c.email, c.phone, c.location_id, l.name as location_name, c.unsubscribed_at, c.archived_at,
            p.window_start, p.window_end
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
    customer: CustomerId,
    now: Timestamp,
) -> sqlx::Result<RequestId> {
    let number: i32 = sqlx::query_scalar(
        "update customer set last_number = last_number + 1 where project_id = $1 and id = $2 returning last_number",
    )
    .bind(operator.project)
    .bind(customer)
    .fetch_one(&mut **tx)
    .await?;
    let request = RequestId::new();
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
    Ok(request)
}

/// What the messages of one request have in common.
struct Asking<'a> {
    operator: &'a Operator,
    customer: CustomerId,
    request: RequestId,
    asked: Asked,
    ask: &'a Ask,
    base_url: &'a str,
    now: Timestamp,
}

impl Asking<'_> {
    /// The request and its reminders for each channel, at their times inside the project's window.
    async fn compose(&self, tx: &mut Tx, first: Timestamp) -> AppResult<Vec<NewMessage>> {
        let Self { operator, asked, ask, .. } = self;
        let window = asked.window();
        let times = schedule::sequence(&operator.zone, window.next(&operator.zone, first), ask.reminders, ask.days);
        let mut messages = Vec::new();
        for &channel in &ask.channels {
            let request = compiled(tx, operator.project, Template::Request, channel).await?;
            let reminder = compiled(tx, operator.project, Template::Reminder, channel).await?;
            for (n, at) in (0_i16..).zip(&times) {
                let compiled = if n == 0 { &request } else { &reminder };
                messages.push(self.message(channel, n, compiled, window.next(&operator.zone, *at))?);
            }
        }
        Ok(messages)
    }

    /// `reminder` is 0 for the request itself.
    fn message(&self, channel: Channel, reminder: i16, from: &Compiled, at: Timestamp) -> AppResult<NewMessage> {
        let Self { operator, asked, .. } = self;
        let token = new_message::token()?;
        let content = from.render(&Values {
            customer_name: &asked.name,
            project_name: &operator.project_name,
            location_name: asked.location_name.as_deref(),
            base_url: self.base_url,
            token: &token,
        })?;
        Ok(NewMessage {
            id: MessageId::new(),
            customer: self.customer,
            request: self.request,
            location: asked.location_id,
            channel,
            template: if reminder == 0 { Template::Request } else { Template::Reminder },
            reminder,
            recipient: asked.recipient(channel).to_owned(),
            scheduled: at,
            day: operator.day(at),
            created: self.now,
            content,
            token,
            past: Past::default(),
        })
    }
}

async fn note_created(tx: &mut Tx, operator: &Operator, messages: &[NewMessage], now: Timestamp) -> sqlx::Result<()> {
    let mut query = Query::new("insert into message_event (project_id, message_id, id, at, kind, actor) ");
    query.push_values(messages, |mut row, message| {
        row.push_bind(operator.project).push_bind(message.id).push_bind(EventId::new());
        row.push_bind(now).push_bind(EventKind::Created).push_bind(operator.actor().map(str::to_owned));
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}

/// A project's template, ready to write; the one that we ship where the project has none.
pub async fn compiled(tx: &mut Tx, project: ProjectId, template: Template, channel: Channel) -> AppResult<Compiled> {
    let own: Option<(String, String)> =
        sqlx::query_as("select subject, body from template where project_id = $1 and template = $2 and channel = $3")
            .bind(project)
            .bind(template)
            .bind(channel)
            .fetch_optional(&mut **tx)
            .await?;
    match own {
        Some((subject, body)) => Compiled::new(template, channel, &subject, &body),
        None => {
            let (subject, body) = template::default(template, channel);
            Compiled::new(template, channel, subject, body)
        }
    }
}

/// Gives a new project the templates that we ship.
pub async fn install_templates(tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
    let all = Template::ALL.into_iter().flat_map(|t| Channel::ALL.into_iter().map(move |c| (t, c)));
    let mut query = Query::new("insert into template (project_id, template, channel, subject, body) ");
    query.push_values(all, |mut row, (kind, channel)| {
        let (subject, body) = template::default(kind, channel);
        row.push_bind(project).push_bind(kind).push_bind(channel).push_bind(subject).push_bind(body);
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}
