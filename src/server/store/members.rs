//! The members of a project: who they are, and what changes them. Each change begins with the project's row lock (`begin_in`), so
//! that two at once are judged one after the other, each by the roles that the other left.

pub mod invitations;

use super::{
    db::Tx,
    guard::{Admin, Viewer},
    id::NewId,
    people, projects, sessions,
};
use crate::domain::{
    AppError, AppResult, EventId, LocalTime, ProjectId, Timestamp, UserId,
    member::{Member, MemberEvent, may_give},
    refusal::Refusal,
    role::Role,
};
use chrono::{Days, NaiveDate};

/// The most entries of the history that are shown.
const HISTORY: i64 = 20;

#[derive(sqlx::FromRow)]
struct Stored {
    id: UserId,
    name: String,
    email: String,
    role: Role,
    joined_at: Timestamp,
    seen_day: i32,
}

/// Owners first, then by name.
pub async fn list(viewer: &Viewer) -> AppResult<Vec<Member>> {
    let stored: Vec<Stored> = sqlx::query_as(
        "select p.id, p.name, p.email, s.role, s.joined_at, s.seen_day
         from membership s join person p on p.id = s.person_id
         where s.project_id = $1 order by s.role desc, p.name, p.id",
    )
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await?;
    let member = |stored: Stored| Member {
        id: stored.id,
        name: stored.name,
        email: stored.email,
        role: stored.role,
        joined: (stored.joined_at.0 > 0).then(|| viewer.local(stored.joined_at)),
        seen: u64::try_from(stored.seen_day)
            .ok()
            .filter(|day| *day > 0)
            .and_then(|day| NaiveDate::default().checked_add_days(Days::new(day))),
    };
    Ok(stored.into_iter().map(member).collect())
}

/// What was done with members last, newest first, as sentences.
pub async fn history(admin: &Viewer) -> AppResult<Vec<(LocalTime, String)>> {
    let stored: Vec<(Timestamp, MemberEvent, String, String, Option<Role>)> = sqlx::query_as(
        "select at, kind, actor, subject, role from member_event where project_id = $1 order by at desc, id desc limit $2",
    )
    .bind(admin.project)
    .bind(HISTORY)
    .fetch_all(admin.db.read())
    .await?;
    let entry = |(at, event, actor, subject, role): (Timestamp, MemberEvent, String, String, Option<Role>)| {
        (admin.local(at), event.sentence(&actor, &subject, role))
    };
    Ok(stored.into_iter().map(entry).collect())
}

/// What a change of members is written down as.
struct Entry<'a> {
    event: MemberEvent,
    actor: &'a str,
    subject: &'a str,
    role: Option<Role>,
}

async fn note(tx: &mut Tx, project: ProjectId, entry: Entry<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into member_event (project_id, id, at, kind, actor, subject, role) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(project)
    .bind(EventId::new())
    .bind(now)
    .bind(entry.event)
    .bind(entry.actor)
    .bind(entry.subject)
    .bind(entry.role)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The role of who acts, as it is now: it may have been changed since the guard was given.
async fn own_role(tx: &mut Tx, actor: &Viewer) -> AppResult<Role> {
    let own = match actor.user {
        Some(person) => role_of(tx, actor.project, person).await?,
        None => None,
    };
    own.ok_or_else(|| AppError::Forbidden("You are not a member of this project any more.".into()))
}

/// None for who is no member.
async fn role_of(tx: &mut Tx, project: ProjectId, person: UserId) -> sqlx::Result<Option<Role>> {
    sqlx::query_scalar("select role from membership where project_id = $1 and person_id = $2")
        .bind(project)
        .bind(person)
        .fetch_optional(&mut **tx)
        .await
}

/// # Errors
/// `Forbidden` where who acts may not give this role, or change who has it.
fn check_may_give(own: Role, role: Role) -> AppResult<()> {
    if may_give(own, role) { Ok(()) } else { Err(Refusal::RoleAbove { own, role: role.max(Role::Admin) }.into()) }
}

/// The name and the role of a member.
async fn member(tx: &mut Tx, project: ProjectId, person: UserId) -> AppResult<(String, Role)> {
    let found: Option<(String, Role)> = sqlx::query_as(
        "select p.name, s.role from membership s join person p on p.id = s.person_id
         where s.project_id = $1 and s.person_id = $2",
    )
    .bind(project)
    .bind(person)
    .fetch_optional(&mut **tx)
    .await?;
    found.ok_or_else(|| AppError::NotFound("This person is not a member of the project any more.".into()))
}

/// # Errors
/// `Conflict` where nobody but `person` is an owner.
async fn keep_an_owner(tx: &mut Tx, project: ProjectId, person: UserId) -> AppResult<()> {
    let others: i64 =
        sqlx::query_scalar("select count(*) from membership where project_id = $1 and role = $2 and person_id <> $3")
            .bind(project)
            .bind(Role::Owner)
            .bind(person)
            .fetch_one(&mut **tx)
            .await?;
    if others == 0 { Err(Refusal::LastOwner.into()) } else { Ok(()) }
}

/// Gives a member another role; returns the name. Whoever is lowered takes back the invitations that they could not send now.
///
/// # Errors
/// `Forbidden` where a role is above that of who acts, `Conflict` for the last owner, `NotFound` for who is no member.
pub async fn set_role(admin: &Admin, person: UserId, role: Role, now: Timestamp) -> AppResult<String> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let own = own_role(&mut tx, admin).await?;
    let (name, before) = member(&mut tx, admin.project, person).await?;
    check_may_give(own, before)?;
    check_may_give(own, role)?;
    if before == role {
        tx.rollback().await?;
        return Ok(name);
    }
    if before == Role::Owner {
        keep_an_owner(&mut tx, admin.project, person).await?;
    }
    sqlx::query("update membership set role = $1 where project_id = $2 and person_id = $3")
        .bind(role)
        .bind(admin.project)
        .bind(person)
        .execute(&mut *tx)
        .await?;
    invitations::withdraw_of(&mut tx, admin.project, person, Some(role)).await?;
    let entry = Entry { event: MemberEvent::RoleChanged, actor: &admin.user_name, subject: &name, role: Some(role) };
    note(&mut tx, admin.project, entry, now).await?;
    admin.db.commit(tx, admin.project).await?;
    Ok(name)
}

