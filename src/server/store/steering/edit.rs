//! Changing what one message says, and where it goes, before it leaves.

use super::refusal;
use crate::{
    domain::{
        AppError, AppResult, MessageId, Timestamp,
        content::Content,
        message::{Channel, EventKind, Template},
        refusal::{Change, Refusal},
        timeline::Detail,
    },
    server::store::{
        erasure,
        guard::{Operator, Viewer},
        search, suppressions, timeline,
    },
};

/// What a message is made of, beside the project.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Editable {
    pub channel: Channel,
    pub template: Template,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    /// Of its links.
    pub token: String,
    pub customer_name: String,
    pub location_name: Option<String>,
}

/// None where the message does not wait for its time.
pub async fn editable(viewer: &Viewer, id: MessageId) -> AppResult<Option<Editable>> {
    Ok(sqlx::query_as(
        "select m.channel, m.template, m.recipient, k.subject, k.text, t.token, c.name as customer_name, l.name as location_name
         from message m
         join message_content k on k.project_id = m.project_id and k.message_id = m.id
         join tracking_token t on t.project_id = m.project_id and t.message_id = m.id
         join customer c on c.project_id = m.project_id and c.id = m.customer_id
         left join location l on l.project_id = m.project_id and l.id = m.location_id
         where m.project_id = $1 and m.id = $2 and m.state = 0 limit 1",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_optional(viewer.db.read())
    .await?)
}

/// Gives a message that waits another content and address. Its time stays.
///
/// # Errors
/// `Invalid` for `address` where nothing may be sent there; `Conflict` where the message waits no longer.
pub async fn edit(
    operator: &Operator,
    id: MessageId,
    (channel, recipient): (Channel, &str),
    content: &Content,
    now: Timestamp,
) -> AppResult<()> {
    let project = operator.project;
    let mut tx = operator.db.begin_in(project).await?;
    if let Some(reason) = suppressions::reason(&mut *tx, project, channel, recipient).await? {
        return Err(AppError::invalid("address", format!("This address is suppressed: {}.", reason.clause())));
    }
    if erasure::is_erased(&mut tx, project, channel, recipient).await? {
        return Err(AppError::invalid("address", AppError::from(Refusal::ErasedAddress(channel)).to_string()));
    }
    let changed = sqlx::query(
        "update message set recipient = $3, hold = 0, version = version + 1
         where project_id = $1 and id = $2 and state = 0",
    )
    .bind(project)
    .bind(id)
    .bind(recipient)
    .execute(&mut *tx)
    .await?;
    if changed.rows_affected() == 0 {
        drop(tx);
        return Err(refusal(operator, id, Change::Edit).await);
    }
    sqlx::query(
        "update message_content set subject = $3, text = $4, html = $5 where project_id = $1 and message_id = $2",
    )
    .bind(project)
    .bind(id)
    .bind(&content.subject)
    .bind(&content.text)
    .bind(&content.html)
    .execute(&mut *tx)
    .await?;
    let to = Detail::Words(recipient.to_owned());
    timeline::record(&mut tx, operator, [id], EventKind::Edited, Some(to), now).await?;
    search::refresh(&mut tx, project, &[id]).await?;
    Ok(operator.db.commit(tx, project).await?)
}
