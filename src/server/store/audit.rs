//! The audit log of a project.

use super::{
    db::{Query, Tx},
    guard::{Manager, Viewer},
    id::NewId,
};
use crate::domain::{
    AppResult, AuditId, CustomerId, MessageId, ProjectId, Timestamp,
    audit::{About, AuditEntry, AuditPage, AuditQuery, ENTRIES_SHOWN, KEPT_DAYS},
};

/// Adds what a member did, and deletes what is no longer kept. `about` is the customer, and the message.
pub async fn add(
    viewer: &Viewer,
    (action, sentence): (&str, &str),
    about: Option<(CustomerId, Option<MessageId>)>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let (customer, message) = about.unzip();
    let mut tx = viewer.db.begin().await?;
    sqlx::query(
        "insert into audit_entry (project_id, id, at, actor, action, sentence, customer_id, message_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(viewer.project)
    .bind(AuditId::new())
    .bind(now)
    .bind(&viewer.user_name)
    .bind(action)
    .bind(sentence)
    .bind(customer)
    .bind(message.flatten())
    .execute(&mut *tx)
    .await?;
    sqlx::query("delete from audit_entry where project_id = $1 and at < $2")
        .bind(viewer.project)
        .bind(now.plus(-KEPT_DAYS * Timestamp::DAY))
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

#[derive(sqlx::FromRow)]
struct Stored {
    id: AuditId,
    at: Timestamp,
    actor: String,
    sentence: String,
    customer_id: Option<CustomerId>,
    name: Option<String>,
    message_id: Option<MessageId>,
}

/// The newest first.
pub async fn page(manager: &Manager, query: &AuditQuery) -> AppResult<AuditPage> {
    let mut sql = Query::new(
        "select a.id, a.at, a.actor, a.sentence, a.customer_id, c.name, m.id as message_id from audit_entry a
         left join customer c on c.project_id = a.project_id and c.id = a.customer_id
         left join message m on m.project_id = a.project_id and m.id = a.message_id where a.project_id = ",
    );
    sql.push_bind(manager.project);
    if let Some(after) = query.after {
        sql.push(" and a.id < ").push_bind(after);
    }
    for word in query.q.to_lowercase().split_whitespace() {
        sql.push(" and ").push(super::dialect::POSITION);
        sql.push("(lower(a.actor || ' ' || a.sentence || ' ' || coalesce(c.name, '')), ");
        sql.push_bind(word.to_owned()).push(") > 0");
    }
    sql.push(" order by a.id desc limit ").push_bind(ENTRIES_SHOWN as i64 + 1);
    let found: Vec<Stored> = sql.build_query_as().fetch_all(manager.db.read()).await?;
    let entry = |stored: Stored| AuditEntry {
        id: stored.id,
        at: manager.local(stored.at),
        actor: stored.actor,
        sentence: stored.sentence,
        about: stored.customer_id.zip(stored.name).map(|(customer, name)| About {
            customer,
            name,
            message: stored.message_id,
        }),
    };
    let mut entries: Vec<AuditEntry> = found.into_iter().map(entry).collect();
    let has_more = entries.len() > ENTRIES_SHOWN;
    entries.truncate(ENTRIES_SHOWN);
    let next = entries.last().filter(|_| has_more).map(|entry| entry.id);
    Ok(AuditPage { entries, next, version: manager.version })
}

/// Takes what tells who somebody is out of the sentences about them; what was done stays.
pub(super) async fn erase(tx: &mut Tx, project: ProjectId, words: &[&str]) -> sqlx::Result<()> {
    for word in words.iter().filter(|word| !word.is_empty()) {
        let mut sql =
            Query::new("update audit_entry set sentence = 'About a person who was erased.' where project_id = ");
        sql.push_bind(project).push(" and ").push(super::dialect::POSITION).push("(sentence, ");
        sql.push_bind((*word).to_owned()).push(") > 0");
        sql.build().execute(&mut **tx).await?;
    }
    Ok(())
}
