//! New projects, their language, and what stands around every page of one.

pub use super::store::projects::create;

use super::{
    alerts, auth, clock,
    store::{
        Db, connections,
        guard::{Manager, Viewer},
        projects,
        queue::stops::{self, Stop},
    },
};
use crate::domain::{
    AppError, AppResult, Timestamp, connection::StoppedConnection, done::Done, language::Language, project::Frame,
};

/// In which language the project speaks to its customers from now on.
///
/// # Errors
/// `Invalid` for `language`.
pub async fn save_language(manager: &Manager, tag: &str) -> AppResult<Done> {
    let language =
        Language::from_tag(tag).ok_or_else(|| AppError::invalid("language", "Choose a language from the list."))?;
    let stays = match projects::set_language(manager, language).await? {
        0 => String::new(),
        1 => " The one template that was changed stays as it is.".to_owned(),
        n => format!(" The {n} templates that were changed stay as they are."),
    };
    Ok(Done::new(format!("The project speaks {} to its customers from now on.{stays}", language.name())))
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
