//! Customers whom staff ask as the strategy would.

use super::{Candidate, Material, NewRequest, customers::candidates_in, insert, material_of};
use crate::{
    domain::{
        AppResult, CustomerId, RequestId, Timestamp,
        customer::bulk::{CustomerSkip, CustomersOutcome},
    },
    server::store::{guard::Manager, new_message::NewMessage},
};

/// Asks these customers for staff: `compose` gives the messages of each request, or why a customer is left out.
///
/// # Errors
/// What `compose` refuses with, and those of the database; then nobody of these is asked.
pub async fn ask(
    manager: &Manager,
    ids: &[CustomerId],
    now: Timestamp,
    compose: impl FnOnce(&Material, &[Candidate]) -> AppResult<Vec<Result<(RequestId, Vec<NewMessage>), CustomerSkip>>>,
) -> AppResult<CustomersOutcome> {
    let mut outcome = CustomersOutcome::default();
    if ids.is_empty() {
        return Ok(outcome);
    }
    let mut tx = manager.db.begin_in(manager.project).await?;
    let material = material_of(&mut tx, manager, now).await?;
    let candidates: Vec<Candidate> = candidates_in(&mut tx, manager.project, &material.kept.strategy, ids).await?;
    let mut new = Vec::new();
    for (candidate, composed) in candidates.iter().zip(compose(&material, &candidates)?) {
        match composed {
            Err(skip) => outcome.skip(skip, 1),
            Ok((request, messages)) => {
                new.push(NewRequest { request, customer: candidate.id, run: None, messages, retry: None });
            }
        }
    }
    outcome.done = new.len() as u64;
    outcome.skip(CustomerSkip::Gone, (ids.len() - candidates.len()) as u64);
    insert(&mut tx, manager, new, None, now).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(outcome)
}
