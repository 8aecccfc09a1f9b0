//! Putting a copy in the place of the database.

use super::{
    Restored,
    file::{at, beside, copy, examine, folder, not_written, reading, shown, sync_folder},
    in_use::InUse,
    update::{behind, stamp},
};
use crate::{
    domain::{AppResult, backup::BackupRefusal},
    server::store::{dialect::is_busy, error::not_opened},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs, io,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How long a process that just stopped may take to let go of the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// Puts a copy of `from` in the place of the database at `url`, which is kept beside it. At each instant one of the two is there,
/// whole. With `pausing`, the name of who does it, sending is paused in each project: what was sent since the copy was made is
/// scheduled in it, and would be sent again.
///
/// # Errors
/// [`BackupRefusal`], where `from` is of no use or another process uses the database; nothing was changed then.
pub async fn restore(url: &str, from: &Path, pausing: Option<&str>) -> AppResult<Restored> {
    let options = at(url)?;
    let database = options.get_filename();
    fs::create_dir_all(folder(database)).map_err(|e| not_written(database, &e))?;
    let alone = InUse::alone(database, PATIENCE).await.map_err(|e| not_written(database, &e))?;
    let Some(_alone) = alone else { return Err(BackupRefusal::InUse(shown(database)).into()) };
    let schema = examine(from).await?;
    let next = beside(database, ".restoring");
    copy(&reading(from), &next).await?;
    let restored = prepare(&next, pausing).await;
    let restored = match restored {
        Ok((is_behind, paused)) => {
            put(&next, &options).await.map(|former| Restored { former, schema, is_behind, paused })
        }
        Err(e) => Err(e),
    };
    if restored.is_err() {
        let _ = fs::remove_file(&next);
    }
    restored
}

/// Changes in the copy what must not go on as if nothing had happened. Whether it lacks migrations, and what was paused.
async fn prepare(next: &Path, pausing: Option<&str>) -> AppResult<(bool, Option<u64>)> {
    let mut connection = SqliteConnectOptions::new().filename(next).connect().await.map_err(not_opened)?;
    let is_behind = behind(&mut connection).await.map_err(not_opened)?.is_some();
    let paused = match pausing {
        Some(by) => pause(&mut connection, by).await.map_err(not_opened)?,
        None => Some(0),
    };
    // Pages that are open somewhere know a later version, and would take what comes for old news.
    let later = "update project_change set version = version + 1000000";
    sqlx::query(later).execute(&mut connection).await.map_err(not_opened)?;
    connection.close().await.map_err(not_opened)?;
    Ok((is_behind, paused))
}

async fn pause(connection: &mut SqliteConnection, by: &str) -> sqlx::Result<Option<u64>> {
    let column = "select count(*) from pragma_table_info('project') where name = 'paused_at'";
    if sqlx::query_scalar::<_, i64>(column).fetch_one(&mut *connection).await? == 0 {
        return Ok(None);
    }
    let paused = sqlx::query(
        "update project set paused_at = cast(unixepoch('subsec') * 1000 as integer), paused_by = $1 where paused_at is null",
    );
    Ok(Some(paused.bind(by).execute(connection).await?.rows_affected()))
}

/// Gives `next` the database's name, owner and rights, and returns where the former database is.
async fn put(next: &Path, options: &SqliteConnectOptions) -> AppResult<Option<PathBuf>> {
    let database = options.get_filename();
    let failed = |e: io::Error| not_written(database, &e);
    if !database.exists() {
        fs::rename(next, database).and_then(|()| sync_folder(database)).map_err(failed)?;
        return Ok(None);
    }
    let since = Instant::now();
    while !fold(options).await? {
        if since.elapsed() >= PATIENCE {
            return Err(BackupRefusal::InUse(shown(database)).into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    let former = beside(database, &format!(".before-restore-{}", stamp().await?));
    take_over(next, database).map_err(failed)?;
    set_aside(database, &former).map_err(failed)?;
    fs::rename(next, database).and_then(|()| sync_folder(database)).map_err(failed)?;
    Ok(Some(former))
}

/// Writes the log of the database into its file, so that the file alone is all of it. False if another program has it open. One
/// that is damaged stays as it is.
async fn fold(options: &SqliteConnectOptions) -> AppResult<bool> {
    let alone = options.clone().busy_timeout(Duration::from_millis(200));
    let folded = async {
        let mut connection = alone.connect().await?;
        // Only who has the database alone can change this.
        let mode: String = sqlx::query_scalar("pragma journal_mode = delete").fetch_one(&mut connection).await?;
        connection.close().await?;
        sqlx::Result::Ok(mode)
    };
    match folded.await {
        Ok(mode) => Ok(mode == "delete"),
        Err(e) if is_busy(&e) => Ok(false),
        Err(e) => {
            tracing::warn!(error = %e, "the former database cannot be opened; it is kept as it is");
            Ok(true)
        }
    }
}

/// Who may read and write the database may do so with what comes in its place, also where another user restores it.
fn take_over(next: &Path, database: &Path) -> io::Result<()> {
    let (old, new) = (fs::metadata(database)?, fs::metadata(next)?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        chown(next, Some(old.uid()), Some(old.gid()))?;
    }
    fs::set_permissions(next, old.permissions())
}

/// Gives the database a second name, so that the first is never without one. What a damaged database has beside it goes along: it
/// would be taken for the new one's.
fn set_aside(database: &Path, former: &Path) -> io::Result<()> {
    for ending in ["-wal", "-shm", "-journal"] {
        match fs::rename(beside(database, ending), beside(former, ending)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    // Some file systems have no second names.
    fs::hard_link(database, former).or_else(|_| fs::rename(database, former))
}
