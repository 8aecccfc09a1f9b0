//! Links by which people join a project: each works once, for some days, and is known by the hash of its token alone.

use super::{Entry, check_may_give, note, own_role, role_of};
use crate::{
    domain::{
        AppError, AppResult, InvitationId, ProjectId, Timestamp, UserId,
        member::{INVITATION_DAYS, INVITATIONS_MAX, Invitation, MemberEvent, may_give},
        refusal::Refusal,
        role::Role,
    },
    server::store::{
        Db,
        db::{Tx, touch},
        guard::{Admin, Viewer},
        id::NewId,
        people, projects,
    },
};

#[derive(sqlx::FromRow)]
struct Stored {
    id: InvitationId,
    email: String,
    role: Role,
    invited_by: String,
    invited_at: Timestamp,
    expires_at: Timestamp,
}

/// Those that nobody has followed, newest first.
pub async fn list(viewer: &Viewer, now: Timestamp) -> AppResult<Vec<Invitation>> {
    let stored: Vec<Stored> = sqlx::query_as(
        "select i.id, i.email, i.role, p.name as invited_by, i.invited_at, i.expires_at
         from invitation i join person p on p.id = i.invited_by
         where i.project_id = $1 order by i.invited_at desc, i.id desc",
    )
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await?;
    let shown = |stored: Stored| Invitation {
        id: stored.id,
        email: stored.email,
        role: stored.role,
        invited_by: stored.invited_by,
        at: viewer.local(stored.invited_at),
        expires: viewer.local(stored.expires_at),
        has_expired: stored.expires_at <= now,
    };
    Ok(stored.into_iter().map(shown).collect())
}

/// A new invitation; one to the same address that is too old is replaced. `email` in lower case.
///
/// # Errors
/// `Invalid` for whom is a member or invited already, and where there are too many; `Forbidden` for a role above that of who
/// acts.
pub async fn add(admin: &Admin, email: &str, role: Role, token_hash: &[u8], now: Timestamp) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    check_may_give(own_role(&mut tx, admin).await?, role)?;
    let member: Option<String> = sqlx::query_scalar(
        "select p.name from membership s join person p on p.id = s.person_id where s.project_id = $1 and p.email = $2",
    )
    .bind(admin.project)
    .bind(email)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(name) = member {
        return Err(Refusal::AlreadyMember(name).into());
    }
    sqlx::query("delete from invitation where project_id = $1 and email = $2 and expires_at <= $3")
        .bind(admin.project)
        .bind(email)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    let open: i64 = sqlx::query_scalar("select count(*) from invitation where project_id = $1")
        .bind(admin.project)
        .fetch_one(&mut *tx)
        .await?;
    if open >= INVITATIONS_MAX {
        return Err(Refusal::ManyInvitations.into());
    }
    let added = sqlx::query(
        "insert into invitation (project_id, id, email, role, token_hash, invited_by, invited_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (project_id, email) do nothing",
    )
    .bind(admin.project)
    .bind(InvitationId::new())
    .bind(email)
    .bind(role)
    .bind(token_hash)
    .bind(admin.user)
    .bind(now)
    .bind(expiry(now))
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        return Err(Refusal::AlreadyInvited.into());
    }
    let entry = Entry { event: MemberEvent::Invited, actor: &admin.user_name, subject: email, role: Some(role) };
    note(&mut tx, admin.project, entry, now).await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

fn expiry(now: Timestamp) -> Timestamp {
    now.plus(INVITATION_DAYS * Timestamp::DAY)
}

/// Who is invited.
///
/// # Errors
/// `NotFound` if the invitation was followed or withdrawn.
pub async fn email(admin: &Admin, id: InvitationId) -> AppResult<String> {
    let email: Option<String> = sqlx::query_scalar("select email from invitation where project_id = $1 and id = $2")
        .bind(admin.project)
        .bind(id)
        .fetch_optional(admin.db.read())
        .await?;
    email.ok_or_else(none_such)
}

/// Gives an invitation another link in place of the one before, from whoever asks; returns its address and role.
///
/// # Errors
/// `NotFound` if it was followed or withdrawn; `Forbidden` for a role above that of who acts.
pub async fn renew(admin: &Admin, id: InvitationId, token_hash: &[u8], now: Timestamp) -> AppResult<(String, Role)> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let own = own_role(&mut tx, admin).await?;
    let renewed: Option<(String, Role)> = sqlx::query_as(
        "update invitation set token_hash = $1, invited_by = $2, invited_at = $3, expires_at = $4
         where project_id = $5 and id = $6 returning email, role",
    )
    .bind(token_hash)
    .bind(admin.user)
    .bind(now)
    .bind(expiry(now))
    .bind(admin.project)
    .bind(id)
    .fetch_optional(&mut *tx)
    .await?;
    let (email, role) = renewed.ok_or_else(none_such)?;
    check_may_give(own, role)?;
    let entry = Entry { event: MemberEvent::InvitedAgain, actor: &admin.user_name, subject: &email, role: None };
    note(&mut tx, admin.project, entry, now).await?;
    admin.db.commit(tx, admin.project).await?;
    Ok((email, role))
}

