//! Looks whether an installation is well: what a person who runs it can mend, with what to do. It changes nothing and sends nothing.

mod database;
mod outside;
mod place;
mod settings;

use super::{config::Config, dns::Dns};
use serde::Serialize;

/// What was found about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, such as `disk`.
    pub check: &'static str,
    pub result: Verdict,
    pub found: String,
    /// What to do; None where nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// It cannot be known from here.
    Unknown,
    /// It works, and may not for long or not for all.
    Warning,
    /// It does not work.
    Failure,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

impl Finding {
    fn new(check: &'static str, result: Verdict, found: impl Into<String>) -> Self {
        Self { check, result, found: found.into(), advice: None }
    }

    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, found)
    }

    fn unknown(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, Verdict::Unknown, found)
    }

    fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..Self::new(check, Verdict::Warning, found) }
    }

    fn failure(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..Self::new(check, Verdict::Failure, found) }
    }

    /// For a sentence that says what to do, too.
    pub fn error(check: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Failure, sentence)
    }

    /// `warning  disk: 812 MB are free in data. Make room …`
    pub fn line(&self) -> String {
        let advice = self.advice.as_ref().map_or(String::new(), |advice| format!(" {advice}"));
        let found = format!("{:<8} {}: {}{advice}", self.result.name(), self.check, self.found);
        found.replace(['\n', '\r'], " ")
    }
}

/// All that can be known, in the order in which it is to be mended.
pub async fn examine(config: &Config, dns: &Dns) -> Vec<Finding> {
    let mut all = settings::look(config);
    all.extend(place::look(config));
    let (db, found) = database::look(config).await;
    all.extend(found);
    all.extend(outside::look(config, dns, db.as_ref()).await);
    if let Some(db) = db {
        db.close().await;
    }
    all
}
