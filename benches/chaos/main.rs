//! `make chaos`: what happens to messages when processes, databases, disks and providers fail. Each case drives the release
//! binary as a process of its own against a mail server and an SMS provider that do as they are told, and prints a row of
//! CHAOS.md. CASES=T1,T11 chooses cases; SCALE=0.1 makes fewer repetitions and shorter outages.

mod cases;
mod place;
#[path = "../messages/sink.rs"]
mod sink;
mod twilio;
mod worker;

use place::{ENGINE, Place};
use sink::Sink;
use std::{
    collections::HashSet,
    error::Error,
    path::PathBuf,
    time::{Duration, Instant},
};
use uuid::Uuid;

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

pub struct Setting {
    pub binary: PathBuf,
    pub folder: PathBuf,
    pub scale: f64,
}

impl Setting {
    /// So many repetitions at scale 1, and at least `least`.
    pub fn times(&self, full: u32, least: u32) -> u32 {
        ((f64::from(full) * self.scale).round() as u32).max(least)
    }

    /// So long at scale 1, and at least `least`; in seconds.
    pub fn lasting(&self, full: u32, least: u32) -> Duration {
        Duration::from_secs_f64((f64::from(full) * self.scale).max(f64::from(least)))
    }
}

/// What a case found.
pub struct Finding {
    /// What was done.
    pub done: String,
    pub criterion: &'static str,
    pub lost: u64,
    pub doubled: u64,
    pub recovery: String,
    pub passed: bool,
}

/// What became of some messages, by what the provider got and what our records say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Never arrived.
    pub lost: u64,
    /// Arrivals beyond the first.
    pub doubled: u64,
    /// Messages that arrived twice though no attempt of theirs is on record as in doubt.
    pub unexplained: u64,
}

impl Tally {
    pub async fn of(place: &Place, sink: &Sink, ids: &[Uuid]) -> Result<Self> {
        let in_doubt: HashSet<Uuid> = place.in_doubt().await?.into_iter().collect();
        let mut tally = Self::default();
        for id in ids {
            let times = sink.times(*id) as u64;
            tally.lost += u64::from(times == 0);
            tally.doubled += times.saturating_sub(1);
            tally.unexplained += u64::from(times > 1 && !in_doubt.contains(id));
        }
        Ok(tally)
    }

    pub fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unexplained += other.unexplained;
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    // `cargo bench -- --bench` and `cargo test --benches` both call this; only the former does the cases.
    if !std::env::args().any(|a| a == "--bench") {
        return Ok(());
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = std::env::var("CHAOS_DIR").unwrap_or_else(|_| "target/chaos".into());
    std::fs::create_dir_all(&folder)?;
    let setting = Setting {
        binary: std::env::var_os("REVIEW_MESSAGES_BIN").ok_or("REVIEW_MESSAGES_BIN: the release binary")?.into(),
        folder: std::fs::canonicalize(folder)?,
        scale: match std::env::var("SCALE").as_deref() {
            Ok("") | Err(_) => 1.0,
            Ok(scale) => scale.parse().map_err(|_| "SCALE is a number such as 0.1")?,
        },
    };
    let wanted = std::env::var("CASES").unwrap_or_default();
    let wanted: HashSet<&str> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(name);
    if let Some(unknown) = wanted.iter().find(|name| !cases::NAMES.contains(name)) {
        return Err(format!("CASES has {unknown}; there are {}", cases::NAMES.join(", ")).into());
    }
    // Ten minutes of waiting: meanwhile the others have their turn.
    let outage = async { if is_wanted("T11") { print("T11", cases::outage::t11(&setting)).await } else { true } };
    let others = async {
        let mut all_pass = true;
        for name in cases::NAMES.into_iter().filter(|name| *name != "T11" && is_wanted(name)) {
            all_pass &= print(name, cases::run(name, &setting)).await;
        }
        all_pass
    };
    let (outage, others) = tokio::join!(outage, others);
    if outage && others { Ok(()) } else { Err("some cases failed".into()) }
}

/// Prints a row; whether the case passed, or does not apply.
async fn print(name: &str, case: impl Future<Output = Result<Option<Finding>>>) -> bool {
    let began = Instant::now();
    let (row, passed) = match case.await {
        Ok(Some(f)) => {
            let word = if f.passed { "pass" } else { "**FAIL**" };
            let row = format!("{} | {} | {} | {} | {} | {word}", f.done, f.criterion, f.lost, f.doubled, f.recovery);
            (row, f.passed)
        }
        Ok(None) => return true,
        Err(error) => (format!("{error} | – | – | – | – | **FAIL**"), false),
    };
    println!("| {name} | {ENGINE} | {row} |");
    eprintln!("{name} on {ENGINE}: {} in {:.0} s", if passed { "pass" } else { "FAIL" }, began.elapsed().as_secs_f64());
    passed
}
