//! Erasing a person: everything about a customer that tells who it is goes, for good; what is counted stays.
//!
//! The addresses are kept as keyed hashes, so that they are not taken again. The key is the project's own and in the database, so
//! that a restored backup still knows them; it keeps others' tables of hashes from being of any use.

use super::{
    audit, connections,
    customers::search_text,
    db::{Db, Query, Tx},
    dialect,
    guard::Admin,
    search,
    steering::cancel_customer,
    suppressions::customers_of,
};
use crate::domain::{
    AppError, AppResult, CustomerId, ImportId, MessageId, ProjectId, Timestamp,
    customer::{CustomerForm, ERASED_NAME},
    message::{CancelCause, Channel},
    refusal::Refusal,
};
use ring::hmac;
use std::{collections::HashSet, time::Duration};
use tokio::time::sleep;

/// Addresses of one statement.
const ROWS: usize = 500;
/// Between two attempts to empty the log.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What a person's data was in beside the database.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// Messages that may have been written to the outbox folder.
    pub messages: Vec<MessageId>,
    /// Files of customers, any of which may hold the person.
    pub imports: Vec<ImportId>,
}

/// Erases the person behind a customer, in one transaction.
///
/// # Errors
/// `NotFound` where it is none of the project's, `Conflict` where it was done before, while a message to the customer is being sent,
/// and while a file of customers is being imported.
pub async fn erase(admin: &Admin, id: CustomerId, now: Timestamp) -> AppResult<Leftovers> {
    let project = admin.project;
    let mut tx = admin.db.begin_in(project).await?;
    let known: Option<(String, String, String, Option<Timestamp>)> =
        sqlx::query_as("select name, email, phone, erased_at from customer where project_id = $1 and id = $2")
            .bind(project)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    let (name, email, phone, erased) = known.ok_or_else(|| AppError::no_such("customer"))?;
    if erased.is_some() {
        return Err(Refusal::Erased.into());
    }
    if number(&mut tx, "select count(*) from customer_import where project_id = $1 and state = 1", project).await? > 0 {
        return Err(Refusal::Importing.into());
    }
    cancel_customer(&mut tx, admin, id, CancelCause::Erased, now).await?;
    let messages: Vec<(MessageId, i16, Channel, String)> =
        sqlx::query_as("select id, state, channel, recipient from message where project_id = $1 and customer_id = $2")
            .bind(project)
            .bind(id)
            .fetch_all(&mut *tx)
            .await?;
    if messages.iter().any(|(_, state, ..)| *state == 1) {
        return Err(Refusal::BeingSent.into());
    }
    let mut addresses = vec![(Channel::Email, email), (Channel::Sms, phone)];
    for (_, _, channel, recipient) in &messages {
        // Who has it now may be somebody else.
        if !addresses.contains(&(*channel, recipient.clone()))
            && !is_of_another(&mut tx, project, id, *channel, recipient).await?
        {
            addresses.push((*channel, recipient.clone()));
        }
    }
    addresses.retain(|(_, address)| !address.is_empty());
    for sql in dialect::BEGIN_ERASING {
        sqlx::query(*sql).execute(&mut *tx).await?;
    }
    remember(&mut tx, project, &addresses, now).await?;
    erase_rows(&mut tx, project, id, now).await?;
    let words = addresses.iter().map(|(_, address)| address.as_str()).chain([name.as_str()]);
    audit::erase(&mut tx, project, &words.collect::<Vec<_>>()).await?;
    search::refresh_customer(&mut tx, project, id).await?;
    connections::forget_tests_to(&mut tx, project, &addresses).await?;
    let imports: Vec<ImportId> =
        sqlx::query_scalar("delete from customer_import where project_id = $1 and state <> 1 returning id")
            .bind(project)
            .fetch_all(&mut *tx)
            .await?;
    for sql in dialect::END_ERASING {
        sqlx::query(*sql).execute(&mut *tx).await?;
    }
    admin.db.commit(tx, project).await?;
    if !is_log_emptied(&admin.db).await {
        tokio::spawn(empty_log_later(admin.db.clone()));
    }
    Ok(Leftovers { messages: messages.into_iter().map(|(id, ..)| id).collect(), imports })
}

