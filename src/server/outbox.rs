//! The demo's outbox.

use crate::{
    api::outbox::{OutboxItem, OutboxMail},
    domain::{AppError, AppResult},
    server::guard::Viewer,
};

pub async fn list(_: &Viewer) -> AppResult<Vec<OutboxItem>> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn open(_: &Viewer, _: &str) -> AppResult<OutboxMail> {
    Err(AppError::Internal("not there yet".into()))
}
