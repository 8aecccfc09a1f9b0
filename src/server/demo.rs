//! The demo project: a coffee business with a year of customers, messages and reviews.
//!
//! The same `now` gives the same project, except for the secrets in its links. No message is due within the next hours, and
//! all addresses and numbers are reserved for examples.

pub(crate) mod chance;
mod names;
mod rows;
mod story;
mod texts;

use crate::{
    domain::{AppError, AppResult, ProjectId, Timestamp, UserId, role::Role},
    server::store::{Db, db::Tx, id::NewId, new_message, search, touch},
};
use story::Story;

pub const SLUG: &str = "demo";
pub const NAME: &str = "Harbor Coffee";
pub const ZONE: chrono_tz::Tz = chrono_tz::America::New_York;
const OWNER: (&str, &str) = ("demo@example.com", "Demo Owner");
const LOCATIONS: [&str; 3] = ["Old Port", "Market Street", "Riverside"];

/// The result of [`create`].
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    pub project: ProjectId,
    /// The owner of the project. They have no password and sign in with a one-time link.
    pub owner: UserId,
}

/// Makes the demo project in one transaction.
///
/// # Errors
/// `Conflict` if the demo project already exists.
pub async fn create(db: &Db, base_url: &str, now: Timestamp) -> AppResult<Demo> {
    let mut tx = db.begin().await?;
    let exists: Option<i64> =
        sqlx::query_scalar("select number from project where slug = $1").bind(SLUG).fetch_optional(&mut *tx).await?;
    if exists.is_some() {
        return Err(AppError::Conflict("There is a demo project already.".into()));
    }
    let created = now.plus(-400 * Timestamp::DAY);
    let owner = owner(&mut tx, created).await?;
    let project = project(&mut tx, owner, created).await?;
    touch(&mut tx, project).await?;
    let locations = rows::locations(&mut tx, project, &LOCATIONS).await?;

    let story = Story::tell(&locations, owner, base_url.trim_end_matches('/'), now)?;
    rows::customers(&mut tx, project, owner, &story).await?;
    rows::requests(&mut tx, project, &story).await?;
    let seq = new_message::reserve(&mut tx, project, story.messages.len()).await?;
    new_message::insert(&mut tx, project, seq, &story.messages).await?;
    rows::histories(&mut tx, project, &story).await?;
    rows::suppressions(&mut tx, project, &story).await?;
    search::index(&mut tx, seq..seq + story.messages.len() as i64).await?;
    tx.commit().await?;
    db.changed(project);
    Ok(Demo { project, owner })
}

async fn owner(tx: &mut Tx, created: Timestamp) -> AppResult<UserId> {
    sqlx::query("insert into person (id, email, name, created_at) values ($1, $2, $3, $4) on conflict do nothing")
        .bind(UserId::new())
        .bind(OWNER.0)
        .bind(OWNER.1)
        .bind(created)
        .execute(&mut **tx)
        .await?;
    let owner: UserId =
        sqlx::query_scalar("select id from person where email = $1").bind(OWNER.0).fetch_one(&mut **tx).await?;
    Ok(owner)
}

async fn project(tx: &mut Tx, owner: UserId, created: Timestamp) -> AppResult<ProjectId> {
    let project = ProjectId::new();
    sqlx::query(
        // Whoever tries it at night sees the messages leave, too.
        "insert into project (id, number, slug, name, time_zone, quiet_sms, created_at)
         values ($1, (select coalesce(max(number), 0) + 1 from project), $2, $3, $4, 0, $5)",
    )
    .bind(project)
    .bind(SLUG)
    .bind(NAME)
    .bind(ZONE.name())
    .bind(created)
    .execute(&mut **tx)
    .await?;
    sqlx::query("insert into project_change (project_id, version) values ($1, 0)")
        .bind(project)
        .execute(&mut **tx)
        .await?;
    sqlx::query("insert into membership (project_id, person_id, role, joined_at) values ($1, $2, $3, $4)")
        .bind(project)
        .bind(owner)
        .bind(Role::Owner)
        .bind(created)
        .execute(&mut **tx)
        .await?;
    sqlx::query("update person set last_project_id = $1 where id = $2")
        .bind(project)
        .bind(owner)
        .execute(&mut **tx)
        .await?;
    Ok(project)
}