async fn is_log_emptied(db: &Db) -> bool {
    db.empty_log().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the write-ahead log could not be emptied after an erasure; trying again");
        false
    })
}

/// Empties the log, which has what was erased, as soon as nobody reads from it; when the server stops, closing the database does.
async fn empty_log_later(db: Db) {
    let mut pause = Duration::from_secs(1);
    while !db.is_closed() {
        sleep(pause).await;
        if is_log_emptied(&db).await {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn number(tx: &mut Tx, sql: &'static str, project: ProjectId) -> sqlx::Result<i64> {
    sqlx::query_scalar(sql).bind(project).fetch_one(&mut **tx).await
}

async fn is_of_another(
    tx: &mut Tx,
    project: ProjectId,
    id: CustomerId,
    channel: Channel,
    address: &str,
) -> sqlx::Result<bool> {
    Ok(customers_of(tx, project, channel, address).await?.iter().any(|other| *other != id))
}

/// Keeps the hashes of addresses, and nothing else of them.
async fn remember(tx: &mut Tx, project: ProjectId, addresses: &[(Channel, String)], now: Timestamp) -> AppResult<()> {
    let mut fresh = vec![0; 32];
    getrandom::fill(&mut fresh).map_err(|e| {
        tracing::error!(error = %e, "no randomness");
        Refusal::NoRandomness
    })?;
    sqlx::query("insert into erasure_key (project_id, key) values ($1, $2) on conflict do nothing")
        .bind(project)
        .bind(fresh)
        .execute(&mut **tx)
        .await?;
    let Some(key) = Key::of(tx, project).await? else { return Ok(()) };
    for (channel, address) in addresses {
        sqlx::query(
            "insert into erased_address (project_id, hash, erased_at) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(project)
        .bind(key.hash(*channel, address))
        .bind(now)
        .execute(&mut **tx)
        .await?;
        sqlx::query("delete from suppression where project_id = $1 and channel = $2 and address = $3")
            .bind(project)
            .bind(*channel)
            .bind(address)
            .execute(&mut **tx)
            .await?;
        sqlx::query("delete from guest where project_id = $1 and address = $2")
            .bind(project)
            .bind(address)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The rows of a customer's messages.
const OF_MESSAGES: &str = " where project_id = $1 and message_id in (select m.id from message m where m.project_id = $1 and m.customer_id = $2)";

/// What is written over or deleted, in this order; the parameters are the project and the customer.
const STATEMENTS: &[(&str, &str)] = &[
    ("update message_content set subject = '', text = 'Erased.', html = '', why = ''", OF_MESSAGES),
    ("delete from tracking_token", OF_MESSAGES),
    ("update message_event set detail = null", OF_MESSAGES),
    ("update send_attempt set detail = null, dialogue = null, provider_id = null", OF_MESSAGES),
    // Without an address, what is reported about it later is ignored.
    (
        "update message set recipient = '', failure_text = null, version = version + 1",
        " where project_id = $1 and customer_id = $2",
    ),
    ("update request set retry_at = null", " where project_id = $1 and customer_id = $2"),
    ("update review set text = '', to_thank = 0, is_open = 0", " where project_id = $1 and customer_id = $2"),
    ("delete from note", " where project_id = $1 and customer_id = $2"),
    ("delete from customer_tag", " where project_id = $1 and customer_id = $2"),
    // A search or a reason may name the person; what is still looking for its messages would find all without its search.
    (
        "update bulk_action set reason = '', stopped = case when state = 0 then 2 else stopped end,
            finished_at = case when state = 0 then created_at else finished_at end, except_ids = '[]',
            state = case when state = 0 then 3 else state end, filter = null",
        " where project_id = $1 and (state = 0 or exists (select 1 from bulk_action_row r
            where r.project_id = $1 and r.bulk_id = bulk_action.id and r.customer_id = $2))",
    ),
    ("delete from charge", " where project_id = $1 and customer_id = $2"),
    ("delete from api_answer", " where project_id = $1 and customer_id = $2"),
];

async fn erase_rows(tx: &mut Tx, project: ProjectId, id: CustomerId, now: Timestamp) -> sqlx::Result<()> {
    for (head, tail) in STATEMENTS {
        let mut query = Query::new(*head);
        query.push(*tail);
        query.build().bind(project).bind(id).execute(&mut **tx).await?;
    }
    let form = CustomerForm { name: ERASED_NAME.to_owned(), ..CustomerForm::default() };
    sqlx::query(
        "update customer set name = $3, company = '', email = '', phone = '', search_text = $4, visited_on = null,
            unsubscribed_at = coalesce(unsubscribed_at, $5), archived_at = coalesce(archived_at, $5), erased_at = $5
         where project_id = $1 and id = $2",
    )
    .bind(project)
    .bind(id)
    .bind(ERASED_NAME)
    .bind(search_text(&form))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// By what a project's erased addresses are known.
pub struct Key(hmac::Key);

impl Key {
    /// None where nobody was erased.
    pub async fn of(tx: &mut Tx, project: ProjectId) -> sqlx::Result<Option<Self>> {
        let key: Option<Vec<u8>> = sqlx::query_scalar("select key from erasure_key where project_id = $1")
            .bind(project)
            .fetch_optional(&mut **tx)
            .await?;
        Ok(key.map(|key| Self(hmac::Key::new(hmac::HMAC_SHA256, &key))))
    }

    fn hash(&self, channel: Channel, address: &str) -> Vec<u8> {
        let text = format!("{} {address}", channel.slug());
        hmac::sign(&self.0, text.as_bytes()).as_ref().to_vec()
    }

    /// Which of these addresses, by their places, are those of erased persons.
    pub async fn known(
        &self,
        tx: &mut Tx,
        project: ProjectId,
        addresses: &[(usize, Channel, &str)],
    ) -> sqlx::Result<Vec<(usize, Channel)>> {
        let mut known = Vec::new();
        for some in addresses.chunks(ROWS) {
            let hashes: Vec<Vec<u8>> = some.iter().map(|(_, channel, address)| self.hash(*channel, address)).collect();
            let mut query = Query::new("select hash from erased_address where project_id = ");
            query.push_bind(project).push(" and hash in (");
            let mut list = query.separated(", ");
            for hash in &hashes {
                list.push_bind(hash.clone());
            }
            query.push(")");
            let query = query.build_query_scalar().persistent(some.len() == ROWS);
            let found: HashSet<Vec<u8>> = query.fetch_all(&mut **tx).await?.into_iter().collect();
            let of = some.iter().zip(&hashes).filter(|(_, hash)| found.contains(*hash));
            known.extend(of.map(|((place, channel, _), _)| (*place, *channel)));
        }
        Ok(known)
    }

    /// Whether the address is one of an erased person.
    async fn knows(&self, tx: &mut Tx, project: ProjectId, channel: Channel, address: &str) -> sqlx::Result<bool> {
        let found: Option<Timestamp> =
            sqlx::query_scalar("select erased_at from erased_address where project_id = $1 and hash = $2")
                .bind(project)
                .bind(self.hash(channel, address))
                .fetch_optional(&mut **tx)
                .await?;
        Ok(found.is_some())
    }
}

/// Whether the address is one of an erased person. No customer has it then: it is not taken again.
pub(super) async fn is_erased(tx: &mut Tx, project: ProjectId, channel: Channel, address: &str) -> sqlx::Result<bool> {
    let Some(key) = Key::of(tx, project).await? else { return Ok(false) };
    key.knows(tx, project, channel, address).await
}

/// # Errors
/// `Invalid` for the first address that is one of an erased person.
pub(super) async fn refuse(tx: &mut Tx, project: ProjectId, form: &CustomerForm) -> AppResult<()> {
    let Some(key) = Key::of(tx, project).await? else { return Ok(()) };
    for (channel, address) in [(Channel::Email, &form.email), (Channel::Sms, &form.phone)] {
        if !address.is_empty() && key.knows(tx, project, channel, address).await? {
            return Err(Refusal::ErasedAddress(channel).into());
        }
    }
    Ok(())
}
