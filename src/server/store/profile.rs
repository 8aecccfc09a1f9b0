//! One customer with everything about them.

use super::{charges, reviews, rows, strategy::date};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, LocationId, MessageId, NoteId, Timestamp,
        customer::{Customer, Note, Profile, ProfileQuery, ProfileView},
        role::FORMER_MEMBER,
        status::State,
    },
    server::store::guard::Viewer,
};

/// Messages per page.
const PER_PAGE: usize = 50;

#[derive(sqlx::FromRow)]
struct StoredCustomer {
    name: String,
    company: String,
    email: String,
    phone: String,
    location_id: Option<LocationId>,
    visited_on: Option<i32>,
    last_messaged_at: Option<Timestamp>,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    erased_at: Option<Timestamp>,
}

/// The fields that order a customer's messages.
#[derive(sqlx::FromRow)]
struct Key {
    seq: i64,
    id: MessageId,
    state: State,
    number: i32,
    scheduled_at: Timestamp,
    sent_at: Option<Timestamp>,
}

/// With the page that holds the requested message, else the requested page, else the nearest.
pub async fn profile(viewer: &Viewer, id: CustomerId, query: ProfileQuery) -> AppResult<Profile> {
    let customer = customer(viewer, id).await?;
    let keys = keys(viewer, id, query.view).await?;
    let pages = keys.len().div_ceil(PER_PAGE).max(1);
    let target = query.message.and_then(|m| keys.iter().position(|k| k.id == m));
    let page = match target {
        Some(at) => at / PER_PAGE + 1,
        None => (query.page.max(1) as usize).min(pages),
    };
    let seqs: Vec<i64> = keys.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).map(|k| k.seq).collect();
    Ok(Profile {
        customer,
        notes: notes(viewer, id).await?,
        reviews: reviews::of_customer(viewer, id).await?,
        charges: charges::of_customer(viewer, id).await?,
        messages: rows::by_seq(viewer, &seqs).await?,
        message_total: keys.len() as u32,
        page: page as u32,
        pages: pages as u32,
        unsent: keys.iter().filter(|k| k.state == State::Scheduled).count() as u32,
        target_found: target.is_some(),
        version: viewer.version,
    })
}

async fn customer(viewer: &Viewer, id: CustomerId) -> AppResult<Customer> {
    let stored: Option<StoredCustomer> = sqlx::query_as(
        "select name, company, email, phone, location_id, visited_on, last_messaged_at, unsubscribed_at, archived_at, erased_at
         from customer where project_id = $1 and id = $2",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_optional(viewer.db.read())
    .await?;
    let c = stored.ok_or_else(|| AppError::no_such("customer"))?;
    let tags =
        sqlx::query_scalar("select tag from customer_tag where project_id = $1 and customer_id = $2 order by tag");
    let local = |at: Option<Timestamp>| at.map(|t| viewer.local(t));
    Ok(Customer {
        id,
        name: c.name,
        company: c.company,
        email: c.email,
        phone: c.phone,
        location: c.location_id,
        visited: c.visited_on.map(date),
        last_messaged: local(c.last_messaged_at),
        unsubscribed: local(c.unsubscribed_at),
        archived: local(c.archived_at),
        erased: local(c.erased_at),
        tags: tags.bind(viewer.project).bind(id).fetch_all(viewer.db.read()).await?,
    })
}

/// All messages of the customer in the order of the view: newest request first and its messages as they go out, or
/// newest message first.
async fn keys(viewer: &Viewer, id: CustomerId, view: ProfileView) -> AppResult<Vec<Key>> {
    let mut keys: Vec<Key> = sqlx::query_as(
        "select m.seq, m.id, m.state, r.number, m.scheduled_at, m.sent_at
         from message m join request r on r.project_id = m.project_id and r.id = m.request_id
         where m.project_id = $1 and m.customer_id = $2",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_all(viewer.db.read())
    .await?;
    match view {
        ProfileView::Grouped => keys.sort_by_key(|k| (-k.number, k.scheduled_at, k.id)),
        ProfileView::List => {
            keys.sort_by_key(|k| (k.sent_at.unwrap_or(k.scheduled_at), k.id));
            keys.reverse();
        }
    }
    Ok(keys)
}

async fn notes(viewer: &Viewer, id: CustomerId) -> AppResult<Vec<Note>> {
    let notes: Vec<(NoteId, String, Option<String>, Timestamp)> = sqlx::query_as(
        "select n.id, n.text, p.name, n.created_at from note n left join person p on p.id = n.author_id
         where n.project_id = $1 and n.customer_id = $2 order by n.id desc",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_all(viewer.db.read())
    .await?;
    let note = |(id, text, author, at): (NoteId, String, Option<String>, Timestamp)| Note {
        id,
        text,
        author: author.unwrap_or_else(|| FORMER_MEMBER.into()),
        at: viewer.local(at),
    };
    Ok(notes.into_iter().map(note).collect())
}
