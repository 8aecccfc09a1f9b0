//! Does imports that were started, one after another, some hundred rows in a transaction: progress is written with the rows, so that
//! a server that was stopped or killed goes on where it was, and other writers have the database in between.

use super::{
    check::{Checker, addresses},
    files::{Files, Ledger},
    read::{Entry, Found, Next, read},
};
use crate::{
    domain::{
        AppResult, ProjectId,
        csv::push_record,
        import::{ImportState, PROBLEMS_SHOWN, Problem},
        message::Channel,
    },
    server::{
        AppState, clock,
        store::{
            Db,
            db::Tx,
            dialect,
            erasure::Key,
            imports::{self, End, Fate, Job, LEASE, Progress, Wanted, Written},
        },
    },
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, watch},
    task::spawn_blocking,
    time::sleep,
};
use uuid::Uuid;

/// How many rows the first transaction writes, and how few and many any may.
const FIRST: usize = 200;
const FEW: usize = 20;
const MANY: usize = 2_000;
/// How long a transaction is to hold the database.
const HOLD: Duration = Duration::from_millis(40);
/// How often it is looked for imports that another process started.
const LOOK: Duration = Duration::from_secs(2);
/// The pause after the database took nothing.
const RETRY: Duration = Duration::from_secs(1);
const EACH_HOUR: Duration = Duration::from_secs(3600);

