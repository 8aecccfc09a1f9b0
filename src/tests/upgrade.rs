//! A database of an older release is opened by this one: its rows are seen, and its numbers are true.

use super::database::{self, Empty};
use crate::{
    domain::{
        AppResult, CustomerId, MessageId, UserId,
        customer::ProfileQuery,
        filter::MessagesQuery,
        message::{EventKind, Template},
        review::Rating,
        role::Role,
        stats::Stats,
        status::Status,
    },
    server::store::{
        self, Db,
        counters::audit,
        customers,
        db::{Engine, Query},
        dialect::MIGRATIONS,
        messages, projects,
    },
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

const ROWS: &str = include_str!("upgrade/rows.sql");

/// The literal of an id.
fn literal(id: u128) -> String {
    let id = Uuid::from_u128(id);
    if cfg!(feature = "postgres") { format!("'{id}'::uuid") } else { format!("x'{}'", id.simple()) }
}

/// The rows, with each `#n` as an id.
fn rows() -> String {
    // On PostgreSQL the search's rows name their project.
    let rows = match cfg!(feature = "postgres") {
        true => ROWS
            .replace("into message_search (seq, text)", "into message_search (project_id, seq, text)")
            .replace("    (1099511627777, 'ana", "    (#1, 1099511627777, 'ana")
            .replace("    (1099511627778, 'ana", "    (#1, 1099511627778, 'ana")
            .replace("    (1099511627779, 'ana", "    (#1, 1099511627779, 'ana"),
        false => ROWS.to_owned(),
    };
    let mut parts = rows.split('#');
    let mut sql = parts.next().unwrap().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let literal = part[..digits].parse().map_or_else(|_| "#".to_owned(), literal);
        sql.push_str(&literal);
        sql.push_str(&part[digits..]);
    }
    sql
}

/// An empty database with the schema of migration `last`, and rows in it.
pub async fn older(last: i64) -> Empty {
    let empty = database::empty().await;
    if let Some(folder) = &empty.folder {
        std::fs::write(folder.path().join("test.db"), "").unwrap();
    }
    let mut connection = <Engine as sqlx::Database>::Connection::connect(&empty.url).await.unwrap();
    MIGRATIONS.run_to(last, &mut connection).await.unwrap();
    connection.execute(AssertSqlSafe(rows())).await.unwrap();
    connection.close().await.unwrap();
    empty
}

/// The numbers of all migrations.
pub fn schemas() -> Vec<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).collect()
}

/// What must be seen of the rows, whichever release has written them.
pub async fn see(db: &Db) -> AppResult<()> {
    let project = projects::by_slug(db, "cup").await?.unwrap();
    let system = projects::system(db, project).await?;
    let page = messages::page(&system, &MessagesQuery::default()).await?;
    assert_eq!(page.stats, Stats { sent: 1, opened: 1, clicked: 1, failed: 1, scheduled: 1 });
    let mut seen: Vec<_> =
        page.rows.iter().map(|row| (row.id, row.template, row.status, row.customer_name.as_str())).collect();
    seen.sort_by_key(|row| row.0);
    let id = |n: u128| MessageId(Uuid::from_u128(n));
    assert_eq!(
        seen,
        [
            (id(60), Template::Request, Status::Clicked, "Ana Ruiz"),
            (id(61), Template::Request, Status::Failed, "Ana Ruiz"),
            (id(62), Template::Reminder, Status::Scheduled, "Ana Ruiz"),
        ]
    );
    let rated: Vec<_> = page.rows.iter().filter_map(|row| Some((row.id, row.rating?.stars()))).collect();
    assert_eq!(rated, [(id(60), 5)]);
    let reviewed = messages::page(&system, &MessagesQuery::parse("status=reviewed")).await?;
    assert_eq!(reviewed.place.total, 1);
    for (words, expected) in [("harbor", 1), ("such number", 1), ("ana ruiz", 3), ("nobody", 0)] {
        let found = messages::page(&system, &MessagesQuery::parse(&format!("q={words}"))).await?;
        assert_eq!(found.place.total, expected, "{words}");
    }
    let profile = customers::profile(&system, CustomerId(Uuid::from_u128(30)), ProfileQuery::default()).await?;
    assert_eq!((profile.notes.len(), profile.reviews.len()), (1, 1));
    assert_eq!(
        (profile.reviews[0].rating, profile.reviews[0].text.as_str()),
        (Rating::new(5).unwrap(), "Lovely place")
    );
    let mut roles: Vec<(UserId, Role)> =
        sqlx::query_as("select person_id, role from membership").fetch_all(db.read()).await.unwrap();
    roles.sort();
    assert_eq!(roles.iter().map(|(_, role)| *role).collect::<Vec<_>>(), [Role::Owner, Role::Viewer]);
    let mut kinds = Query::new("select kind from message_event where message_id = ");
    kinds.push_bind(id(60)).push(" order by at");
    let kinds: Vec<EventKind> = kinds.build_query_scalar().fetch_all(db.read()).await.unwrap();
    assert_eq!(kinds, [EventKind::Created, EventKind::Sent, EventKind::Opened, EventKind::Clicked]);
    assert_eq!(audit(db, false).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_database_of_each_older_schema_is_opened_with_all_that_is_in_it() {
    let schemas = schemas();
    assert!(schemas.len() > 17);
    // The last is this release's own.
    for last in schemas {
        let old = older(last).await;
        let db = store::open(&old.url).await.unwrap_or_else(|e| panic!("from {last}: {e}"));
        see(&db).await.unwrap_or_else(|e| panic!("from {last}: {e}"));
        db.close().await;
    }
}

#[tokio::test]
async fn an_update_that_fails_halfway_leaves_the_database_as_it_was() {
    let old = older(1).await;
    // The eighteenth migration cannot be made: its column is there already.
    let mut connection = <Engine as sqlx::Database>::Connection::connect(&old.url).await.unwrap();
    connection.execute("alter table project add column language smallint not null default 0").await.unwrap();
    let error = store::open(&old.url).await.err().expect("the update fails").to_string();
    assert!(error.contains("cannot be opened") && error.contains("language"), "{error}");
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations").fetch_all(&mut connection).await.unwrap();
    assert_eq!(applied, [1], "none of those before it stays");
    connection.execute("alter table project drop column language").await.unwrap();
    connection.close().await.unwrap();
    see(&store::open(&old.url).await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn processes_that_start_at_once_after_a_release_update_the_database_once() {
    let old = older(1).await;
    let starts = (0..4).map(|_| {
        let url = old.url.clone();
        tokio::spawn(async move { store::open(&url).await.map(drop) })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap().unwrap();
    }
    see(&store::open(&old.url).await.unwrap()).await.unwrap();
}
