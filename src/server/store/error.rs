//! Errors of the database, in the words that people read.

use super::dialect;
use crate::{
    domain::{AppError, refusal::Refusal},
    server::request_id,
};
use sqlx::migrate::MigrateError;

/// For an error while the database is opened. Only the person who starts the program reads it.
pub(super) fn not_opened(e: sqlx::Error) -> AppError {
    if dialect::is_busy(&e) {
        return e.into();
    }
    if dialect::is_read_only(&e) {
        return Refusal::ReadOnlyDatabase.into();
    }
    match &e {
        sqlx::Error::Migrate(why) => match &**why {
            MigrateError::VersionMissing(_) => Refusal::NewerDatabase.into(),
            MigrateError::VersionMismatch(_) => Refusal::OtherSchema.into(),
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) if dialect::is_read_only(cause) => {
                Refusal::ReadOnlyDatabase.into()
            }
            _ => Refusal::DatabaseNotOpened(e.to_string()).into(),
        },
        _ => Refusal::DatabaseNotOpened(e.to_string()).into(),
    }
}

/// The person is told a reference, under which the log says what went wrong.
impl From<sqlx::Error> for AppError {
    fn from(e: sqlx::Error) -> Self {
        if matches!(e, sqlx::Error::PoolTimedOut) || dialect::is_busy(&e) {
            tracing::warn!(error = %e, "the database is busy");
            return Refusal::Busy.into();
        }
        if dialect::is_unstorable(&e) {
            return Refusal::Unstorable.into();
        }
        let reference = request_id::reference();
        tracing::error!(reference, error = %e, "database");
        Self::Internal(reference)
    }
}
