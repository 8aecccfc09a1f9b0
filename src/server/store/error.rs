//! What the database says, as the person may hear it.

use crate::domain::{AppError, refusal::Refusal};

/// What went wrong stands in the log under the reference that the person is told.
impl From<sqlx::Error> for AppError {
    fn from(e: sqlx::Error) -> Self {
        if matches!(e, sqlx::Error::PoolTimedOut) || super::dialect::is_busy(&e) {
            tracing::warn!(error = %e, "the database is busy");
            return Refusal::Busy.into();
        }
        if super::dialect::is_unstorable(&e) {
            return Refusal::Unstorable.into();
        }
        let reference = uuid::Uuid::now_v7().simple().to_string()[20..].to_owned();
        tracing::error!(reference, error = %e, "database");
        Self::Internal(reference)
    }
}
