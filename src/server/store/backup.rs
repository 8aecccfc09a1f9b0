//! Copies of an SQLite database: made while it is in use, made before each update, and put back in its place.

#[cfg(feature = "postgres")]
mod elsewhere;
#[cfg(not(feature = "postgres"))]
mod file;
#[cfg(not(feature = "postgres"))]
pub(super) mod in_use;
#[cfg(not(feature = "postgres"))]
mod replace;
#[cfg(not(feature = "postgres"))]
pub(super) mod update;

#[cfg(feature = "postgres")]
pub use elsewhere::{before_update, make, restore};
#[cfg(not(feature = "postgres"))]
pub use {file::make, replace::restore, update::newest as before_update};

use std::{
    io,
    path::{Path, PathBuf},
};

/// How many bytes this user may still write in a folder.
///
/// # Errors
/// That there is no such folder.
pub fn free(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How large it is, in bytes.
    pub bytes: u64,
    /// The last migration in it.
    pub schema: i64,
}

/// What was done to put a copy in the place of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the database now is that was there before; None if there was none.
    pub former: Option<PathBuf>,
    /// The last migration in what is there now.
    pub schema: i64,
    /// Whether the next start of this release updates it.
    pub is_behind: bool,
    /// In how many projects sending was paused that had not been; None where the copy is so old that nothing can be paused.
    pub paused: Option<u64>,
}
