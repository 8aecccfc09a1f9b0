//! The copies that are made before an update of the database: beside it, in the folder `backups`, one for each schema, the newest
//! three of them.

use super::{
    file::{at, copy, not_written, shown},
    in_use::InUse,
};
use crate::{
    domain::{AppError, AppResult, backup::BackupRefusal, refusal::Refusal},
    server::store::{
        db::BeforeUpdate,
        error::not_opened,
        migrations::{self, Applied},
    },
};
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How many copies are kept.
const KEPT: usize = 3;
/// For how long a process that updates waits for others to end.
const OTHERS_END_WITHIN: Duration = Duration::from_secs(10);
/// For how long at a time: of several that start at once, the others go on as soon as one has updated.
const OTHERS_LOOK_WITHIN: Duration = Duration::from_millis(200);

/// A copy that was made before an update.
#[derive(Debug, PartialEq, Eq)]
struct Former {
    /// When it was made, as in its name.
    made: String,
    /// The last migration in it.
    schema: i64,
    path: PathBuf,
}

/// Brings the schema up to date, and keeps the file from being replaced for as long as the answer lives. A database that lacks
/// migrations is copied before, and nobody else may work with it meanwhile.
///
/// # Errors
/// A sentence that says why the database cannot be opened, copied or updated; it is as it was.
pub async fn up_to_date(options: &SqliteConnectOptions, before: BeforeUpdate) -> AppResult<InUse> {
    let database = options.get_filename();
    let since = Instant::now();
    loop {
        let shared = InUse::share(database).await.map_err(not_locked)?;
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_with(options.clone()).await.map_err(not_opened)?;
        let schema = pool_behind(&pool).await?;
        if schema.is_none() {
            // A new one gets all migrations, any other is compared with them.
            migrations::run(&pool).await?;
            pool.close().await;
            return Ok(shared);
        }
        drop(shared);
        if let Some(_alone) = InUse::alone(database, OTHERS_LOOK_WITHIN).await.map_err(not_locked)? {
            // Another process may just have done it.
            if let (Some(schema), BeforeUpdate::Copy) = (pool_behind(&pool).await?, before) {
                copy_before(options, schema).await?;
            }
            migrations::run(&pool).await?;
        } else if since.elapsed() >= OTHERS_END_WITHIN {
            return Err(BackupRefusal::StillInUse.into());
        }
        pool.close().await;
    }
}

fn not_locked(e: io::Error) -> AppError {
    match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Refusal::ReadOnlyDatabase.into()
        }
        _ => not_opened(sqlx::Error::Io(e)),
    }
}

async fn pool_behind(pool: &SqlitePool) -> AppResult<Option<i64>> {
    let mut connection = pool.acquire().await.map_err(not_opened)?;
    behind(&mut connection).await.map_err(not_opened)
}

/// The last migration of a database that is not empty and lacks some of this release's; else None.
pub(super) async fn behind(connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
    let applied = Applied::of(connection).await?;
    Ok(applied.last().filter(|_| applied.lacks_some()))
}

/// Copies a database whose last migration is `schema` before it is updated. The caller has it alone.
///
/// # Errors
/// [`BackupRefusal`]: the update must not begin then.
async fn copy_before(options: &SqliteConnectOptions, schema: i64) -> AppResult<()> {
    let database = options.get_filename();
    let folder = folder(database);
    make_private(&folder).map_err(|e| not_written(&folder, &e))?;
    let path = folder.join(format!("{}{schema:04}-{}.db", prefix(database), stamp().await?));
    copy(options, &path).await?;
    tracing::info!(copy = %path.display(), schema, "the database was copied, because it is updated now");
    remove_old(database, &path);
    Ok(())
}

/// The newest copy of the database at `url` that this release can read.
///
/// # Errors
/// [`BackupRefusal::NoneBefore`]
pub fn newest(url: &str) -> AppResult<PathBuf> {
    let options = at(url)?;
    let database = options.get_filename();
    let found = all(database).into_iter().find(|former| former.schema <= migrations::newest());
    found.map(|former| former.path).ok_or_else(|| BackupRefusal::NoneBefore(shown(&folder(database))).into())
}

/// The time in UTC, as in file names: `20261128-105647`.
pub(super) async fn stamp() -> AppResult<String> {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.map_err(not_opened)?;
    sqlx::query_scalar("select strftime('%Y%m%d-%H%M%S', 'now')").fetch_one(&mut connection).await.map_err(not_opened)
}

/// Of each schema the newest copy stays, and of these the newest three: a start that fails again and again must not push out the
/// copies that one goes back to. What cannot be removed stays; it harms nobody.
fn remove_old(database: &Path, made: &Path) {
    let mut kept: Vec<i64> = Vec::new();
    for former in all(database) {
        if kept.len() < KEPT && !kept.contains(&former.schema) {
            kept.push(former.schema);
        } else if former.path != made {
            let _ = fs::remove_file(former.path);
        }
    }
}

/// The newest first.
fn all(database: &Path) -> Vec<Former> {
    let entries = fs::read_dir(folder(database)).into_iter().flatten().flatten();
    let mut all: Vec<Former> = entries.filter_map(|entry| read(&prefix(database), entry.path())).collect();
    all.sort_by(|a, b| (&b.made, b.schema).cmp(&(&a.made, a.schema)));
    all
}

/// None for any other file.
fn read(prefix: &str, path: PathBuf) -> Option<Former> {
    let (schema, made) = path.file_name()?.to_str()?.strip_prefix(prefix)?.strip_suffix(".db")?.split_once('-')?;
    let is_stamp = made.len() == 15 && made.chars().all(|c| c.is_ascii_digit() || c == '-');
    let (schema, made) = (schema.parse().ok()?, made.to_owned());
    is_stamp.then_some(Former { made, schema, path })
}

fn folder(database: &Path) -> PathBuf {
    database.with_file_name("backups")
}

/// With the database's name, because several may stand in one folder.
fn prefix(database: &Path) -> String {
    let name = database.file_stem().unwrap_or_default().to_string_lossy();
    format!("{name}-schema-")
}

fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_schema_the_newest_is_kept_and_of_these_three() {
        let place = tempfile::tempdir().unwrap();
        let database = place.path().join("reviews.db");
        fs::create_dir(folder(&database)).unwrap();
        let make = |schema: i64, day: u8| {
            let path = folder(&database).join(format!("reviews-schema-{schema:04}-202611{day:02}-120000.db"));
            fs::write(&path, "").unwrap();
            path
        };
        let other = folder(&database).join("other-schema-0001-20200101-120000.db");
        fs::write(&other, "").unwrap();
        let mut last = PathBuf::new();
        for (schema, day) in [(15, 1), (16, 2), (18, 3), (18, 4), (20, 5), (20, 6)] {
            last = make(schema, day);
        }
        remove_old(&database, &last);
        let left: Vec<_> = all(&database).into_iter().map(|former| (former.schema, former.made)).collect();
        let expected = [(20, "20261106-120000"), (18, "20261104-120000"), (16, "20261102-120000")];
        assert_eq!(left, expected.map(|(schema, made)| (schema, made.to_owned())));
        assert!(other.exists());
        assert_eq!(read("reviews-schema-", PathBuf::from("/x/reviews-schema-0018-notes.db")), None);
        assert_eq!(read("reviews-schema-", PathBuf::from("/x/reviews-schema-0018-20261104-120000.db.part")), None);
    }
}
