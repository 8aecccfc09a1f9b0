//! What a project chose for its review page.

use super::guard::{Manager, Viewer};
use crate::domain::{AppResult, review_page::ReviewPage};

/// The default where it chose nothing.
pub async fn of(viewer: &Viewer) -> AppResult<ReviewPage> {
    let stored = sqlx::query_as(
        "select logo, color, introduction, thanks, google, trustpilot, facebook, other, other_name
         from review_page where project_id = $1",
    )
    .bind(viewer.project)
    .fetch_optional(viewer.db.read())
    .await?;
    Ok(stored.unwrap_or_default())
}

pub async fn save(manager: &Manager, page: &ReviewPage) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query(
        "insert into review_page (project_id, logo, color, introduction, thanks, google, trustpilot, facebook, other, other_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (project_id) do update set logo = excluded.logo, color = excluded.color,
            introduction = excluded.introduction, thanks = excluded.thanks, google = excluded.google,
            trustpilot = excluded.trustpilot, facebook = excluded.facebook, other = excluded.other,
            other_name = excluded.other_name",
    )
    .bind(manager.project)
    .bind(&page.logo)
    .bind(&page.color)
    .bind(&page.introduction)
    .bind(&page.thanks)
    .bind(&page.google)
    .bind(&page.trustpilot)
    .bind(&page.facebook)
    .bind(&page.other)
    .bind(&page.other_name)
    .execute(&mut *tx)
    .await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}
