//! The command line: `serve`, `work`, `migrate`, `backup`, `restore`, `doctor`, `demo`, `user` and `counters`.

mod backup;
mod doctor;
mod process;
mod start;
mod user;

use crate::{
    domain::AppError,
    server::{
        AppState, clock,
        config::{Config, Settings},
        delivery::seal::private_folder,
        demo,
        store::{self, BeforeUpdate, Db, people},
        telemetry::{self, LogFormat},
    },
};
use clap::{Parser, Subcommand};
use std::{io::Write, process::ExitCode, time::Duration};
use tokio::{runtime::Builder, sync::watch};

/// Ask customers for reviews by email and SMS, and see and steer every message in a browser
#[derive(Parser)]
#[command(name = "review-messages", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the web pages, and send what is due
    Serve {
        /// Only serve; another process sends
        #[arg(long)]
        no_worker: bool,
        /// Create a demo project if there is no project yet, print a sign-in link at each start, and show sent messages on
        /// the Outbox page
        #[arg(long)]
        demo: bool,
    },
    /// Only send what is due
    Work,
    /// Update the database to this release, and nothing else. An SQLite database is copied before, as by every command that updates it
    Migrate {
        /// Make no copy before, because you have made a backup
        #[arg(long)]
        no_copy: bool,
    },
    /// Write the database into a file while it is in use, and check that file (SQLite)
    Backup(backup::BackUp),
    /// Put a backup in the place of the database, which is kept beside it (SQLite). Stop the server and the worker before
    Restore(backup::Restore),
    /// Look whether all is well: settings, folders, database, clock, disk, DNS, connections and counters; a line for each. Changes and
    /// sends nothing. The exit code is 1 if something does not work
    Doctor(doctor::Doctor),
    /// Create the demo project, and print a link that signs in to it once
    Demo,
    /// People who sign in
    #[command(subcommand)]
    User(user::UserCommand),
    /// The counters behind the stats bar and the totals
    #[command(subcommand)]
    Counters(CountersCommand),
}

#[derive(Subcommand)]
enum CountersCommand {
    /// Compare the counters with the messages; the exit code is 1 if they differ
    Audit,
    /// Compare, and correct the counters that differ
    Repair,
}

/// The stack size of each thread, in bytes: rendering a page recurses deeply, most of all in a debug build.
pub const STACK: usize = 16 * 1024 * 1024;

/// Why the program ends early: a sentence, and the exit code.
struct Failure(String, u8);

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self(error.to_string(), 1)
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self(sentence, 1)
    }
}

/// Runs the command line. The exit code is 2 if the command line or a setting is wrong, 1 if something else fails.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let result = match runtime {
        // Blocking tasks that are still running (a slow disk, a hash) are abandoned.
        Ok(runtime) => {
            let result = runtime.block_on(async { tokio::spawn(run(cli)).await });
            runtime.shutdown_background();
            result.unwrap_or_else(|e| Err(Failure(format!("The program has crashed: {e}."), 1)))
        }
        Err(e) => Err(Failure(format!("Threads cannot be started: {e}."), 1)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence, code)) => {
            eprintln!("review-messages: {sentence}");
            ExitCode::from(code)
        }
    }
}

async fn run(Cli { command, settings }: Cli) -> Result<(), Failure> {
    let wrong = |sentence| Failure(sentence, 2);
    let format = LogFormat::new(&settings.log_format).map_err(wrong)?;
    telemetry::init(&settings.log, format).map_err(wrong)?;
    if let Command::Doctor(what) = &command {
        return doctor::run(&settings, what).await;
    }
    let mut config = Config::new(&settings).map_err(wrong)?;
    match command {
        Command::Serve { no_worker, demo } => {
            config.demo = demo;
            start::start(config, !no_worker).await
        }
        Command::Work => {
            let transports = config.transports().map_err(wrong)?;
            let monitored_at = match config.monitor_addr {
                Some(addr) => Some(start::listen(addr, "MONITOR_ADDR or --monitor-addr").await?),
                None => None,
            };
            let db = open(&config).await?;
            let (stop, stopped) = watch::channel(false);
            let state = AppState::new(db.clone(), config, transports, stopped).map_err(wrong)?;
            let result = process::work(state, monitored_at, stop).await;
            close(&db).await;
            Ok(result?)
        }
        Command::Backup(what) => backup::back_up(&config, &what).await,
        Command::Restore(what) => backup::restore(&config, &what).await,
        _ => {
            let has_copy = matches!(command, Command::Migrate { no_copy: true });
            let db = open_with(&config, if has_copy { BeforeUpdate::Nothing } else { BeforeUpdate::Copy }).await?;
            let result = once(&db, &config, command).await;
            close(&db).await;
            result
        }
    }
}

/// Runs a command that does one thing to the database.
async fn once(db: &Db, config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo => make_demo(db, config).await,
        Command::User(command) => user::run(db, config, command).await,
        Command::Counters(what) => counters(db, matches!(what, CountersCommand::Repair)).await,
        _ => say("The database is up to date."),
    }
}

/// Closes the database, so that its file alone can be copied. Gives up after five seconds: no data depends on it.
async fn close(db: &Db) {
    let _ = tokio::time::timeout(Duration::from_secs(5), db.close()).await;
}

/// Opens the database and migrates it; creates the data folder.
async fn open(config: &Config) -> Result<Db, Failure> {
    open_with(config, BeforeUpdate::Copy).await
}

async fn open_with(config: &Config, before: BeforeUpdate) -> Result<Db, Failure> {
    private_folder(&config.data_dir).map_err(|e| {
        let folder = config.data_dir.display();
        let advice = "Make it yourself, or name another with DATA_DIR or --data-dir.";
        format!("The data folder {folder} cannot be created: {e}. {advice}")
    })?;
    Ok(store::open_with(&config.database_url, before).await?)
}

/// Prints a line to standard output and flushes it, for scripts that read it.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|e| Failure(format!("Standard output cannot be written to: {e}."), 1))
}

async fn make_demo(db: &Db, config: &Config) -> Result<(), Failure> {
    let now = clock::now();
    let owner = match people::owner_of(db, demo::SLUG).await? {
        Some(owner) => owner,
        None => demo::create(db, &config.base_url, now).await?.owner,
    };
    start::print_link(db, config, owner, now).await
}

async fn counters(db: &Db, repair: bool) -> Result<(), Failure> {
    let drift = store::counters::audit(db, repair).await?;
    for one in &drift {
        say(&format!("{one:?}"))?;
    }
    match (drift.len(), repair) {
        (0, _) => say("The counters agree with the messages."),
        (n, true) => say(&format!("Repaired {n} counters.")),
        (n, false) => {
            Err(format!("{n} counters differ from the messages; run `counters repair` to correct them.").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn settings_are_taken_before_and_after_the_command() {
        for line in
            ["review-messages --addr 127.0.0.1:1 serve --demo", "review-messages serve --demo --addr 127.0.0.1:1"]
        {
            let cli = Cli::try_parse_from(line.split(' ')).map_err(|e| e.to_string()).unwrap();
            assert_eq!(cli.settings.addr, "127.0.0.1:1");
            assert!(matches!(cli.command, Command::Serve { demo: true, no_worker: false }));
        }
        assert!(Cli::try_parse_from(["review-messages", "user", "passwd", "--email", "a@b.c"]).is_err());
        assert!(Cli::try_parse_from("x user add --email a@b.c --name A --project p --role king".split(' ')).is_err());
    }
}