/// Does imports until the server stops.
pub async fn run(state: AppState) {
    let mut stop = state.stop.clone();
    while !is_stopped(&stop) {
        let one = tokio::spawn(run_one(state.clone()));
        if let Err(error) = one.await {
            tracing::error!(%error, "an import has crashed; imports go on in five seconds");
            tokio::select! {
                () = sleep(Duration::from_secs(5)) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }
}

async fn run_one(state: AppState) {
    let runner = Runner::new(&state);
    let mut stop = state.stop.clone();
    let mut tidied = None::<Instant>;
    while !is_stopped(&stop) {
        if tidied.is_none_or(|at| at.elapsed() > EACH_HOUR) {
            tidied = Some(Instant::now());
            if let Err(error) = runner.tidy().await {
                tracing::warn!(%error, "files of imports could not be tidied; trying again in an hour");
            }
        }
        match runner.step().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "an import could not go on; trying again in two seconds"),
        }
        tokio::select! {
            () = state.imports.notified() => {}
            () = sleep(LOOK) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// One server's imports.
pub struct Runner {
    db: Db,
    files: Files,
    /// By what it calls itself.
    lease: Uuid,
    stop: watch::Receiver<bool>,
}

impl Runner {
    pub fn new(state: &AppState) -> Self {
        Self {
            db: state.db.clone(),
            files: Files::new(&state.config.data_dir),
            lease: Uuid::now_v7(),
            stop: state.stop.clone(),
        }
    }

    /// Does one import to its end. False if none waits whose file is here.
    pub async fn step(&self) -> AppResult<bool> {
        for key in imports::waiting(&self.db, clock::now()).await? {
            if !self.files.text(key.1).is_file() {
                continue;
            }
            if let Some(job) = imports::claim(&self.db, key, self.lease, clock::now()).await? {
                self.import(job).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn import(&self, mut job: Job) -> AppResult<()> {
        let locations = imports::locations(&self.db, job.project).await?;
        let currency = imports::currency(&self.db, job.project).await?;
        let checker = Arc::new(Checker::new(job.columns.clone(), job.matching.clone(), locations, currency));
        let size = Arc::new(AtomicUsize::new(FIRST));
        let (to, mut from) = mpsc::channel(1);
        {
            let (path, job, checker, size) = (self.files.text(job.id), job.clone(), checker.clone(), size.clone());
            spawn_blocking(move || read(&path, &job, &checker, &size, &to));
        }
        let mut stop = self.stop.clone();
        let end = loop {
            let next = tokio::select! {
                next = from.recv() => next,
                () = stopped(&mut stop) => break Some(End::Left),
                () = sleep(Duration::from_millis(LEASE.unsigned_abs() / 3)) => {
                    if imports::hold(&self.db, &job, clock::now()).await? {
                        continue;
                    }
                    break None;
                }
            };
            match next {
                Some(Next::Rows(entries)) => {
                    if !self.write_all(&mut job, &checker, entries, &size).await {
                        break if is_stopped(&self.stop) { Some(End::Left) } else { None };
                    }
                }
                Some(Next::End) => break Some(End::Done),
                Some(Next::Fault(sentence)) => {
                    imports::end(&self.db, &job, End::Failed(&sentence), clock::now()).await?;
                    break None;
                }
                None => break Some(End::Failed("The file could not be read to its end.")),
            }
        };
        if let Some(end) = end {
            imports::end(&self.db, &job, end, clock::now()).await?;
        }
        if !matches!(end, Some(End::Left)) {
            self.remove_ended(&job).await;
        }
        Ok(())
    }

    /// Deletes the file of an import that has ended. One that another server took is none.
    async fn remove_ended(&self, job: &Job) {
        match imports::state(&self.db, job.id).await {
            Ok(Some(ImportState::Ready | ImportState::Started)) | Err(_) => {}
            Ok(_) => self.files.remove(&self.files.text(job.id)).await,
        }
    }

    /// Writes rows, again where the database takes nothing at the moment. False if the import is canceled, is another server's, or
    /// this one stops.
    async fn write_all(&self, job: &mut Job, checker: &Checker, mut entries: Vec<Entry>, size: &AtomicUsize) -> bool {
        // In parts, where the database refuses rows: the last is the next.
        let mut parts = vec![(0, entries.len())];
        while let Some((start, end)) = parts.pop() {
            let rows = end - start;
            match self.write(job, checker, &entries[start..end]).await {
                Ok(None) => return false,
                Ok(Some(took)) => {
                    size.store(fitting(rows, took), Ordering::Relaxed);
                    // For writers of other processes, which wait for the file and not in our queue.
                    sleep((took / 10).max(Duration::from_millis(1))).await;
                }
                Err(error) if dialect::is_about_rows(&error) && rows > 1 => {
                    let middle = start + rows / 2;
                    parts.push((middle, end));
                    parts.push((start, middle));
                }
                Err(error) if dialect::is_about_rows(&error) && matches!(entries[start].found, Found::Customer(_)) => {
                    tracing::warn!(%error, "a row of an import could not be stored");
                    let entry = &mut entries[start];
                    entry.found = Found::Refused(checker.unwritable(&entry.row));
                    parts.push((start, end));
                }
                Err(error) => {
                    tracing::warn!(%error, "rows of an import could not be stored; trying again in a second");
                    let mut stop = self.stop.clone();
                    tokio::select! {
                        () = sleep(RETRY) => parts.push((start, end)),
                        () = stopped(&mut stop) => return false,
                    }
                }
            }
        }
        !is_stopped(&self.stop)
    }

    /// Writes rows in one transaction. How long it held the database; None if the import is no longer this server's.
    async fn write(&self, job: &mut Job, checker: &Checker, entries: &[Entry]) -> sqlx::Result<Option<Duration>> {
        let now = clock::now();
        let mut tx = self.db.begin_in(job.project).await?;
        let began = Instant::now();
        let wanted: Vec<&Wanted> = entries
            .iter()
            .filter_map(|entry| if let Found::Customer(wanted) = &entry.found { Some(wanted) } else { None })
            .collect();
        let Written { fates, charges, .. } = imports::write(&mut tx, job.project, &wanted, now).await?;
        let mut fates = fates.into_iter();
        let erased = erased(&mut tx, job.project, entries).await?;
        let mut progress = job.progress.clone();
        progress.counts.charges += charges;
        let mut text = String::new();
        for (place, entry) in entries.iter().enumerate() {
            if let Some((problem, is_told)) = judge(checker, entry, &mut fates, &mut progress) {
                let (problem, is_told) = match erased.get(&place) {
                    Some(channel) => (Checker::erased(&entry.row, *channel), false),
                    None => (problem, is_told),
                };
                note(&mut text, job, entry, (&problem, is_told), &mut progress);
            }
            progress.read_to = entry.end;
        }
        if !text.is_empty() {
            let mut file = Ledger::open(&self.files.problems(job.id)).await?;
            progress.problem_bytes = file.add(progress.problem_bytes, &text).await?;
        }
        if !imports::save(&mut tx, job, &progress, now).await? {
            return Ok(None);
        }
        self.db.commit(tx, job.project).await?;
        job.progress = progress;
        Ok(Some(began.elapsed()))
    }

    /// Deletes what is no longer kept.
    async fn tidy(&self) -> AppResult<()> {
        imports::forget(&self.db, clock::now()).await?;
        let old = self.files.old().await.map_err(sqlx::Error::Io)?;
        for (id, path) in old {
            let state = imports::state(&self.db, id).await?;
            let is_wanted = match path.extension().and_then(|ending| ending.to_str()) {
                Some("csv") => matches!(state, Some(ImportState::Ready | ImportState::Started)),
                Some("refused") => state.is_some(),
                _ => false,
            };
            if !is_wanted {
                self.files.remove(&path).await;
            }
        }
        Ok(())
    }
}

/// How many rows fit into the time that a transaction may take, after one of `rows` took so long.
pub(in crate::server) fn fitting(rows: usize, took: Duration) -> usize {
    let fit = rows.max(1) as f64 * HOLD.as_secs_f64() / took.as_secs_f64().max(0.000_1);
    // At most twice as many: one measurement says little.
    (fit as usize).min(rows.max(FEW) * 2).clamp(FEW, MANY)
}

/// Counts what became of a row; why it was not imported, if so, and whether its cells may be told.
fn judge(
    checker: &Checker,
    entry: &Entry,
    fates: &mut impl Iterator<Item = Fate>,
    progress: &mut Progress,
) -> Option<(Problem, bool)> {
    let counts = &mut progress.counts;
    match &entry.found {
        Found::Duplicate(problem) => {
            counts.duplicates += 1;
            Some((problem.clone(), true))
        }
        Found::Refused(problem) => {
            counts.refused += 1;
            Some((problem.clone(), true))
        }
        Found::Customer(_) => {
            let fate = fates.next()?;
            match &fate {
                Fate::Added => counts.added += 1,
                Fate::Updated => counts.updated += 1,
                Fate::Unchanged => counts.unchanged += 1,
                _ => counts.refused += 1,
            }
            let is_told = !matches!(fate, Fate::Erased(_));
            checker.refused(&entry.row, &fate).map(|problem| (problem, is_told))
        }
    }
}

/// Which of the rows that the file itself lets nobody import name an erased person, and by which channel's address. Those of others are
/// looked up where they are written.
async fn erased(tx: &mut Tx, project: ProjectId, entries: &[Entry]) -> sqlx::Result<HashMap<usize, Channel>> {
    let Some(key) = Key::of(tx, project).await? else { return Ok(HashMap::new()) };
    let mut found = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        if !matches!(entry.found, Found::Customer(_)) {
            found.extend(addresses(&entry.row).into_iter().map(|(channel, address)| (place, channel, address)));
        }
    }
    let found: Vec<(usize, Channel, &str)> =
        found.iter().map(|(place, channel, address)| (*place, *channel, address.as_str())).collect();
    Ok(key.known(tx, project, &found).await?.into_iter().collect())
}

/// Adds a row to the file of problems, which begins with the header; the first are also shown.
fn note(text: &mut String, job: &Job, entry: &Entry, (problem, is_told): (&Problem, bool), progress: &mut Progress) {
    if progress.problem_bytes == 0 && text.is_empty() {
        // The mark by which Excel knows UTF-8.
        text.push('\u{feff}');
        push_record(text, job.columns.iter().map(String::as_str).chain(["Line", "Problem"]));
    }
    let line = problem.line.to_string();
    let reason = match problem.column.as_str() {
        "" => problem.reason.clone(),
        column => format!("{column}: {}", problem.reason),
    };
    let cells =
        (0..job.columns.len().max(entry.row.len())).map(|place| if is_told { entry.row.cell(place) } else { "" });
    push_record(text, cells.chain([line.as_str(), reason.as_str()]));
    if progress.problems.len() < PROBLEMS_SHOWN {
        progress.problems.push(problem.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_has_as_many_rows_as_fit_into_its_time() {
        let ms = Duration::from_millis;
        assert_eq!(fitting(200, ms(80)), 100);
        assert_eq!(fitting(200, ms(1)), 400);
        assert_eq!(fitting(1_500, ms(10)), MANY);
        assert_eq!(fitting(20, ms(5_000)), FEW);
        assert_eq!(fitting(1, ms(5_000)), FEW);
    }
}
