//! `serve`: opens the port and the database, prints the address and a sign-in link, and serves.

use super::{Failure, close, open, process, say};
use crate::{
    domain::{AppError, ConnectionId, Timestamp, UserId, message::Channel, role::Role},
    server::{
        AppState, auth, clock,
        config::Config,
        delivery::webhook,
        demo, projects,
        store::{self, Db, people, projects::Start},
    },
};
use chrono_tz::Tz;
use std::{io::ErrorKind, net::SocketAddr};
use tokio::{net::TcpListener, sync::watch};

pub(super) async fn start(config: Config, with_worker: bool) -> Result<(), Failure> {
    let listener = listen(config.addr, "ADDR or --addr").await?;
    let addr =
        listener.local_addr().map_err(|e| Failure(format!("The address of the server cannot be read: {e}."), 1))?;
    let config = config.listening_at(addr);
    let transports = config.transports().map_err(|sentence| Failure(sentence, 2))?;
    let db = open(&config).await?;
    let (stop, stopped) = watch::channel(false);
    let state = AppState::new(db.clone(), config, transports, stopped).map_err(|sentence| Failure(sentence, 2))?;
    say(&format!("Listening on {}", state.config.base_url))?;
    for channel in Channel::ALL {
        if let Some((provider, _)) = state.config.reports(channel) {
            let address = webhook(&state.config.base_url, provider, ConnectionId::of_deployment(channel));
            say(&format!("Reports about {} are taken at {address}", channel.name()))?;
        }
    }
    welcome(&state.db, &state.config).await?;
    let result = process::serve(state, listener, stop, with_worker).await;
    close(&db).await;
    Ok(result?)
}

/// `setting` is where another address can be chosen.
pub(super) async fn listen(addr: SocketAddr, setting: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(addr).await.map_err(|e| {
        let why = match e.kind() {
            ErrorKind::AddrInUse => "another process is using this port".into(),
            ErrorKind::PermissionDenied => "this user may not use this port".into(),
            ErrorKind::AddrNotAvailable => "this machine does not have this address".into(),
            _ => e.to_string(),
        };
        Failure(format!("Cannot listen on {addr}: {why}. Choose another address or port with {setting}."), 1)
    })
}

/// Prints a sign-in link if nobody can sign in yet, and in demo mode.
async fn welcome(db: &Db, config: &Config) -> Result<(), Failure> {
    let now = clock::now();
    if config.demo {
        let owner = match people::first_owner(db).await? {
            Some(owner) => owner,
            None => demo::create(db, &config.base_url, now).await?.owner,
        };
        return print_link(db, config, owner, now).await;
    }
    if people::is_any(db).await? {
        return Ok(());
    }
    let mut tx = db.begin().await.map_err(AppError::from)?;
    // Whoever has set up a provider for the whole deployment has done what the trial is for.
    let start = if config.has_provider() { Start::Live } else { Start::Trial };
    let project = projects::create(&mut tx, "my-business", "My business", Tz::UTC, start, now).await?;
    let owner = people::add(&mut tx, "owner@localhost", "Owner", None, now).await?;
    store::projects::set_member(&mut tx, project, owner, Role::Owner, now).await?;
    tx.commit().await.map_err(AppError::from)?;
    print_link(db, config, owner, now).await
}

pub(super) async fn print_link(db: &Db, config: &Config, person: UserId, now: Timestamp) -> Result<(), Failure> {
    let token = auth::new_link(db, person, now).await?;
    say(&format!("Sign in: {}/sign-in?token={token}", config.base_url))
}
