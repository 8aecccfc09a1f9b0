//! New projects, and what stands around every page of one.

use super::{
    alerts, auth, clock,
    delivery::template,
    store::{
        Db, connections,
        db::Tx,
        guard::Viewer,
        projects::{self, Start},
        queue::stops::{self, Stop},
        requests::{self, StoredTemplate},
    },
};
use crate::domain::{
    AppResult, ProjectId, Timestamp,
    connection::StoppedConnection,
    message::{Channel, Template},
    project::Frame,
};
use chrono_tz::Tz;

/// A new project with the default templates.
///
/// # Errors
/// `Conflict` where the slug is taken.
pub async fn create(
    tx: &mut Tx,
    slug: &str,
    name: &str,
    zone: Tz,
    start: Start,
    now: Timestamp,
) -> AppResult<ProjectId> {
    let project = projects::create(tx, slug, name, zone, start, now).await?;
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
    let (state, now) = (auth::state()?, clock::now());
    let frame = projects::frame(viewer, state.config.demo, now).await?;
    Ok(Frame { notice: auth::take_notice(), alerts: alerts::of_project(&state, viewer, now).await?, ..frame })
}

/// Over which of the project's connections nothing is sent for now, and why.
pub async fn paused(db: &Db, viewer: &Viewer, now: Timestamp) -> AppResult<Vec<String>> {
    let stopped = stopped(db, viewer).await?;
    Ok(stopped.into_iter().map(|stop| sentence(stop, viewer, now)).collect())
}

/// The stops of the connections that the project uses.
pub async fn stopped(db: &Db, viewer: &Viewer) -> AppResult<Vec<Stop>> {
    let stopped = stops::stopped(db).await?;
    if stopped.is_empty() {
        return Ok(stopped);
    }
    let own = connections::list(viewer).await?;
    let is_used = |stop: &Stop| match stop.project {
        Some(project) => project == viewer.project,
        None => own.iter().all(|own| own.settings.channel() != stop.channel),
    };
    Ok(stopped.into_iter().filter(is_used).collect())
}

/// A stop as staff read it.
pub fn sentence(stop: Stop, viewer: &Viewer, now: Timestamp) -> String {
    shown(viewer, stop, now).sentence(viewer.today(now))
}

/// A stop as staff of the project see it.
pub fn shown(viewer: &Viewer, stop: Stop, now: Timestamp) -> StoppedConnection {
    StoppedConnection {
        id: stop.connection,
        channel: stop.channel,
        reason: stop.reason,
        words: stop.words,
        since: viewer.local(stop.since),
        tries: stop.tries.unsigned_abs(),
        next_try: (stop.next_probe > now).then(|| viewer.local(stop.next_probe)),
    }
}
