//! Saved views: a member's own, and those that are shared with the project.

use super::guard::Viewer;
use crate::domain::{
    AppError, AppResult, Timestamp, ViewId,
    filter::MessageFilter,
    role::Role,
    view::{SavedView, VIEWS_MAX, ViewLink},
};

#[derive(sqlx::FromRow)]
struct StoredView {
    id: ViewId,
    name: String,
    query: String,
    is_shared: i16,
    owner: String,
    is_own: bool,
    is_default: bool,
}

/// Those that the member has or that are shared, by name.
pub async fn list(viewer: &Viewer) -> AppResult<Vec<SavedView>> {
    let stored: Vec<StoredView> = sqlx::query_as(
        "select v.id, v.name, v.query, v.is_shared, p.name as owner, v.owner_id = $2 as is_own,
            exists (select 1 from default_view d
                where d.project_id = v.project_id and d.person_id = $2 and d.view_id = v.id) as is_default
         from saved_view v join person p on p.id = v.owner_id
         where v.project_id = $1 and (v.is_shared = 1 or v.owner_id = $2)",
    )
    .bind(viewer.project)
    .bind(viewer.user)
    .fetch_all(viewer.db.read())
    .await?;
    let view = |stored: StoredView| SavedView {
        id: stored.id,
        link: ViewLink {
            name: stored.name,
            filter: MessageFilter::parse(&stored.query),
            is_default: stored.is_default,
        },
        is_shared: stored.is_shared == 1,
        owner: stored.owner,
        may_change: stored.is_own || stored.is_shared == 1 && viewer.role >= Role::Manager,
    };
    let mut views: Vec<SavedView> = stored.into_iter().map(view).collect();
    views.sort_by_cached_key(|view| (view.link.name.to_lowercase(), view.id));
    Ok(views)
}

/// Adds a view of the member's own.
///
/// # Errors
/// `Conflict` where the member has too many.
pub async fn add(
    viewer: &Viewer,
    id: ViewId,
    name: &str,
    filter: &MessageFilter,
    is_shared: bool,
    now: Timestamp,
) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    let own: i64 = sqlx::query_scalar("select count(*) from saved_view where project_id = $1 and owner_id = $2")
        .bind(viewer.project)
        .bind(viewer.user)
        .fetch_one(&mut *tx)
        .await?;
    if own as usize >= VIEWS_MAX {
        let sentence = format!("You have {VIEWS_MAX} saved views, and no more fit. Remove one first.");
        return Err(AppError::Conflict(sentence));
    }
    sqlx::query(
        "insert into saved_view (project_id, id, owner_id, name, query, is_shared, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(viewer.project)
    .bind(id)
    .bind(viewer.user)
    .bind(name)
    .bind(filter.to_query())
    .bind(i16::from(is_shared))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(viewer.db.commit(tx, viewer.project).await?)
}

/// Renames a view, and shares it or keeps it to its owner. That it is no longer shared takes it from everybody else.
pub async fn change(viewer: &Viewer, id: ViewId, name: &str, is_shared: bool) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    sqlx::query("update saved_view set name = $1, is_shared = $2 where project_id = $3 and id = $4")
        .bind(name)
        .bind(i16::from(is_shared))
        .bind(viewer.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    if !is_shared {
        sqlx::query(
            "delete from default_view where project_id = $1 and view_id = $2 and person_id <>
                (select owner_id from saved_view where project_id = $1 and id = $2)",
        )
        .bind(viewer.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    }
    Ok(viewer.db.commit(tx, viewer.project).await?)
}

/// Makes a view the one that the link Messages leads the member to; None for all messages.
pub async fn set_default(viewer: &Viewer, id: Option<ViewId>) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    sqlx::query("delete from default_view where project_id = $1 and person_id = $2")
        .bind(viewer.project)
        .bind(viewer.user)
        .execute(&mut *tx)
        .await?;
    if let Some(id) = id {
        sqlx::query("insert into default_view (project_id, person_id, view_id) values ($1, $2, $3)")
            .bind(viewer.project)
            .bind(viewer.user)
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(viewer.db.commit(tx, viewer.project).await?)
}

pub async fn remove(viewer: &Viewer, id: ViewId) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    sqlx::query("delete from saved_view where project_id = $1 and id = $2")
        .bind(viewer.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    Ok(viewer.db.commit(tx, viewer.project).await?)
}
