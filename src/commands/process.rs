//! Runs the server and the worker, and stops them on signals.

use crate::{
    server::{AppState, delivery::worker, peer},
    web::{
        self,
        connections::{self, Bounds},
    },
};
use std::{path::Path, time::Duration};
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
    let (config, hits) = (state.config.clone(), state.hits.clone());
    let is_trusted = move |address| peer::is_trusted(address, &config.trusted_proxies);
    let router = web::router(state);
    let serving = connections::serve(listener, router, is_trusted, Bounds::of_this_process(), stopped.clone());
    let serving = tokio::spawn(serving);
    let _ = stopped.wait_for(|stop| *stop).await;
    tracing::info!("stopping");
    let finish = async {
        let _ = serving.await;
        hits.flush().await;
        if let Some(worker) = worker {
            let _ = worker.await;
        }
    };
    if timeout(STOP_WITHIN, finish).await.is_err() {
        tracing::warn!("stopped before all requests and messages were finished");
    }
    Ok(())
}

/// Sends due messages until a signal stops it.
///
/// # Errors
/// A sentence for the person who started it.
pub async fn work(state: AppState, stop: watch::Sender<bool>) -> Result<(), String> {
    stop_on_signals(stop)?;
    start_worker(&state).await.map_err(|e| format!("The worker ended early: {e}."))
}

fn start_worker(state: &AppState) -> JoinHandle<()> {
    tokio::spawn(worker::run(state.db.clone(), state.transports.clone(), state.stop.clone()))
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
