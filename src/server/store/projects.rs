//! Projects, their locations and members.

use super::{
    attention,
    db::{Db, Tx},
    guard::{Manager, Viewer},
    id::NewId,
    search::first_seq,
    views,
};
use crate::domain::{
    AppResult, LocationId, ProjectId, Timestamp, UserId,
    language::Language,
    project::{Frame, Location, ProjectLink},
    refusal::Refusal,
    role::Role,
};
use chrono_tz::Tz;

/// What stands around every page of a project.
pub async fn frame(viewer: &Viewer, demo: bool, now: Timestamp) -> AppResult<Frame> {
    // Both lists in one answer: each page waits for it.
    let named: Vec<(String, Option<String>, Option<LocationId>)> = sqlx::query_as(
        "select p.name, p.slug, null as location from membership s join project p on p.id = s.project_id
            where s.person_id = $1
         union all select name, null, id from location where project_id = $2",
    )
    .bind(viewer.user)
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await?;
    let (mut projects, mut locations) = (Vec::new(), Vec::new());
    for (name, slug, location) in named {
        match (slug, location) {
            (Some(slug), _) => projects.push(ProjectLink { slug, name }),
            (None, Some(id)) => locations.push(Location { id, name }),
            (None, None) => {}
        }
    }
    projects.sort_by(|a, b| (&a.name, &a.slug).cmp(&(&b.name, &b.slug)));
    locations.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(Frame {
        user_name: viewer.user_name.clone(),
        slug: viewer.slug.clone(),
        project_name: viewer.project_name.clone(),
        role: viewer.role,
        projects,
        locations,
        zone: viewer.zone.name().to_owned(),
        today: viewer.today(now),
        demo,
        notice: None,
        alerts: Vec::new(),
        attention: attention::number(&viewer.db, viewer.project).await?,
        views: views::list(viewer).await?.into_iter().map(|view| view.link).collect(),
    })
}

/// The locations of a project.
pub async fn locations(viewer: &Viewer) -> AppResult<Vec<Location>> {
    let named: Vec<(LocationId, String)> =
        sqlx::query_as("select id, name from location where project_id = $1 order by name, id")
            .bind(viewer.project)
            .fetch_all(viewer.db.read())
            .await?;
    Ok(named.into_iter().map(|(id, name)| Location { id, name }).collect())
}

/// The system acting in a project.
#[cfg(test)]
pub async fn system(db: &Db, project: ProjectId) -> AppResult<Manager> {
    let row: Option<super::guard::StoredProject> =
        sqlx::query_as("select id, slug, name, time_zone, language from project where id = $1")
            .bind(project)
            .fetch_optional(db.read())
            .await?;
    Ok(Manager::system(db.clone(), row.ok_or_else(|| crate::domain::AppError::no_such("project"))?))
}

pub async fn by_slug(db: &Db, slug: &str) -> AppResult<Option<ProjectId>> {
    Ok(sqlx::query_scalar("select id from project where slug = $1").bind(slug).fetch_optional(db.read()).await?)
}

/// All projects, by their slugs.
pub async fn slugs(db: &Db) -> AppResult<Vec<(ProjectId, String)>> {
    Ok(sqlx::query_as("select id, slug from project order by slug").fetch_all(db.read()).await?)
}

/// In which language the project speaks to its customers from now on. Returns how many of its templates are its own and stay.
pub async fn set_language(manager: &Manager, language: Language) -> AppResult<u32> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query("update project set language = $1 where id = $2")
        .bind(language)
        .bind(manager.project)
        .execute(&mut *tx)
        .await?;
    let own: i64 = sqlx::query_scalar("select count(*) from template where project_id = $1 and body <> ''")
        .bind(manager.project)
        .fetch_one(&mut *tx)
        .await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(own as u32)
}

/// How a new project begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It sends to its members and guests alone, until staff go live.
    Trial,
    Live,
}

/// A new project, without templates of its own.
///
/// # Errors
/// Conflict where the slug is taken.
pub async fn create(
    tx: &mut Tx,
    slug: &str,
    name: &str,
    zone: Tz,
    start: Start,
    now: Timestamp,
) -> AppResult<ProjectId> {
    let taken: Option<ProjectId> =
        sqlx::query_scalar("select id from project where slug = $1").bind(slug).fetch_optional(&mut **tx).await?;
    if taken.is_some() {
        return Err(Refusal::SlugTaken(slug.to_owned()).into());
    }
    let id = ProjectId::new();
    let number: i64 = sqlx::query_scalar(
        "insert into project (id, number, slug, name, time_zone, trial, created_at)
         values ($1, (select coalesce(max(number), 0) + 1 from project), $2, $3, $4, $5, $6) returning number",
    )
    .bind(id)
    .bind(slug)
    .bind(name)
    .bind(zone.name())
    .bind(i16::from(start == Start::Trial))
    .bind(now)
    .fetch_one(&mut **tx)
    .await?;
    debug_assert!(first_seq(number) > 0, "numbers begin with 1");
    sqlx::query("insert into project_change (project_id, version) values ($1, 1)").bind(id).execute(&mut **tx).await?;
    Ok(id)
}

pub async fn add_location(tx: &mut Tx, project: ProjectId, name: &str) -> AppResult<LocationId> {
    let id = LocationId::new();
    sqlx::query("insert into location (project_id, id, name) values ($1, $2, $3)")
        .bind(project)
        .bind(id)
        .bind(name)
        .execute(&mut **tx)
        .await?;
    Ok(id)
}

/// Makes somebody a member, or gives a member another role.
pub async fn set_member(tx: &mut Tx, project: ProjectId, person: UserId, role: Role, now: Timestamp) -> AppResult<()> {
    add_member(tx, project, person, role, now).await?;
    sqlx::query("update membership set role = $1 where project_id = $2 and person_id = $3")
        .bind(role)
        .bind(project)
        .bind(person)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Makes somebody a member. False for whoever is one: they keep their role.
pub async fn add_member(
    tx: &mut Tx,
    project: ProjectId,
    person: UserId,
    role: Role,
    now: Timestamp,
) -> AppResult<bool> {
    let added = sqlx::query(
        "insert into membership (project_id, person_id, role, joined_at) values ($1, $2, $3, $4)
         on conflict (project_id, person_id) do nothing",
    )
    .bind(project)
    .bind(person)
    .bind(role)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected() == 1)
}
