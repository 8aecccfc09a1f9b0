//! Bulk actions on messages: asked for, counted beforehand, stopped and undone. What is small is done before the answer; the rest in the
//! background (`run.rs`).

pub mod run;

use super::{
    auth, clock,
    store::{
        bulk,
        guard::{Manager, Operator, Viewer},
        steering,
    },
};
use crate::domain::{
    AppError, AppResult, BatchId, BulkId,
    bulk::{
        BulkKind, Outcome, SelectionForm,
        plan::{BulkForm, BulkPreview},
        record::{BulkPage, BulkQuery, BulkRecord, BulkRecordPage, BulkState},
    },
    done::Done,
    role::Role,
    stats::count,
};
use std::time::Duration;

/// How long a request works on what it began.
const AT_ONCE: Duration = Duration::from_secs(3);

pub async fn page(viewer: &Viewer, query: BulkQuery) -> AppResult<BulkPage> {
    bulk::list(viewer, query).await
}

pub async fn record(viewer: &Viewer, id: BulkId) -> AppResult<BulkRecordPage> {
    Ok(BulkRecordPage { record: bulk::get(viewer, id).await?, version: viewer.version })
}

/// What [`start`] would do.
pub async fn preview(manager: &Manager, selection: SelectionForm, form: &BulkForm) -> AppResult<BulkPreview> {
    let now = clock::now();
    let plan = form.check(&manager.zone, now)?;
    bulk::preview(manager, &selection.check()?, &plan, now).await
}

pub async fn start(manager: &Manager, selection: SelectionForm, form: &BulkForm) -> AppResult<Done> {
    let now = clock::now();
    let plan = form.check(&manager.zone, now)?;
    let selection = selection.check()?;
    let id = match plan.kind {
        BulkKind::Cancel => {
            let outcome = steering::cancel_selection(manager, &selection, &plan.reason, now).await?;
            return Ok(canceled(&outcome));
        }
        BulkKind::Delete if !form.confirmed => {
            return Err(AppError::invalid("confirmed", "Confirm that the messages are to be deleted for good."));
        }
        _ => bulk::start(manager, &selection, &plan, now).await?,
    };
    go_on(manager, id).await?;
    Ok(said(&bulk::get(manager, id).await?))
}

/// Cancels the unsent messages of a selection.
pub async fn cancel(manager: &Manager, selection: SelectionForm, reason: &str) -> AppResult<Done> {
    let form = BulkForm { kind: BulkKind::Cancel.slug().to_owned(), reason: reason.to_owned(), ..BulkForm::default() };
    start(manager, selection, &form).await
}

/// A cancel that changed nothing offers no Undo, and its record is in the list.
fn canceled(outcome: &Outcome) -> Done {
    let bulk = outcome.undo.map(|batch| BulkId(batch.0));
    Done { undo: outcome.undo, bulk, ..Done::new(outcome.sentence(BulkKind::Cancel.did())) }
}

/// Does what can be done at once; the background does the rest, even where this fails.
async fn go_on(manager: &Manager, id: BulkId) -> AppResult<()> {
    let state = auth::state()?;
    if let Err(error) = run::go_on(&state.db, (manager.project, id), AT_ONCE).await {
        tracing::warn!(%error, "a bulk action goes on in the background");
    }
    state.bulk.notify_one();
    Ok(())
}

/// What became of it so far.
fn said(record: &BulkRecord) -> Done {
    let sentence = match record.state {
        BulkState::Done | BulkState::Stopped | BulkState::Undone => record.result(),
        BulkState::Undoing => "Undoing it. This goes on in the background.".to_owned(),
        BulkState::Gathering => "The bulk action has begun. It goes on in the background.".to_owned(),
        BulkState::Running => {
            let so_far = count(record.worked(), "message");
            format!("The bulk action has begun: {so_far} of {} so far. It goes on in the background.", record.total)
        }
    };
    let undo = record.may_undo().then_some(BatchId(record.id.0));
    Done { undo, bulk: Some(record.id), ..Done::new(sentence) }
}

pub async fn stop(manager: &Manager, id: BulkId) -> AppResult<Done> {
    bulk::stop(manager, id, clock::now()).await?;
    let record = bulk::get(manager, id).await?;
    Ok(Done { bulk: None, ..said(&record) })
}

/// Takes a bulk action back, or one change: what the batch names.
pub async fn undo(operator: &Operator, batch: BatchId) -> AppResult<Done> {
    let id = BulkId(batch.0);
    if bulk::kind(operator, id).await? == Some(BulkKind::Reschedule) {
        let viewer: &Viewer = operator;
        let manager = viewer.clone().manager().ok_or_else(|| auth::lacks(Role::Manager))?;
        bulk::begin_undo(&manager, id, clock::now()).await?;
        go_on(&manager, id).await?;
        let record = bulk::get(&manager, id).await?;
        let sentence = match record.state {
            BulkState::Undone => record.undo.sentence("Restored"),
            _ => said(&record).sentence,
        };
        return Ok(Done { bulk: Some(id), ..Done::new(sentence) });
    }
    let outcome = steering::undo(operator, batch, clock::now()).await?;
    Ok(Done { undo: outcome.undo, ..Done::new(outcome.sentence("Restored")) })
}
