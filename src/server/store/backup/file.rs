//! Making a copy, and looking whether a file is a sound one.

use super::{Copied, free, in_use::InUse};
use crate::{
    domain::{AppResult, backup::BackupRefusal, refusal::Refusal},
    server::store::{error::not_opened, examine, migrations::Applied},
};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// Copies the database at `url` into the new file `to`, which only its owner may read, while others read and write. The copy is
/// the database at one instant; it is checked before it gets its name.
///
/// # Errors
/// [`BackupRefusal`]: nothing is left behind then.
pub async fn make(url: &str, to: &Path) -> AppResult<Copied> {
    let options = existing(url)?;
    if to.exists() {
        return Err(BackupRefusal::Exists(shown(to)).into());
    }
    let _in_use = InUse::share(options.get_filename()).await.map_err(|e| not_written(options.get_filename(), &e))?;
    copy(&options, to).await
}

/// How the database at `url` is opened for being copied.
pub(super) fn existing(url: &str) -> AppResult<SqliteConnectOptions> {
    let options = at(url)?;
    match options.get_filename().is_file() {
        true => Ok(options),
        false => Err(BackupRefusal::NoDatabase(shown(options.get_filename())).into()),
    }
}

pub(super) fn at(url: &str) -> AppResult<SqliteConnectOptions> {
    let options = SqliteConnectOptions::from_str(url).map_err(|e| Refusal::DatabaseUrl(e.to_string()))?;
    Ok(options
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(10))
        .log_statements(tracing::log::LevelFilter::Trace))
}

/// As [`make`], for who has the database already; what is at `to` is replaced.
pub(super) async fn copy(options: &SqliteConnectOptions, to: &Path) -> AppResult<Copied> {
    let part = beside(to, ".part");
    let copied = write(options, &part).await.and_then(|copied| {
        fs::rename(&part, to).and_then(|()| sync_folder(to)).map_err(|e| not_written(to, &e))?;
        Ok(copied)
    });
    if copied.is_err() {
        let _ = fs::remove_file(&part);
    }
    copied
}

async fn write(options: &SqliteConnectOptions, part: &Path) -> AppResult<Copied> {
    let mut source = options.connect().await.map_err(not_opened)?;
    let pages = "select page_count * page_size from pragma_page_count, pragma_page_size";
    let bytes: i64 = sqlx::query_scalar(pages).fetch_one(&mut source).await.map_err(not_opened)?;
    make_room(part, bytes.unsigned_abs())?;
    let file = private(part).map_err(|e| not_written(part, &e))?;
    let name = part.to_str().ok_or_else(|| not_written(part, &"the name is no UTF-8"))?;
    let copied = sqlx::query("vacuum into $1").bind(name).execute(&mut source).await;
    let _ = source.close().await;
    copied.map_err(|e| not_written(part, &e))?;
    file.sync_all().map_err(|e| not_written(part, &e))?;
    let schema = examine(part).await?;
    let bytes = file.metadata().map_err(|e| not_written(part, &e))?.len();
    Ok(Copied { bytes, schema })
}

/// Refuses where the file would not fit.
fn make_room(file: &Path, needed: u64) -> AppResult<()> {
    let folder = folder(file);
    let free = free(folder).map_err(|e| not_written(file, &e))?;
    if free < needed {
        return Err(BackupRefusal::NoRoom { folder: shown(folder), needed, free }.into());
    }
    Ok(())
}

/// An empty file that only its owner may read; whatever was in it is gone.
fn private(path: &Path) -> io::Result<File> {
    let _ = fs::remove_file(path);
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// How a file is read that nobody writes to. One that is alone is left alone: else SQLite would put files beside it.
pub(super) fn reading(path: &Path) -> SqliteConnectOptions {
    let is_alone = !beside(path, "-wal").exists() && !beside(path, "-journal").exists();
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(is_alone);
    options.log_statements(tracing::log::LevelFilter::Trace)
}

/// Checks that the file is a sound database of this program, of this release or an earlier one, and returns the last migration in it.
pub(super) async fn examine(path: &Path) -> AppResult<i64> {
    let unsound = |why: String| BackupRefusal::Unsound { file: shown(path), why };
    let broken = |e: sqlx::Error| unsound(e.to_string());
    let mut file = reading(path).connect().await.map_err(broken)?;
    let faults = examine::faults(&mut file).await.map_err(broken)?;
    if let Some(first) = faults.first() {
        return Err(unsound(first.clone()).into());
    }
    let applied = Applied::of(&mut file).await.map_err(broken)?;
    let _ = file.close().await;
    let Some(last) = applied.last() else { return Err(BackupRefusal::Foreign(shown(path)).into()) };
    if applied.has_newer() {
        return Err(BackupRefusal::Newer(shown(path)).into());
    }
    if applied.has_others() {
        return Err(Refusal::OtherSchema.into());
    }
    Ok(last)
}

/// The same path with more at its end.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

pub(super) fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in the file's folder survive a power cut.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder(file))?.sync_all()
}

pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(super) fn not_written(file: &Path, why: &impl std::fmt::Display) -> crate::domain::AppError {
    BackupRefusal::NotWritten { file: shown(file), why: why.to_string() }.into()
}
