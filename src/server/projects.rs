//! New projects, and what stands around every page of one.

use super::{
    auth, clock,
    delivery::template,
    store::{
        db::Tx,
        guard::Viewer,
        projects,
        requests::{self, StoredTemplate},
    },
};
use crate::domain::{
    AppResult, ProjectId, Timestamp,
    message::{Channel, Template},
    project::Frame,
};
use chrono_tz::Tz;

/// A new project with the default templates.
///
/// # Errors
/// `Conflict` where the slug is taken.
pub async fn create(tx: &mut Tx, slug: &str, name: &str, zone: Tz, now: Timestamp) -> AppResult<ProjectId> {
    let project = projects::create(tx, slug, name, zone, now).await?;
    install_templates(tx, project).await?;
    Ok(project)
}

/// Gives a new project the default templates.
pub async fn install_templates(tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
    let stored = |template: Template, channel: Channel| {
        let (subject, body) = template::default(template, channel);
        StoredTemplate { template, channel, subject: subject.to_owned(), body: body.to_owned() }
    };
    let all: Vec<StoredTemplate> =
        Template::ALL.into_iter().flat_map(|t| Channel::ALL.into_iter().map(move |c| stored(t, c))).collect();
    requests::insert_templates(tx, project, &all).await
}

/// The frame of a project's pages.
pub async fn frame(viewer: &Viewer) -> AppResult<Frame> {
    let frame = projects::frame(viewer, auth::state()?.config.demo, clock::now()).await?;
    Ok(Frame { notice: auth::take_notice(), ..frame })
}
