//! Backups of the database, the copy before an update, and the way back.

use crate::server::store::backup::{before_update, make, restore};

#[cfg(feature = "postgres")]
#[tokio::test]
async fn of_postgresql_the_tools_to_use_are_named() {
    let fresh = super::database::fresh().await;
    let file = std::path::Path::new("backup.db");
    let sentences = [
        make(&fresh.url, file).await.unwrap_err(),
        restore(&fresh.url, file, None).await.unwrap_err(),
        before_update(&fresh.url).unwrap_err(),
    ];
    for sentence in sentences.map(|e| e.to_string()) {
        assert!(sentence.contains("pg_dump") && sentence.contains("pg_restore"), "{sentence}");
    }
}

#[cfg(not(feature = "postgres"))]
mod sqlite {
    use super::{before_update, make, restore};
    use crate::{
        server::store::{self, Db, counters::audit, db::BeforeUpdate},
        tests::{
            database::Empty,
            upgrade::{older, schemas, see},
        },
    };
    use sqlx::{Connection, SqliteConnection};
    use std::{
        fs,
        os::unix::fs::{MetadataExt, PermissionsExt},
        path::Path,
        sync::atomic::{AtomicBool, Ordering},
    };

    /// The folder of the database.
    fn folder(place: &Empty) -> &Path {
        place.folder.as_ref().unwrap().path()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .map(|all| all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }

    async fn number(db: &Db, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(db.read()).await.unwrap()
    }

    async fn rename_project(db: &Db, name: &str) {
        let mut tx = db.begin().await.unwrap();
        sqlx::query("update project set name = $1").bind(name).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Opens a file of its own and reads the project's name.
    async fn name_in(file: &Path) -> String {
        let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
        sqlx::query_scalar("select name from project").fetch_one(&mut connection).await.unwrap()
    }

    /// A database of this release with rows of an older one.
    async fn filled() -> (Empty, Db) {
        let place = older(schemas().pop().unwrap()).await;
        let db = store::open(&place.url).await.unwrap();
        (place, db)
    }

    #[tokio::test]
    async fn a_backup_is_made_while_others_write_and_is_sound() {
        let (place, db) = filled().await;
        let (writer, stop) = (db.clone(), std::sync::Arc::new(AtomicBool::new(false)));
        let until = stop.clone();
        let writing = tokio::spawn(async move {
            let mut n = 0_i64;
            while !until.load(Ordering::Relaxed) {
                n += 1;
                // Both rows change together, so that half of it would be seen.
                let mut tx = writer.begin().await.unwrap();
                sqlx::query("update project set per_minute = $1").bind(n).execute(&mut *tx).await.unwrap();
                sqlx::query("update project_change set version = $1").bind(n).execute(&mut *tx).await.unwrap();
                tx.commit().await.unwrap();
            }
            n
        });
        let outside = tempfile::tempdir().unwrap();
        for n in 0..5 {
            let file = outside.path().join(format!("backup-{n}.db"));
            let copied = make(&place.url, &file).await.unwrap();
            let found = fs::metadata(&file).unwrap();
            assert_eq!((copied.bytes, copied.schema), (found.len(), schemas().pop().unwrap()));
            assert_eq!(found.permissions().mode() & 0o777, 0o600, "only its owner may read it");
            let mut copy = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
            let together: i64 = sqlx::query_scalar(
                "select count(*) from project p join project_change c on c.project_id = p.id
                    where p.per_minute = c.version or p.per_minute is null",
            )
            .fetch_one(&mut copy)
            .await
            .unwrap();
            assert_eq!(together, 1, "the copy is of one instant");
            let messages: i64 = sqlx::query_scalar("select count(*) from message").fetch_one(&mut copy).await.unwrap();
            assert_eq!(messages, 3);
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writing.await.unwrap() > 5);
        assert!(names(outside.path()).iter().all(|name| name.ends_with(".db")), "nothing else is left");
        let refused = make(&place.url, &outside.path().join("backup-0.db")).await.unwrap_err().to_string();
        assert!(refused.contains("is there already"), "{refused}");
        let refused = make(&place.url, &outside.path().join("no-such-folder/backup.db")).await.unwrap_err().to_string();
        assert!(refused.contains("cannot be written"), "{refused}");
        let refused = make("sqlite:/no/such.db", &outside.path().join("other.db")).await.unwrap_err().to_string();
        assert!(refused.contains("There is no database /no/such.db"), "{refused}");
    }

    #[tokio::test]
    async fn a_backup_is_put_back_with_sending_paused_and_the_former_database_is_kept() {
        let (place, db) = filled().await;
        let backup = folder(&place).join("backup.db");
        make(&place.url, &backup).await.unwrap();
        rename_project(&db, "Changed since").await;
        let refused = restore(&place.url, &backup, Some("Ops")).await.unwrap_err().to_string();
        assert!(refused.contains("Another process") && refused.contains("Nothing was changed"), "{refused}");
        assert_eq!(names(folder(&place)), ["backup.db", "test.db", "test.db-shm", "test.db-wal", "test.db.lock"]);
        db.close().await;

        fs::set_permissions(folder(&place).join("test.db"), fs::Permissions::from_mode(0o640)).unwrap();
        let restored = restore(&place.url, &backup, Some("Ops")).await.unwrap();
        assert_eq!((restored.paused, restored.is_behind), (Some(1), false));
        let former = restored.former.unwrap();
        assert_eq!(name_in(&former).await, "Changed since");
        let now = fs::metadata(folder(&place).join("test.db")).unwrap();
        assert_eq!((now.permissions().mode() & 0o777, now.nlink()), (0o640, 1));
        let db = store::open(&place.url).await.unwrap();
        assert_eq!(
            number(&db, "select count(*) from project where name = 'Cup & Saucer' and paused_by = 'Ops'").await,
            1
        );
        assert!(number(&db, "select version from project_change").await > 1_000_000, "open pages take it for newer");
        assert_eq!(audit(&db, false).await.unwrap(), []);
        db.close().await;

        let restored = restore(&place.url, &former, None).await.unwrap();
        assert_eq!(restored.paused, Some(0));
        assert_eq!(name_in(&folder(&place).join("test.db")).await, "Changed since");
        assert!(former.exists() && backup.exists());
    }

    #[tokio::test]
    async fn a_program_that_knows_nothing_of_our_lock_is_found_too() {
        let (place, db) = filled().await;
        let backup = folder(&place).join("backup.db");
        make(&place.url, &backup).await.unwrap();
        db.close().await;
        let mut shell = SqliteConnection::connect(&place.url).await.unwrap();
        sqlx::query("pragma journal_mode = wal").execute(&mut shell).await.unwrap();
        let _: i64 = sqlx::query_scalar("select count(*) from message").fetch_one(&mut shell).await.unwrap();
        let refused = restore(&place.url, &backup, None).await.unwrap_err().to_string();
        assert!(refused.contains("Another process"), "{refused}");
        shell.close().await.unwrap();
        assert!(!folder(&place).join("test.db.restoring").exists());
        restore(&place.url, &backup, None).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_no_backup_is_refused_and_changes_nothing() {
        let (place, db) = filled().await;
        db.close().await;
        let file = folder(&place).join("file");
        let before = fs::read(folder(&place).join("test.db")).unwrap();
        let refused = async |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            restore(&place.url, &file, None).await.unwrap_err().to_string()
        };
        let sentence = refused("This is a text and no database. ".repeat(99).as_bytes()).await;
        assert!(sentence.contains("no sound database"), "{sentence}");
        let sentence = refused(b"").await;
        assert!(sentence.contains("no database of review-messages"), "{sentence}");
        let mut damaged = before.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 9_000].fill(0x5a);
        let sentence = refused(&damaged).await;
        assert!(sentence.contains("no sound database"), "{sentence}");
        let sentence = restore(&place.url, &folder(&place).join("nowhere"), None).await.unwrap_err().to_string();
        assert!(sentence.contains("no sound database"), "{sentence}");

        fs::write(&file, &before).unwrap();
        let mut newer = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
        let next = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, '', true, x'00', 0)";
        sqlx::query(next).execute(&mut newer).await.unwrap();
        newer.close().await.unwrap();
        let sentence = restore(&place.url, &file, None).await.unwrap_err().to_string();
        assert!(sentence.contains("newer release"), "{sentence}");
        assert_eq!(fs::read(folder(&place).join("test.db")).unwrap(), before);
        let beside = names(folder(&place)).into_iter().filter(|name| !name.starts_with("test.db-")).collect::<Vec<_>>();
        assert_eq!(beside, ["file", "test.db", "test.db.lock"]);
    }

