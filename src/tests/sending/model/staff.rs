//! What staff do in the model.

use super::{Model, check::Violation};
use crate::{
    domain::{AppError, MessageId, Timestamp},
    server::store::steering,
};

impl Model {
    pub async fn staff(&mut self) -> Result<(), Violation> {
        let (id, now) = (self.any(), self.now);
        let manager = self.w.manager.clone();
        let (what, done) = match self.rng.u32(0..12) {
            0..3 => {
                let answer = steering::cancel(&manager, id, false, now).await;
                if let Ok(outcome) = &answer {
                    self.ledger.canceled.insert(id);
                    self.batches.extend(outcome.undo);
                }
                ("cancel", done(answer))
            }
            3..5 if !self.batches.is_empty() => {
                let batch = self.batches.swap_remove(self.rng.usize(0..self.batches.len()));
                let answer = steering::undo(&manager, batch, now).await;
                self.forget_what_is_back().await;
                ("undo a cancel", done(answer))
            }
            3..7 => {
                let at = now.plus(self.rng.i64(Timestamp::SECOND..2 * Timestamp::HOUR));
                let answer = done(steering::reschedule(&manager, id, at, now).await);
                self.put(id, answer);
                ("reschedule", answer)
            }
            7..9 => {
                let answer = steering::send_now(&manager, id, now).await;
                self.batches.extend(answer.as_ref().ok().and_then(|put| put.undo));
                let answer = done(answer);
                self.put(id, answer);
                ("send now", answer)
            }
            _ => ("resend", done(steering::resend(&manager, id, now).await)),
        };
        let name = self.name(id);
        self.tell(format!("staff: {what} {name}: {}", if done { "done" } else { "refused" }));
        Ok(())
    }

    /// What was put to another time is not canceled any more.
    fn put(&mut self, id: MessageId, done: bool) {
        if done {
            self.ledger.canceled.remove(&id);
        }
    }

    /// An Undo restores what is still canceled of its batch.
    async fn forget_what_is_back(&mut self) {
        let canceled: Vec<MessageId> =
            sqlx::query_scalar("select id from message where state = 4").fetch_all(self.w.db.read()).await.unwrap();
        self.ledger.canceled.retain(|id| canceled.contains(id));
    }
}

/// Whether it was done; a refusal is no fault.
fn done<T>(answer: Result<T, AppError>) -> bool {
    match answer {
        Ok(_) => true,
        Err(AppError::Conflict(_) | AppError::NotFound(_) | AppError::Invalid { .. }) => false,
        Err(error) => panic!("{error:?}"),
    }
}
