//! Runs the server and the worker, and stops them on signals.

use crate::{
    server::{
        AppState, bulk, days,
        delivery::worker,
        import,
        low_ratings::{self, Way},
        peer, rest, retention,
        strategy::planner,
        webhooks_out::round,
    },
    web::{
        self,
        connections::{self, Bounds},
    },
};
use axum::Router;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

/// How long stopping may take: 25 seconds for the calls that the worker is making, and some for writing the results.
const STOP_WITHIN: Duration = Duration::from_secs(28);

/// Serves until a signal stops it, then finishes the requests that are running.
///
/// # Errors
/// A sentence for the person who started it.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    stop: watch::Sender<bool>,
    work: bool,
) -> Result<(), String> {
    if !Path::new(&*state.leptos_options.site_root).is_dir() {
        let folder = &state.leptos_options.site_root;
        tracing::warn!(
            "the folder {folder} of LEPTOS_SITE_ROOT does not exist: pages will have neither styles nor scripts"
        );
    }
    stop_on_signals(stop)?;
    let worker = work.then(|| start_worker(&state));
    let mut stopped = state.stop.clone();
    let hits = state.hits.clone();
    let imports = tokio::spawn(import::run::run(state.clone()));
    let bulk = tokio::spawn(bulk::run::run(state.clone()));
    let serving = answer(&state, listener, web::router(state.clone()));
    let _ = stopped.wait_for(|stop| *stop).await;
    tracing::info!("stopping");
    let finish = async {
        let _ = serving.await;
        hits.flush().await;
        let _ = imports.await;
        let _ = bulk.await;
        if let Some(worker) = worker {
            let _ = worker.await;
        }
    };
    if timeout(STOP_WITHIN, finish).await.is_err() {
        tracing::warn!("stopped before all requests and messages were finished");
    }
    Ok(())
}

fn answer(state: &AppState, listener: TcpListener, router: Router) -> JoinHandle<()> {
    let config = state.config.clone();
    let is_trusted = move |address| peer::is_trusted(address, &config.trusted_proxies);
    tokio::spawn(connections::serve(listener, router, is_trusted, Bounds::of_this_process(), state.stop.clone()))
}

/// Sends due messages until a signal stops it, and answers monitoring at `monitored_at`.
///
/// # Errors
/// A sentence for the person who started it.
pub async fn work(state: AppState, monitored_at: Option<TcpListener>, stop: watch::Sender<bool>) -> Result<(), String> {
    stop_on_signals(stop)?;
    let _answering = monitored_at.map(|listener| answer(&state, listener, web::monitoring(state.clone())));
    start_worker(&state).await.map_err(|e| format!("The worker ended early: {e}."))
}

/// Starts the planner too, what sets the days of messages anew, what tells webhooks and members, and what removes what is kept only for some time;
/// all end with the worker.
fn start_worker(state: &AppState) -> JoinHandle<()> {
    let AppState { db, transports, stop, pulse, config, courier, .. } = state.clone();
    pulse.beat(Instant::now());
    let planner = (db.clone(), config.base_url.clone(), stop.clone());
    tokio::spawn(worker::again_after_a_crash(move || {
        let (db, base_url, stop) = planner.clone();
        planner::run(db, base_url, stop)
    }));
    let anew = (db.clone(), stop.clone());
    tokio::spawn(worker::again_after_a_crash(move || {
        let (db, stop) = anew.clone();
        days::run(db, stop)
    }));
    let kept = (db.clone(), stop.clone());
    tokio::spawn(worker::again_after_a_crash(move || {
        let (db, stop) = kept.clone();
        retention::run(db, stop)
    }));
    let answers = (db.clone(), stop.clone());
    tokio::spawn(worker::again_after_a_crash(move || {
        let (db, stop) = answers.clone();
        rest::run(db, stop)
    }));
    let way =
        Way { transports: transports.clone(), is_open: config.sends_to_staff(), base_url: config.base_url.clone() };
    let told = (db.clone(), stop.clone());
    tokio::spawn(worker::again_after_a_crash(move || {
        let (db, stop) = told.clone();
        low_ratings::run(db, way.clone(), stop)
    }));
    let webhooks = (db.clone(), stop.clone());
    tokio::spawn(worker::again_after_a_crash(move || {
        let (db, stop) = webhooks.clone();
        round::run(db, courier.clone(), stop)
    }));
    tokio::spawn(worker::run(db, transports, stop, pulse))
}

/// SIGTERM and SIGINT, the first of each; a second SIGINT ends the process as usual.
fn stop_on_signals(stop: watch::Sender<bool>) -> Result<(), String> {
    let listen = |kind| signal(kind).map_err(|e| format!("Signals cannot be received: {e}."));
    let (mut term, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(true);
        // A second SIGINT stops at once.
        interrupt.recv().await;
        std::process::exit(130);
    });
    Ok(())
}