/// Takes an invitation back; returns its address.
///
/// # Errors
/// `NotFound` if it was followed or withdrawn; `Forbidden` for a role above that of who acts.
pub async fn withdraw(admin: &Admin, id: InvitationId, now: Timestamp) -> AppResult<String> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let own = own_role(&mut tx, admin).await?;
    let gone: Option<(String, Role)> =
        sqlx::query_as("delete from invitation where project_id = $1 and id = $2 returning email, role")
            .bind(admin.project)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    let (email, role) = gone.ok_or_else(none_such)?;
    check_may_give(own, role)?;
    let entry = Entry { event: MemberEvent::Withdrawn, actor: &admin.user_name, subject: &email, role: None };
    note(&mut tx, admin.project, entry, now).await?;
    admin.db.commit(tx, admin.project).await?;
    Ok(email)
}

fn none_such() -> AppError {
    AppError::NotFound("This invitation was used or withdrawn meanwhile.".into())
}

/// Takes back what a person could not send any more who has this role now, or none.
pub(super) async fn withdraw_of(
    tx: &mut Tx,
    project: ProjectId,
    person: UserId,
    role: Option<Role>,
) -> sqlx::Result<()> {
    let most = role.filter(|role| *role >= Role::Admin).map_or(-1, |role| role as i16);
    sqlx::query("delete from invitation where project_id = $1 and invited_by = $2 and role > $3")
        .bind(project)
        .bind(person)
        .bind(most)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An invitation whose link somebody has.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub project_id: ProjectId,
    pub slug: String,
    pub project_name: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    /// Who signs in by its address, if anybody does.
    pub person: Option<UserId>,
}

/// The invitation of a token; None where it was used or withdrawn, or is too old. Uses nothing up.
pub async fn find(db: &Db, token_hash: &[u8], now: Timestamp) -> AppResult<Option<Found>> {
    let found = sqlx::query_as(
        "select i.project_id, j.slug, j.name as project_name, i.email, i.role, b.name as invited_by, p.id as person
         from invitation i
         join project j on j.id = i.project_id
         join person b on b.id = i.invited_by
         left join person p on p.email = i.email
         where i.token_hash = $1 and i.expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.read())
    .await?;
    Ok(found)
}

/// Who follows the link of an invitation.
#[derive(Clone, Copy)]
pub enum Joining<'a> {
    /// Somebody new, with a name and the hash of a password.
    New { name: &'a str, hash: &'a str },
    /// Who is signed in as this person.
    Known(UserId),
}

/// Uses an invitation up, and returns who became a member: the person of its address, who has to be signed in where there is one
/// already, because whoever had the address then may not have it now; or a new one.
///
/// # Errors
/// `NotFound` where it was used or withdrawn meanwhile, or whoever invited could not do so now; `Conflict` where the person of its
/// address is another one, or is known by now, or no longer.
pub async fn accept(
    db: &Db,
    found: &Found,
    token_hash: &[u8],
    joining: Joining<'_>,
    now: Timestamp,
) -> AppResult<UserId> {
    let project = found.project_id;
    let mut tx = db.begin().await?;
    touch(&mut tx, project).await?;
    let used: Option<(String, Role, UserId)> = sqlx::query_as(
        "delete from invitation where project_id = $1 and token_hash = $2 and expires_at > $3
         returning email, role, invited_by",
    )
    .bind(project)
    .bind(token_hash)
    .bind(now)
    .fetch_optional(&mut *tx)
    .await?;
    let (email, role, invited_by) = used.ok_or(Refusal::InvitationSpent)?;
    if !role_of(&mut tx, project, invited_by).await?.is_some_and(|own| may_give(own, role)) {
        return Err(Refusal::InvitationSpent.into());
    }
    let known: Option<(UserId, String)> =
        sqlx::query_as("select id, name from person where email = $1").bind(&email).fetch_optional(&mut *tx).await?;
    let (person, name) = match (known, joining) {
        (Some((id, name)), Joining::Known(person)) if id == person => (id, name),
        (None, Joining::New { name, hash }) => {
            (people::add(&mut tx, &email, name, Some(hash), now).await?, name.to_owned())
        }
        _ => return Err(AppError::Conflict("Load this page again: who signs in by this address has changed.".into())),
    };
    if projects::add_member(&mut tx, project, person, role, now).await? {
        let entry = Entry { event: MemberEvent::Joined, actor: &found.invited_by, subject: &name, role: Some(role) };
        note(&mut tx, project, entry, now).await?;
    }
    db.commit(tx, project).await?;
    Ok(person)
}
