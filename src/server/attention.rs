//! The page Needs attention.

use super::{
    auth, clock, projects,
    store::{attention, guard::Viewer, steering},
};
use crate::domain::{
    AppResult,
    attention::{AttentionPage, AttentionQuery},
    role::Role,
};

pub async fn page(viewer: &Viewer, query: AttentionQuery) -> AppResult<AttentionPage> {
    let db = auth::state()?.db;
    let paused = match query.cause {
        Some(_) => Vec::new(),
        None => projects::paused(&db, viewer, clock::now()).await?,
    };
    let groups = attention::groups(viewer, query).await?;
    let resend = match query.cause {
        Some(cause) if query.asks && viewer.role >= Role::Manager => {
            Some(steering::preview_resend(viewer, cause).await?)
        }
        _ => None,
    };
    Ok(AttentionPage { paused, groups, resend, version: viewer.version })
}