    #[tokio::test]
    async fn a_database_that_is_broken_or_gone_is_replaced_too() {
        let (place, db) = filled().await;
        let backup = folder(&place).join("backup.db");
        make(&place.url, &backup).await.unwrap();
        db.close().await;
        let database = folder(&place).join("test.db");
        fs::write(&database, "broken ".repeat(999)).unwrap();
        fs::write(folder(&place).join("test.db-wal"), "broken, too").unwrap();
        let restored = restore(&place.url, &backup, None).await.unwrap();
        let former = restored.former.unwrap();
        assert!(fs::read(&former).unwrap().starts_with(b"broken"));
        assert_eq!(name_in(&database).await, "Cup & Saucer");
        fs::remove_file(&database).unwrap();
        assert_eq!(restore(&place.url, &backup, None).await.unwrap().former, None);
        assert_eq!(name_in(&database).await, "Cup & Saucer");
    }

    #[tokio::test]
    async fn a_copy_is_made_before_an_update_and_leads_back_to_the_release_before() {
        let place = older(15).await;
        let refused = before_update(&place.url).unwrap_err().to_string();
        assert!(refused.contains("no copy"), "{refused}");
        store::open(&place.url).await.unwrap().close().await;
        let copies = folder(&place).join("backups");
        let made = names(&copies);
        assert!(made.len() == 1 && made[0].starts_with("test-schema-0015-"), "{made:?}");
        assert_eq!(fs::metadata(&copies).unwrap().permissions().mode() & 0o777, 0o700);
        // Nothing is pending now.
        store::open(&place.url).await.unwrap().close().await;
        assert_eq!(names(&copies), made);

        let copy = before_update(&place.url).unwrap();
        let restored = restore(&place.url, &copy, Some("Ops")).await.unwrap();
        assert_eq!((restored.schema, restored.is_behind, restored.paused), (15, true, Some(1)));
        let mut old = SqliteConnection::connect(&place.url).await.unwrap();
        let last: i64 =
            sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut old).await.unwrap();
        assert_eq!(last, 15);
        old.close().await.unwrap();

