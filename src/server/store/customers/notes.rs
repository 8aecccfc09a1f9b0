//! What staff note about a customer.

use super::exists;
use crate::{
    domain::{AppError, AppResult, CustomerId, NoteId, Timestamp},
    server::store::{guard::Operator, id::NewId},
};

pub async fn set_tags(operator: &Operator, id: CustomerId, tags: &[String]) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    sqlx::query("delete from customer_tag where project_id = $1 and customer_id = $2")
        .bind(operator.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    for tag in tags {
        sqlx::query("insert into customer_tag (project_id, customer_id, tag) values ($1, $2, $3)")
            .bind(operator.project)
            .bind(id)
            .bind(tag)
            .execute(&mut *tx)
            .await?;
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

pub async fn add_note(operator: &Operator, id: CustomerId, text: &str, now: Timestamp) -> AppResult<NoteId> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    let note = NoteId::new();
    sqlx::query(
        "insert into note (project_id, customer_id, id, author_id, text, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(operator.project)
    .bind(id)
    .bind(note)
    .bind(operator.user)
    .bind(text)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(note)
}

pub async fn delete_note(operator: &Operator, id: CustomerId, note: NoteId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let deleted = sqlx::query("delete from note where project_id = $1 and customer_id = $2 and id = $3")
        .bind(operator.project)
        .bind(id)
        .bind(note)
        .execute(&mut *tx)
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(AppError::no_such("note"));
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}
