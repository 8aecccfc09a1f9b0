//! PostgreSQL: the database is no file of ours.

use super::{Copied, Restored};
use crate::domain::{AppResult, backup::BackupRefusal};
use std::path::{Path, PathBuf};

/// # Errors
/// Always: the sentence names PostgreSQL's own tools.
pub async fn make(_: &str, _: &Path) -> AppResult<Copied> {
    Err(BackupRefusal::OtherTools.into())
}

/// # Errors
/// As [`make`].
pub async fn restore(_: &str, _: &Path, _: Option<&str>) -> AppResult<Restored> {
    Err(BackupRefusal::OtherTools.into())
}

/// # Errors
/// As [`make`].
pub fn before_update(_: &str) -> AppResult<PathBuf> {
    Err(BackupRefusal::OtherTools.into())
}
