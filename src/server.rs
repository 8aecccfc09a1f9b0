//! Who may do what, and what is done: the use cases, the workers, and the state that requests share.

pub mod account;
pub mod actions;
pub mod alerts;
pub mod api_keys;
pub mod attention;
pub mod auth;
pub mod bulk;
pub mod charges;
pub mod clock;
pub mod config;
pub mod connections;
pub mod days;
pub mod delivery;
pub mod demo;
pub mod dns;
pub mod doctor;
pub mod editing;
pub mod erasure;
pub mod export;
pub mod health;
pub mod hits;
pub mod import;
pub mod language;
pub mod limits;
pub mod locations;
pub mod low_ratings;
pub mod members;
pub mod metrics;
pub mod outbox;
pub mod peer;
pub mod phone;
pub mod project_settings;
pub mod projects;
pub mod request_id;
pub mod requests;
pub mod rest;
pub mod retention;
pub mod review_pages;
pub mod sending;
pub mod store;
pub mod strategy;
pub mod strategy_page;
pub mod tags;
pub mod telemetry;
pub mod templates;
pub mod views;
pub mod visits;
pub mod webhooks;
pub mod webhooks_out;

use auth::{passing::Passing, passkeys::Passkeys, provider::Provider};
use axum::extract::FromRef;
use config::Config;
use delivery::{Transports, pulse::Pulse};
use dns::Dns;
use health::Health;
use hits::Hits;
use leptos::prelude::LeptosOptions;
use limits::Limits;
use std::{net::SocketAddr, sync::Arc};
use store::Db;
use tokio::sync::{Notify, watch};
use visits::Visits;
use webhooks::{reports::Reports, sns::Sns};
use webhooks_out::courier::Courier;

/// What requests share; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub config: Arc<Config>,
    pub transports: Arc<Transports>,
    pub dns: Dns,
    pub leptos_options: LeptosOptions,
    pub limits: Arc<Limits>,
    pub passkeys: Arc<Passkeys>,
    pub provider: Arc<Provider>,
    /// Recovery codes that were just made, under the hash of the session's token, until the person has kept them.
    pub fresh_codes: Arc<Passing<Vec<String>>>,
    pub hits: Hits,
    pub visits: Arc<Visits>,
    pub reports: Reports,
    pub sns: Arc<Sns>,
    /// Tells webhooks what happens.
    pub courier: Courier,
    pub health: Health,
    /// Wakes what works on bulk actions.
    pub bulk: Arc<Notify>,
    /// Wakes what does imports.
    pub imports: Arc<Notify>,
    /// Of the worker, where this process has one.
    pub pulse: Pulse,
    /// Becomes true when the process is to stop.
    pub stop: watch::Receiver<bool>,
}

impl AppState {
    /// Starts the tasks that write hits and reports, on the runtime of the caller.
    ///
    /// # Errors
    /// A sentence that names the wrong setting.
    pub fn new(db: Db, config: Config, transports: Transports, stop: watch::Receiver<bool>) -> Result<Self, String> {
        let transports = Arc::new(transports);
        Ok(Self {
            leptos_options: leptos_options(config.addr)?,
            hits: Hits::start(db.clone()),
            reports: Reports::start(db.clone()),
            sns: Arc::new(Sns::new()?),
            courier: Courier::new(db.clone(), transports.clone(), config.webhook_hosts)?,
            passkeys: Arc::new(Passkeys::new(&config.base_url)),
            provider: Arc::new(Provider::new(&config)?),
            fresh_codes: Arc::new(Passing::for_minutes(10)),
            limits: Arc::new(Limits::new(config.api_limit)),
            db,
            config: Arc::new(config),
            transports,
            dns: Dns::system(),
            visits: Arc::default(),
            health: Health::default(),
            bulk: Arc::default(),
            imports: Arc::default(),
            pulse: Pulse::default(),
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

#[cfg(test)]
mod tests {
    /// The lines `key = value` of the table.
    fn table(file: &str) -> Vec<(&str, &str)> {
        file.lines()
            .skip_while(|line| *line != "[[workspace.metadata.leptos]]")
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
