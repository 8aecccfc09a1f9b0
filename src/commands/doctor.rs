//! `doctor`.

use super::{Failure, say};
use crate::server::{
    config::{Config, Settings},
    dns::Dns,
    doctor::{Finding, Verdict, examine},
};
use clap::Args;

#[derive(Args)]
pub(super) struct Doctor {
    /// Print a JSON array of what was found, for programs
    #[arg(long)]
    json: bool,
}

/// Says what was found, a line for each thing; fails where something does not work.
pub(super) async fn run(settings: &Settings, what: &Doctor) -> Result<(), Failure> {
    let found = match Config::new(settings) {
        Ok(config) => {
            let mut all = vec![Finding::ok("settings", "each has a value that can be used.")];
            all.extend(examine(&config, &Dns::system()).await);
            all
        }
        Err(sentence) => vec![Finding::error("settings", sentence)],
    };
    if what.json {
        let text =
            serde_json::to_string_pretty(&found).map_err(|e| format!("What was found cannot be written: {e}."))?;
        say(&text)?;
    } else {
        for one in &found {
            say(&one.line())?;
        }
    }
    let failures = found.iter().filter(|one| one.result == Verdict::Failure).count();
    match failures {
        0 => Ok(()),
        1 => Err("1 check failed.".to_owned().into()),
        n => Err(format!("{n} checks failed.").into()),
    }
}
