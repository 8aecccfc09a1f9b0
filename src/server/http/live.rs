//! Live updates: a tick whenever a project has changed, for its pages to fetch what they show.

use super::reply;
use crate::{
    domain::{AppError, AppResult, ProjectId, Timestamp},
    server::{
        AppState, auth,
        limits::Connection,
        store::{Db, observe},
    },
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, stream};
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::{broadcast, watch},
    time::{Instant, sleep_until},
};

/// Of one person, over all projects and windows.
const CONNECTIONS: usize = 6;
/// Ticks are at least this far apart.
const PAUSE: Duration = Duration::from_secs(1);

pub async fn live(State(state): State<AppState>, Path(slug): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    match follow(state.clone(), &slug, headers).await {
        Ok(stream) => {
            let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
            Sse::new(stream).keep_alive(keep_alive).into_response()
        }
        Err(error) => reply::error(&state.leptos_options, &uri, &error),
    }
}

async fn follow(
    state: AppState,
    slug: &str,
    headers: HeaderMap,
) -> AppResult<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let viewer = auth::access(&state, &headers, slug, Timestamp::now()).await?;
    let person = viewer.user.map(|id| id.to_string()).unwrap_or_default();
    let connection = state.limits.live.open(&person, CONNECTIONS).ok_or_else(|| {
        AppError::TooMany(format!(
            "At most {CONNECTIONS} windows follow changes at a time. Close one, or load this page again."
        ))
    })?;
    let changes = state.db.changes();
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let version = observe::version(&state.db, viewer.project).await?;
    let follower = Follower {
        // What happened while a connection was broken is told when it is there again.
        missed: seen.is_some_and(|seen: i64| seen != version),
        access: (state.clone(), slug.to_owned(), headers),
        db: state.db.clone(),
        project: viewer.project,
        changes,
        stop: state.stop,
        not_before: Instant::now(),
        _connection: connection,
    };
    Ok(stream::unfold(follower, |mut follower| async move { Some((Ok(follower.next().await?), follower)) }))
}

struct Follower {
    missed: bool,
    access: (AppState, String, HeaderMap),
    db: Db,
    project: ProjectId,
    changes: broadcast::Receiver<ProjectId>,
    stop: watch::Receiver<bool>,
    not_before: Instant,
    _connection: Connection,
}

impl Follower {
    /// None once the server stops, or the person may not see the project any more.
    async fn next(&mut self) -> Option<Event> {
        let mut stop = self.stop.clone();
        tokio::select! {
            () = self.changed() => {}
            _ = stop.wait_for(|stop| *stop) => return None,
        }
        let (state, slug, headers) = &self.access;
        auth::access(state, headers, slug, Timestamp::now()).await.ok()?;
        let version = observe::version(&self.db, self.project).await.ok()?.to_string();
        Some(Event::default().event("changed").id(version.clone()).data(version))
    }

    /// Waits for a change; those of the next second are part of it.
    async fn changed(&mut self) {
        while !self.missed {
            match self.changes.recv().await {
                Ok(project) => self.missed = project == self.project,
                // Too many to tell whose they were.
                Err(broadcast::error::RecvError::Lagged(_)) => self.missed = true,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
        sleep_until(self.not_before).await;
        self.changes = self.changes.resubscribe();
        self.missed = false;
        self.not_before = Instant::now() + PAUSE;
    }
}
