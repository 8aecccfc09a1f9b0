//! Live updates: an event with the project's version on connecting and after each change, so that pages know when to reload
//! their data, whose id ends in how many failed messages need attention, for the sidebar; and one with what disturbs sending, a
//! little after connecting and whenever that changes.

use super::reply;
use crate::{
    domain::{AppError, AppResult, ProjectId, project::Alert},
    server::{
        AppState, alerts, auth, clock,
        limits::Connection,
        store::{Db, attention, observe},
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
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

/// The most connections of one person, in all projects and windows.
const CONNECTIONS: usize = 6;
/// The shortest time between two events.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked what disturbs sending: nothing announces that messages have waited for long.
const LOOK: Duration = Duration::from_secs(5);

pub async fn live(State(state): State<AppState>, Path(slug): Path<String>, headers: HeaderMap) -> Response {
    match follow(state.clone(), &slug, headers).await {
        Ok(stream) => {
            let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
            Sse::new(stream).keep_alive(keep_alive).into_response()
        }
        Err(error) => reply::error(&state.leptos_options, &error),
    }
}

async fn follow(
    state: AppState,
    slug: &str,
    headers: HeaderMap,
) -> AppResult<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let viewer = auth::access(&state, &headers, slug, clock::now()).await?;
    let person = viewer.user.map(|id| id.to_string()).unwrap_or_default();
    let connection = state.limits.live.open(&person, CONNECTIONS).ok_or_else(|| {
        AppError::TooMany(format!(
            "At most {CONNECTIONS} windows follow changes at a time. Close one, or load this page again."
        ))
    })?;
    let changes = state.db.changes();
    let follower = Follower {
        // The first event has the present version: the project may have changed after the page was rendered.
        changed: true,
        told: None,
        alerts: None,
        next_look: Instant::now() + LOOK,
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
    /// Whether the project may have changed since the last event.
    changed: bool,
    /// The version of the last event.
    told: Option<i64>,
    /// What was told to disturb sending. The page may show what is over already, so the first look is told in any case.
    alerts: Option<Vec<Alert>>,
    next_look: Instant,
    access: (AppState, String, HeaderMap),
    db: Db,
    project: ProjectId,
    changes: broadcast::Receiver<ProjectId>,
    stop: watch::Receiver<bool>,
    not_before: Instant,
    _connection: Connection,
}

impl Follower {
    /// The next event; None when the server stops or the person may no longer see the project.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let mut stop = self.stop.clone();
            let next_look = self.next_look;
            let is_change = tokio::select! {
                () = self.wait() => true,
                () = sleep_until(next_look) => false,
                _ = stop.wait_for(|stop| *stop) => return None,
            };
            let (state, slug, headers) = &self.access;
            let now = clock::now();
            let viewer = auth::access(state, headers, slug, now).await.ok()?;
            if !is_change {
                self.next_look = Instant::now() + LOOK;
                // What can't be read now is looked at again.
                let Ok(alerts) = alerts::of_project(state, &viewer, now).await else { continue };
                if self.alerts.as_ref() == Some(&alerts) {
                    continue;
                }
                let json = serde_json::to_string(&alerts).ok()?;
                self.alerts = Some(alerts);
                return Some(Event::default().event("alerts").data(json));
            }
            let version = observe::version(&self.db, self.project).await.ok()?;
            // One change can be announced twice, or after an event that already had its version.
            if self.told != Some(version) {
                self.told = Some(version);
                self.not_before = Instant::now() + PAUSE;
                let number = attention::number(&self.db, self.project).await.ok()?;
                let id = format!("{version}.{number}");
                return Some(Event::default().event("changed").id(id).data(version.to_string()));
            }
        }
    }

    /// Waits for a change, and until the last event is a second old, so that several changes become one event.
    async fn wait(&mut self) {
        while !self.changed {
            match self.changes.recv().await {
                Ok(project) => self.changed = project == self.project,
                // So many changes were missed that their projects are unknown.
                Err(broadcast::error::RecvError::Lagged(_)) => self.changed = true,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
        sleep_until(self.not_before).await;
        self.changes = self.changes.resubscribe();
        self.changed = false;
    }
}
