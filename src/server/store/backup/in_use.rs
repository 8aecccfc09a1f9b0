//! Who uses a database: a lock on an empty file beside it. Shared by the processes that work with it, held alone by one that updates
//! or replaces it. It ends with its process, whatever ends that.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::sleep;

const LOOK_EACH: Duration = Duration::from_millis(50);

pub struct InUse(File);

impl InUse {
    /// Shares the database; waits for as long as another process updates or replaces it.
    ///
    /// # Errors
    /// What keeps the file from being made or locked.
    pub async fn share(database: &Path) -> io::Result<Self> {
        let this = Self(open(database)?);
        let mut is_told = false;
        while !done(this.0.try_lock_shared())? {
            if !is_told {
                tracing::info!("waiting for another process, which updates or restores the database");
                is_told = true;
            }
            sleep(LOOK_EACH).await;
        }
        Ok(this)
    }

    /// Has the database alone; None if others still have it after this time.
    ///
    /// # Errors
    /// As [`InUse::share`].
    pub async fn alone(database: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let this = Self(open(database)?);
        let since = Instant::now();
        while !done(this.0.try_lock())? {
            if since.elapsed() >= patience {
                return Ok(None);
            }
            sleep(LOOK_EACH).await;
        }
        Ok(Some(this))
    }
}

/// Reading is enough to lock it, so another user may have made it.
fn open(database: &Path) -> io::Result<File> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    match File::open(&name) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            OpenOptions::new().read(true).append(true).create(true).open(&name)
        }
        result => result,
    }
}

/// False where others hold it.
fn done(attempt: Result<(), TryLockError>) -> io::Result<bool> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(e),
    }
}
