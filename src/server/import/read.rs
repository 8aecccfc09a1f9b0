//! Reads the rows of a file and checks them, on a thread of its own, some hundred at a time.

use super::{
    check::{Checker, Seen},
    rows::{Fault, Row, Rows},
};
use crate::{
    domain::import::Problem,
    server::store::imports::{Job, Wanted},
};
use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::mpsc;

/// What a row holds.
pub enum Found {
    Customer(Wanted),
    /// The file has the same address or number before.
    Duplicate(Problem),
    Refused(Problem),
}

pub struct Entry {
    pub row: Row,
    pub found: Found,
    /// Where the row ends, in bytes of the file.
    pub end: u64,
}

/// What comes next of the file.
pub enum Next {
    Rows(Vec<Entry>),
    /// There are no more rows.
    End,
    /// The file cannot be read: the sentence that says so.
    Fault(String),
}

/// Reads the file to its end, or until nobody listens. Rows before `job.progress.read_to` were written already: they are only
/// remembered for what comes twice. `size` says how many rows are wanted at a time.
pub fn read(path: &Path, job: &Job, checker: &Checker, size: &Arc<AtomicUsize>, to: &mpsc::Sender<Next>) {
    let last = match rows(path, job, checker, size, to) {
        Ok(()) => Next::End,
        Err(fault) => Next::Fault(fault.sentence()),
    };
    let _ = to.blocking_send(last);
}

fn rows(
    path: &Path,
    job: &Job,
    checker: &Checker,
    size: &Arc<AtomicUsize>,
    to: &mpsc::Sender<Next>,
) -> Result<(), Fault> {
    let separator = u8::try_from(job.separator).unwrap_or(b',');
    let mut rows = Rows::new(File::open(path).map_err(Fault::Disk)?, separator);
    if job.has_header {
        rows.next()?;
    }
    let mut seen = Seen::default();
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let found = match checker.check(&row) {
            Ok(wanted) => match seen.before(row.line, &wanted.form) {
                // A customer may have many charges, each in a row.
                Some(repeated) if wanted.charge.is_none() => Found::Duplicate(checker.repeated(&row, repeated)),
                _ => Found::Customer(wanted),
            },
            Err(problem) => Found::Refused(problem),
        };
        let end = rows.position();
        if end <= job.progress.read_to {
            if to.is_closed() {
                return Ok(());
            }
            continue;
        }
        entries.push(Entry { row, found, end });
        if entries.len() >= size.load(Ordering::Relaxed)
            && to.blocking_send(Next::Rows(std::mem::take(&mut entries))).is_err()
        {
            return Ok(());
        }
    }
    if !entries.is_empty() {
        let _ = to.blocking_send(Next::Rows(entries));
    }
    Ok(())
}
