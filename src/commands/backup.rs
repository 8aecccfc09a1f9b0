//! `backup` and `restore`.

use super::{Failure, say};
use crate::{
    domain::{backup::size, stats::count},
    server::{
        config::Config,
        store::backup::{self, Restored},
    },
};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct BackUp {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct Restore {
    /// A file that `backup` wrote
    #[arg(required_unless_present = "before_update", conflicts_with = "before_update")]
    file: Option<PathBuf>,
    /// The copy that was made before the last update of the database that this release can read: the way back to the release before
    #[arg(long)]
    before_update: bool,
    /// Go on sending at once. Without it sending is paused in each project, because what was sent since the backup would be sent again
    #[arg(long)]
    keep_sending: bool,
}

pub(super) async fn back_up(config: &Config, BackUp { file }: &BackUp) -> Result<(), Failure> {
    let copied = backup::make(&config.database_url, file).await?;
    say(&format!("Wrote {} ({}, schema {}), and checked it.", file.display(), size(copied.bytes), copied.schema))?;
    say(&key_beside(config))
}

/// What opens the secrets in a copy is not in it.
fn key_beside(config: &Config) -> String {
    let key = config.key_file().map_or("SECRET_KEY".to_owned(), |file| file.display().to_string());
    format!(
        "It holds customers, messages and the hashes of passwords: keep it where only you can read it. The secrets of connections and \
         of two-factor sign-in in it are encrypted with {key}, which is not in it: keep that too, in another place."
    )
}

pub(super) async fn restore(config: &Config, what: &Restore) -> Result<(), Failure> {
    let url = &config.database_url;
    let file = match &what.file {
        Some(file) => file.clone(),
        None => backup::before_update(url)?,
    };
    let pausing = (!what.keep_sending).then_some("review-messages restore");
    let restored = backup::restore(url, &file, pausing).await?;
    for line in told(&file, &restored, what) {
        say(&line)?;
    }
    Ok(())
}

fn told(file: &Path, restored: &Restored, what: &Restore) -> Vec<String> {
    let mut lines = vec![format!("Restored {} (schema {}), which stays where it is.", file.display(), restored.schema)];
    lines.extend(restored.former.as_ref().map(|former| {
        format!("The database that was there before is now {}. Delete it when you are sure.", former.display())
    }));
    if restored.is_behind {
        lines.push(
            "Its schema is older than this release, which updates it at its next start. To stay with the release that made it, start \
             that one."
                .into(),
        );
    }
    lines.push(sending(restored.paused, what.keep_sending));
    lines.push("Whoever was erased since the backup is in it again: erase them again.".into());
    lines
}

/// What becomes of the messages that were sent since the backup, and are scheduled in it.
fn sending(paused: Option<u64>, goes_on: bool) -> String {
    let again = "messages that were sent since the backup are scheduled in it";
    match paused {
        _ if goes_on => format!("Sending goes on: {again}, and are sent again."),
        None => format!("Sending can't be paused in so old a database: {again}, and are sent again at the next start."),
        Some(0) => format!("Sending was paused in each project already: {again}. Cancel those before you resume."),
        Some(n) => format!(
            "Sending is paused in {}: {again}, and would be sent again. Cancel those, then resume under Settings.",
            count(n, "project")
        ),
    }
}
