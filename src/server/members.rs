//! The Members page: who belongs to a project, and what its admins do about it.

use super::{
    auth::{self, invitation::new_link},
    clock,
    store::{
        guard::{Admin, Viewer},
        members::{self, invitations},
    },
};
use crate::domain::{
    AppError, AppResult, InvitationId, UserId,
    content::Outgoing,
    done::Done,
    member::{INVITATION_DAYS, InviteForm, MembersPage, parse_role},
    role::Role,
};

pub async fn page(viewer: &Viewer) -> AppResult<MembersPage> {
    let may_change = viewer.role >= Role::Admin;
    Ok(MembersPage {
        me: me(viewer)?,
        members: members::list(viewer).await?,
        invitations: match may_change {
            true => Some(invitations::list(viewer, clock::now()).await?),
            false => None,
        },
        history: if may_change { members::history(viewer).await? } else { Vec::new() },
        version: viewer.version,
    })
}

fn me(viewer: &Viewer) -> AppResult<UserId> {
    viewer.user.ok_or(AppError::Unauthorized)
}

/// Invites somebody by email; where this server sends none, the answer has the link.
pub async fn invite(admin: &Admin, form: &InviteForm) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let (email, role) = form.check()?;
    state.limits.invitation(&admin.project.to_string(), &email, now)?;
    let (token, link) = new_link(&state.config.base_url)?;
    invitations::add(admin, &email, role, &token.hash(), now).await?;
    deliver(admin, &email, role, link).await
}

/// Sends a new link in place of the one before.
pub async fn resend(admin: &Admin, id: InvitationId) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let email = invitations::email(admin, id).await?;
    state.limits.invitation(&admin.project.to_string(), &email, now)?;
    let (token, link) = new_link(&state.config.base_url)?;
    let (email, role) = invitations::renew(admin, id, &token.hash(), now).await?;
    deliver(admin, &email, role, link).await
}

/// Sends the link over the server's own connection: a project's admins could read what their own carries, and a link that only its
/// recipient can have proves the address.
async fn deliver(admin: &Admin, email: &str, role: Role, link: String) -> AppResult<Done> {
    let state = auth::state()?;
    if !state.config.has_mail_server() {
        let sentence = format!(
            "This server sends no email by itself, so hand this link to {email}. It is shown only now, and works once, for \
             {INVITATION_DAYS} days."
        );
        return Ok(Done { link: Some(link), ..Done::new(sentence) });
    }
    let now = clock::now();
    let mail = Outgoing {
        project_slug: admin.slug.clone(),
        project_name: admin.project_name.clone(),
        recipient: email.to_owned(),
        subject: format!("{} invites you to {}", admin.user_name, admin.project_name),
        text: words(admin, role, &link),
        ..Outgoing::default()
    };
    match state.transports.email.send(&mail, now).await {
        Ok(_) => Ok(Done::new(format!("An invitation is on its way to {email}."))),
        Err(refusal) => {
            let said = refusal.text.trim_end_matches('.');
            Ok(Done::new(format!(
                "{email} is invited, but the email could not be sent: {said}. Press Resend to try again."
            )))
        }
    }
}

fn words(admin: &Admin, role: Role, link: &str) -> String {
    let (name, project) = (&admin.user_name, &admin.project_name);
    format!(
        "Hello,\n\n{name} invites you to work on {project} in review-messages, as {}.\n\nTo join, open this link and press the \
         button there. It works once, for {INVITATION_DAYS} days:\n\n{link}\n\nIf you do not know what this is about, you need \
         not do anything.\n",
        role.with_article()
    )
}

pub async fn withdraw(admin: &Admin, id: InvitationId) -> AppResult<Done> {
    let email = invitations::withdraw(admin, id, clock::now()).await?;
    Ok(Done::new(format!("The invitation of {email} is withdrawn. Its link does not work any more.")))
}

pub async fn set_role(admin: &Admin, person: UserId, role: &str) -> AppResult<Done> {
    let role = parse_role(role)?;
    let name = members::set_role(admin, person, role, clock::now()).await?;
    Ok(Done::new(format!("{name} is {} of this project from now on.", role.with_article())))
}

pub async fn remove(admin: &Admin, person: UserId) -> AppResult<Done> {
    if admin.user == Some(person) {
        return Err(AppError::Conflict("This is you. Leave the project instead.".into()));
    }
    let name = members::remove(admin, person, clock::now()).await?;
    Ok(Done::new(format!("{name} is not a member any more, and has no access from now on.")))
}

/// `person` is who the form was made for.
pub async fn leave(viewer: &Viewer, person: UserId) -> AppResult<Done> {
    if me(viewer)? != person {
        return Err(AppError::Conflict("Somebody else is signed in now. Load the page again.".into()));
    }
    members::leave(viewer, person, clock::now()).await?;
    Ok(Done::new(format!("You have left {}.", viewer.project_name)))
}