/// Gives a person a role at the command of whoever runs this server: makes them a member, or changes what they are. Must follow
/// `touch`. Whoever is lowered takes back the invitations that they could not send now.
///
/// # Errors
/// `Conflict` for the last owner.
pub async fn give_role(tx: &mut Tx, project: ProjectId, person: UserId, role: Role, now: Timestamp) -> AppResult<()> {
    let before = role_of(tx, project, person).await?;
    if before == Some(role) {
        return Ok(());
    }
    if before == Some(Role::Owner) {
        keep_an_owner(tx, project, person).await?;
    }
    projects::set_member(tx, project, person, role, now).await?;
    invitations::withdraw_of(tx, project, person, Some(role)).await?;
    let (name, _) = member(tx, project, person).await?;
    let (event, actor) = match before {
        None => (MemberEvent::Joined, "whoever runs this server"),
        Some(_) => (MemberEvent::RoleChanged, "Whoever runs this server"),
    };
    Ok(note(tx, project, Entry { event, actor, subject: &name, role: Some(role) }, now).await?)
}

/// Takes a member out of the project, with the open invitations that they sent; returns the name. Each request looks the
/// membership up, so that their sessions have no access from now on. Whoever was in no other project is signed out everywhere.
///
/// # Errors
/// As [`set_role`].
pub async fn remove(admin: &Admin, person: UserId, now: Timestamp) -> AppResult<String> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let own = own_role(&mut tx, admin).await?;
    let (name, role) = member(&mut tx, admin.project, person).await?;
    check_may_give(own, role)?;
    take_out(&mut tx, admin.project, person, role).await?;
    let entry = Entry { event: MemberEvent::Removed, actor: &admin.user_name, subject: &name, role: None };
    note(&mut tx, admin.project, entry, now).await?;
    admin.db.commit(tx, admin.project).await?;
    Ok(name)
}

/// Takes the person who asks out of the project.
///
/// # Errors
/// `Conflict` for the last owner.
pub async fn leave(viewer: &Viewer, person: UserId, now: Timestamp) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    let (name, role) = member(&mut tx, viewer.project, person).await?;
    take_out(&mut tx, viewer.project, person, role).await?;
    let entry = Entry { event: MemberEvent::Left, actor: &name, subject: &name, role: None };
    note(&mut tx, viewer.project, entry, now).await?;
    Ok(viewer.db.commit(tx, viewer.project).await?)
}

async fn take_out(tx: &mut Tx, project: ProjectId, person: UserId, role: Role) -> AppResult<()> {
    if role == Role::Owner {
        keep_an_owner(tx, project, person).await?;
    }
    people::lock(tx, person).await?;
    sqlx::query("delete from membership where project_id = $1 and person_id = $2")
        .bind(project)
        .bind(person)
        .execute(&mut **tx)
        .await?;
    let other: Option<i32> = sqlx::query_scalar("select 1 from membership where person_id = $1 limit 1")
        .bind(person)
        .fetch_optional(&mut **tx)
        .await?;
    if other.is_none() {
        // Their Account page, where they could end them, is in a project.
        sessions::end_all_but(tx, person, &[]).await?;
        sessions::end_halves(&mut **tx, person).await?;
    }
    Ok(invitations::withdraw_of(tx, project, person, None).await?)
}
