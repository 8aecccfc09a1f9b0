//! What runs on the server alone: the state that requests share, and how a process serves, works and stops.

pub mod actions;
pub mod auth;
pub mod commands;
pub mod config;
pub mod delivery;
pub mod demo;
pub mod guard;
pub mod http;
pub mod limits;
pub mod outbox;
pub mod phone;
pub mod store;
pub mod telemetry;

use axum::{extract::FromRef, serve::ListenerExt};
use config::Config;
use delivery::{Transports, worker};
use leptos::prelude::LeptosOptions;
use limits::Limits;
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use store::Db;
use telemetry::Traffic;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

/// Whether the request being answered is one of the demo, which has an Outbox page.
pub fn is_demo() -> bool {
    auth::state().is_ok_and(|state| state.config.demo)
}

/// After the signal to stop: the worker's 25 seconds for what is under way, and a little for writing it down.
const STOP_WITHIN: Duration = Duration::from_secs(28);

/// What requests share; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub config: Arc<Config>,
    pub transports: Arc<Transports>,
    pub leptos_options: LeptosOptions,
    pub limits: Arc<Limits>,
    pub traffic: Arc<Traffic>,
    /// Becomes true when the process is to stop.
    pub stop: watch::Receiver<bool>,
}

impl AppState {
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn new(db: Db, config: Config, transports: Transports, stop: watch::Receiver<bool>) -> Result<Self, String> {
        Ok(Self {
            leptos_options: leptos_options(config.addr)?,
            db,
            config: Arc::new(config),
            transports: Arc::new(transports),
            limits: Arc::default(),
            traffic: Arc::default(),
            stop,
        })
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos_options.clone()
    }
}

/// The embedded copy of cargo-leptos' table; `LEPTOS_…` of the environment overrides it, but for the address, which is
/// ours.
fn leptos_options(addr: SocketAddr) -> Result<LeptosOptions, String> {
    let mut options = leptos::config::get_config_from_str(include_str!("../Leptos.toml"))
        .map_err(|e| format!("A variable LEPTOS_… of the environment cannot be used: {e}."))?;
    options.site_addr = addr;
    // Written beside the program by cargo-leptos; where another tool built it, the files have their plain names.
    let hashes = std::env::current_exe().ok().map(|program| program.with_file_name(&*options.hash_file));
    options.hash_files &= hashes.is_some_and(|file| file.is_file());
    Ok(options)
}

/// Serves until it is told to stop, then finishes what is under way.
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
            "the folder {folder} of LEPTOS_SITE_ROOT is not there: pages will have neither style nor scripts"
        );
    }
    stop_on_signals(stop)?;
    let worker = work.then(|| start_worker(&state));
    let mut stopped = state.stop.clone();
    let service = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    // Else the last packet of an answer waits for the acknowledgement of the one before, for 40 ms.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let serving = axum::serve(listener, service).with_graceful_shutdown({
        let mut stop = stopped.clone();
        async move {
            let _ = stop.wait_for(|stop| *stop).await;
        }
    });
    let serving = tokio::spawn(async move { serving.await });
    let _ = stopped.wait_for(|stop| *stop).await;
    tracing::info!("stopping");
    let finish = async {
        let _ = serving.await;
        if let Some(worker) = worker {
            let _ = worker.await;
        }
    };
    if timeout(STOP_WITHIN, finish).await.is_err() {
        tracing::warn!("stopped with requests or messages under way");
    }
    Ok(())
}

/// Sends what is due until it is told to stop.
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
    let listen = |kind| signal(kind).map_err(|e| format!("Signals cannot be listened for: {e}."));
    let (mut term, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(true);
        // Whoever asks twice does not want to wait.
        interrupt.recv().await;
        std::process::exit(130);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    /// The lines `key = value` of the table.
    fn table(file: &str) -> Vec<(&str, &str)> {
        file.lines()
            .skip_while(|line| *line != "[package.metadata.leptos]")
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split_once(" = "))
            .collect()
    }

    #[test]
    fn the_embedded_settings_are_those_of_the_build() {
        let build = table(include_str!("../Cargo.toml"));
        let embedded = table(include_str!("../Leptos.toml"));
        for key in ["output-name", "site-root", "site-pkg-dir", "site-addr", "hash-files"] {
            let find = |t: &[(&str, &'static str)]| t.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
            assert!(find(&embedded).is_some(), "{key}");
            assert_eq!(find(&embedded), find(&build), "{key}");
        }
    }
}
