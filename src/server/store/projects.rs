//! Projects.

use crate::{
    domain::{AppError, AppResult, project::Frame},
    server::guard::Viewer,
};

pub async fn frame(_: &Viewer) -> AppResult<Frame> {
    Err(AppError::Internal("not there yet".into()))
}
