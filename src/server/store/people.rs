//! People who sign in: their passwords, one-time links, and what each session gives access to.

use super::{
    Db,
    db::{Engine, Query, Tx},
    dialect,
    guard::{Actor, Viewer},
    id::NewId,
    sessions,
};
use crate::domain::{AppResult, ProjectId, Timestamp, UserId, language::Language, role::Role};
use chrono_tz::Tz;

#[derive(Clone, sqlx::FromRow)]
pub struct Person {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    /// A PHC string; None for a person who signs in by one-time links only.
    pub password_hash: Option<String>,
    /// Since when two-factor sign-in is on; None where it is off.
    pub two_factor_since: Option<Timestamp>,
}

/// What a session gives access to.
#[derive(Clone)]
pub struct Access {
    pub person: UserId,
    /// When the session was last used, to within some minutes; 0 where it is not known.
    pub used: Timestamp,
    pub last_project: Option<ProjectId>,
    /// The last day on which the person was in the project, as a number (`Viewer::day`).
    pub seen_day: i32,
    /// None where there is no such project, or the person is no member.
    pub viewer: Option<Viewer>,
}

/// The person of a session and their place in the project of `slug`; None where there is no such session.
pub async fn access(db: &Db, token_hash: &[u8], slug: &str, now: Timestamp) -> AppResult<Option<Access>> {
    #[derive(sqlx::FromRow)]
    struct Found {
        used_at: Timestamp,
        person_id: UserId,
        person_name: String,
        email: String,
        last_project_id: Option<ProjectId>,
        project_id: Option<ProjectId>,
        project_name: Option<String>,
        time_zone: Option<String>,
        language: Option<Language>,
        role: Option<Role>,
        seen_day: Option<i32>,
        version: Option<i64>,
    }
    let found: Option<Found> = sqlx::query_as(
        "select session.used_at, person.id as person_id, person.name as person_name, person.email, person.last_project_id,
            project.id as project_id, project.name as project_name, project.time_zone, project.language, membership.role,
            membership.seen_day, project_change.version
         from session
         join person on person.id = session.person_id
         left join project on project.slug = $1
         left join project_change on project_change.project_id = project.id
         left join membership on membership.project_id = project.id and membership.person_id = person.id
         where session.token_hash = $2 and session.expires_at > $3",
    )
    .bind(slug)
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.read())
    .await?;
    let viewer = |found: Found| match (found.project_id, found.project_name, found.time_zone, found.role) {
        (Some(project), Some(project_name), Some(zone), Some(role)) => {
            let actor = Actor {
                project,
                slug: slug.to_owned(),
                project_name,
                // Zones are checked when a project is made; UTC shows times that are at least not wrong.
                zone: zone.parse().unwrap_or(Tz::UTC),
                language: found.language.unwrap_or_default(),
                user: Some(found.person_id),
                user_name: found.person_name,
                user_email: found.email,
                role,
                version: found.version.unwrap_or(0),
                at: now,
            };
            Some(Viewer::member(db.clone(), actor))
        }
        _ => None,
    };
    Ok(found.map(|found| Access {
        person: found.person_id,
        used: found.used_at,
        last_project: found.last_project_id,
        seen_day: found.seen_day.unwrap_or(0),
        viewer: viewer(found),
    }))
}