        // Of one schema one copy is kept.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        store::open(&place.url).await.unwrap().close().await;
        let again = names(&copies);
        assert!(again.len() == 1 && again != made, "{again:?}");
    }

    #[tokio::test]
    async fn so_old_a_database_that_nothing_can_be_paused_is_restored_all_the_same() {
        let place = older(1).await;
        let backup = folder(&place).join("backup.db");
        make(&place.url, &backup).await.unwrap();
        let restored = restore(&place.url, &backup, Some("Ops")).await.unwrap();
        assert_eq!((restored.schema, restored.paused), (1, None));
    }

    #[tokio::test]
    async fn an_update_without_a_copy_is_made_only_where_somebody_says_so() {
        let place = older(15).await;
        // A file in the place of the folder: no copy can be made.
        let in_the_way = folder(&place).join("backups");
        fs::write(&in_the_way, "").unwrap();
        let refused = store::open(&place.url).await.err().expect("no update without a copy").to_string();
        assert!(refused.contains("backups cannot be written"), "{refused}");
        let mut old = SqliteConnection::connect(&place.url).await.unwrap();
        let last: i64 =
            sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut old).await.unwrap();
        assert_eq!(last, 15);
        old.close().await.unwrap();
        let db = store::open_with(&place.url, BeforeUpdate::Nothing).await.unwrap();
        assert_eq!(number(&db, "select max(version) from _sqlx_migrations").await, schemas().pop().unwrap());
    }

    #[tokio::test]
    async fn an_update_waits_for_no_process_that_stays_and_says_so() {
        let place = older(15).await;
        // A process of the release before, which still works with the database.
        let lock = fs::File::create(folder(&place).join("test.db.lock")).unwrap();
        lock.lock_shared().unwrap();
        let refused = store::open(&place.url).await.err().expect("the other process stays").to_string();
        assert!(refused.contains("another process still works"), "{refused}");
        assert!(!folder(&place).join("backups").exists());
        lock.unlock().unwrap();
        store::open(&place.url).await.unwrap();
    }

    #[tokio::test]
    async fn a_backup_has_true_counters_and_a_search_that_finds() {
        let (place, _db) = filled().await;
        let file = folder(&place).join("backup.db");
        make(&place.url, &file).await.unwrap();
        let copy = store::open(&format!("sqlite:{}", file.display())).await.unwrap();
        assert_eq!(audit(&copy, false).await.unwrap(), []);
        see(&copy).await.unwrap();
    }
}
