//! The page Needs attention.

use super::{
    auth, clock, projects,
    store::{
        attention,
        guard::{Operator, Viewer},
        reviews::low,
        steering,
    },
};
use crate::domain::{
    AppError, AppResult, ReviewId,
    attention::{AttentionPage, AttentionQuery, REVIEWS_SHOWN},
    done::Done,
    role::Role,
};

pub async fn page(viewer: &Viewer, query: AttentionQuery) -> AppResult<AttentionPage> {
    let db = auth::state()?.db;
    let paused = match query.cause {
        Some(_) => Vec::new(),
        None => projects::paused(&db, viewer, clock::now()).await?,
    };
    let reviews = match query.cause {
        Some(_) => Vec::new(),
        None => low::open(viewer, REVIEWS_SHOWN).await?,
    };
    let groups = attention::groups(viewer, query).await?;
    let resend = match query.cause {
        Some(cause) if query.asks && viewer.role >= Role::Manager => {
            Some(steering::preview_resend(viewer, cause).await?)
        }
        _ => None,
    };
    Ok(AttentionPage { paused, reviews, groups, resend, version: viewer.version })
}

/// Takes a review of one or two stars from the page.
pub async fn settle_review(operator: &Operator, id: ReviewId) -> AppResult<Done> {
    match low::settle(operator, id).await? {
        true => Ok(Done::new("The review is off the list. It stays on the customer's profile.")),
        false => Err(AppError::Conflict("This review is not on the list any more.".into())),
    }
}