/// The person of a session.
pub async fn of_session(db: &Db, token_hash: &[u8], now: Timestamp) -> AppResult<Option<UserId>> {
    let person = sqlx::query_scalar("select person_id from session where token_hash = $1 and expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .fetch_optional(db.read())
        .await?;
    Ok(person)
}

/// `email` in lower case.
pub async fn by_email(db: &Db, email: &str) -> AppResult<Option<Person>> {
    let person = sqlx::query_as(
        "select p.id, p.email, p.name, p.password_hash, t.confirmed_at as two_factor_since
         from person p left join totp t on t.person_id = p.id where p.email = $1",
    )
    .bind(email)
    .fetch_optional(db.read())
    .await?;
    Ok(person)
}

pub async fn by_id(db: &Db, id: UserId) -> AppResult<Option<Person>> {
    Ok(read(db.read(), id).await?)
}

async fn read<'a>(db: impl sqlx::Executor<'a, Database = Engine>, id: UserId) -> sqlx::Result<Option<Person>> {
    sqlx::query_as(
        "select p.id, p.email, p.name, p.password_hash, t.confirmed_at as two_factor_since
         from person p left join totp t on t.person_id = p.id where p.id = $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Keeps how a person signs in from changing until the transaction ends. Returns the password's hash.
pub(super) async fn lock(tx: &mut Tx, person: UserId) -> sqlx::Result<Option<String>> {
    let mut query = Query::new("select password_hash from person where id = ");
    query.push_bind(person).push(dialect::FOR_UPDATE);
    query.build_query_scalar().fetch_one(&mut **tx).await
}

/// Whether a person still signs in as when they were read: what an old password has begun, or a password alone, must not become a
/// session after that was changed. It can't change until the transaction ends.
pub(super) async fn signs_in_as(tx: &mut Tx, read: &Person) -> sqlx::Result<bool> {
    let hash = lock(tx, read.id).await?;
    let since: Option<Option<Timestamp>> = sqlx::query_scalar("select confirmed_at from totp where person_id = $1")
        .bind(read.id)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(hash == read.password_hash && since.flatten() == read.two_factor_since)
}

pub async fn set_name(db: &Db, person: UserId, name: &str) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("update person set name = $1 where id = $2").bind(name).bind(person).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn is_any(db: &Db) -> AppResult<bool> {
    let one: Option<i32> = sqlx::query_scalar("select 1 from person limit 1").fetch_optional(db.read()).await?;
    Ok(one.is_some())
}

/// `email` in lower case.
///
/// # Errors
/// Where it is taken.
pub async fn add(tx: &mut Tx, email: &str, name: &str, hash: Option<&str>, now: Timestamp) -> AppResult<UserId> {
    let id = UserId::new();
    sqlx::query("insert into person (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(email)
        .bind(name)
        .bind(hash)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(id)
}

/// Ends the person's sessions and one-time links, too. False where there is nobody.
pub async fn set_password(db: &Db, email: &str, hash: &str) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let person: Option<UserId> =
        sqlx::query_scalar("update person set password_hash = $1 where email = $2 returning id")
            .bind(hash)
            .bind(email)
            .fetch_optional(&mut *tx)
            .await?;
    if let Some(person) = person {
        end_ways_in(&mut tx, person, &[]).await?;
    }
    tx.commit().await?;
    Ok(person.is_some())
}

/// A new password, which a session of the person asks for.
pub struct NewPassword<'a> {
    pub person: UserId,
    /// The hash of the password before.
    pub before: Option<&'a str>,
    pub hash: &'a str,
    /// The hash of the token of the session that asks, and that of the one it gets.
    pub session: [&'a [u8]; 2],
}

/// Changes a password. Ends the person's one-time links and sessions; the session that asks goes on under a new token. False where
/// the password has become another one meanwhile.
pub async fn change_password(db: &Db, new: &NewPassword<'_>) -> AppResult<bool> {
    let NewPassword { person, before, hash, session: [session, token] } = *new;
    let mut tx = db.begin().await?;
    let changed =
        sqlx::query("update person set password_hash = $1 where id = $2 and coalesce(password_hash, '') = $3")
            .bind(hash)
            .bind(person)
            .bind(before.unwrap_or_default())
            .execute(&mut *tx)
            .await?;
    let is_changed = changed.rows_affected() == 1;
    if is_changed {
        end_ways_in(&mut tx, person, session).await?;
        sessions::replace_token(&mut tx, session, token).await?;
    }
    tx.commit().await?;
    Ok(is_changed)
}

/// Ends all that the password before has led to.
async fn end_ways_in(tx: &mut Tx, person: UserId, keep: &[u8]) -> sqlx::Result<()> {
    sessions::end_all_but(tx, person, keep).await?;
    sessions::end_halves(&mut **tx, person).await?;
    sqlx::query("delete from sign_in_link where person_id = $1").bind(person).execute(&mut **tx).await?;
    Ok(())
}

/// A link that signs `person` in once. Deletes all that are of no use any more.
pub async fn add_link(db: &Db, person: UserId, token_hash: &[u8], now: Timestamp, expires: Timestamp) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from sign_in_link where expires_at <= $1 or used_at is not null")
        .bind(now)
        .execute(&mut *tx)
        .await?;
    sqlx::query("insert into sign_in_link (token_hash, person_id, expires_at) values ($1, $2, $3)")
        .bind(token_hash)
        .bind(person)
        .bind(expires)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Uses up a link: returns its person the first time, and None from then on.
pub async fn use_link(db: &Db, token_hash: &[u8], now: Timestamp) -> AppResult<Option<Person>> {
    // A stranger's guess does not wait for the writer, and keeps nobody else waiting.
    let is_known: Option<i32> =
        sqlx::query_scalar("select 1 from sign_in_link where token_hash = $1 and used_at is null")
            .bind(token_hash)
            .fetch_optional(db.read())
            .await?;
    if is_known.is_none() {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let person: Option<UserId> = sqlx::query_scalar(
        "update sign_in_link set used_at = $1 where token_hash = $2 and used_at is null and expires_at > $1
         returning person_id",
    )
    .bind(now)
    .bind(token_hash)
    .fetch_optional(&mut *tx)
    .await?;
    let person = match person {
        Some(person) => read(&mut *tx, person).await?,
        None => None,
    };
    tx.commit().await?;
    Ok(person)
}

/// The slug of the project that a person used last, or else of the first by name.
pub async fn home(db: &Db, person: UserId) -> AppResult<Option<String>> {
    let slug = sqlx::query_scalar(
        "select project.slug
         from membership
         join project on project.id = membership.project_id
         join person on person.id = membership.person_id
         where membership.person_id = $1
         order by case when project.id = person.last_project_id then 0 else 1 end, project.name
         limit 1",
    )
    .bind(person)
    .fetch_optional(db.read())
    .await?;
    Ok(slug)
}

/// Remembers the project that a person used last, and that they were there on `day` (`Viewer::day`).
pub async fn remember_visit(db: &Db, person: UserId, project: ProjectId, day: i32) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("update membership set seen_day = $1 where project_id = $2 and person_id = $3")
        .bind(day)
        .bind(project)
        .bind(person)
        .execute(&mut *tx)
        .await?;
    sqlx::query("update person set last_project_id = $1 where id = $2")
        .bind(project)
        .bind(person)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The first owner of the oldest project.
pub async fn first_owner(db: &Db) -> AppResult<Option<UserId>> {
    let owner = sqlx::query_scalar(
        "select membership.person_id
         from project
         join membership on membership.project_id = project.id and membership.role = $1
         order by project.number, membership.person_id
         limit 1",
    )
    .bind(Role::Owner)
    .fetch_optional(db.read())
    .await?;
    Ok(owner)
}

/// The first owner of a project.
pub async fn owner_of(db: &Db, slug: &str) -> AppResult<Option<UserId>> {
    let owner = sqlx::query_scalar(
        "select membership.person_id
         from project
         join membership on membership.project_id = project.id and membership.role = $1
         where project.slug = $2
         order by membership.person_id
         limit 1",
    )
    .bind(Role::Owner)
    .bind(slug)
    .fetch_optional(db.read())
    .await?;
    Ok(owner)
}
