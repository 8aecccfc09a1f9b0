//! The members of a project: the Members page, its changes, and the link by which somebody joins.

use super::client::PatientClient;
use crate::domain::{
    AppError, InvitationId, UserId,
    done::Done,
    member::{InvitationPage, InviteForm, MembersPage},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_members", client = PatientClient, input = GetUrl)]
pub async fn load_members(slug: String) -> Result<MembersPage, AppError> {
    use crate::server::{auth, members};
    members::page(&auth::viewer(&slug).await?).await
}

/// Role: admin. Where this server sends no email, the answer has the link.
#[server(endpoint = "invite_member", client = PatientClient)]
pub async fn invite_member(slug: String, #[server(default)] form: InviteForm) -> Result<Done, AppError> {
    use crate::server::{auth, members};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, members::invite(&admin, &form).await).await
}

/// Role: admin. A new link in place of the one before.
#[server(endpoint = "resend_invitation", client = PatientClient)]
pub async fn resend_invitation(slug: String, id: InvitationId) -> Result<Done, AppError> {
    use crate::server::{auth, members};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, members::resend(&admin, id).await).await
}

/// Role: admin.
#[server(endpoint = "withdraw_invitation", client = PatientClient)]
pub async fn withdraw_invitation(slug: String, id: InvitationId) -> Result<Done, AppError> {
    use crate::server::{auth, members};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, members::withdraw(&admin, id).await).await
}

/// Role: admin, and at least both the role that the member has and the one that they get.
#[server(endpoint = "change_role", client = PatientClient)]
pub async fn change_role(slug: String, id: UserId, #[server(default)] role: String) -> Result<Done, AppError> {
    use crate::server::{auth, members};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, members::set_role(&admin, id, &role).await).await
}

/// Role: admin, and at least the role that the member has.
#[server(endpoint = "remove_member", client = PatientClient)]
pub async fn remove_member(slug: String, id: UserId) -> Result<Done, AppError> {
    use crate::server::{auth, members};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, members::remove(&admin, id).await).await
}

/// Role: viewer, whose own id is `id`. Redirects to another project of the person, or says that there is none.
#[server(endpoint = "leave_project", client = PatientClient)]
pub async fn leave_project(slug: String, id: UserId) -> Result<Done, AppError> {
    use crate::server::{auth, members};
    let viewer = auth::viewer(&slug).await?;
    let done = members::leave(&viewer, id).await?;
    leptos_axum::redirect("/");
    Ok(done)
}

/// Role: anyone with the token. Looking uses nothing up.
#[server(endpoint = "load_invitation", client = PatientClient, input = GetUrl)]
pub async fn load_invitation(#[server(default)] token: String) -> Result<InvitationPage, AppError> {
    crate::server::auth::invitation::open(&token).await
}

/// Role: anyone with the token, which is used up. Redirects to the project; whoever has an account and is not signed in, to the
/// sign-in page and from there back, with nothing used up.
#[server(endpoint = "accept_invitation", client = PatientClient)]
pub async fn accept_invitation(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<Done, AppError> {
    crate::server::auth::invitation::accept(&token, &name, &password).await
}
