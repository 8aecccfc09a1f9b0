//! Erasing a person, in the database and in the files beside it.

use super::{
    auth, clock,
    import::Files,
    outbox,
    store::{
        erasure::{self, Leftovers},
        guard::Admin,
    },
};
use crate::domain::{
    AppError, AppResult, CustomerId,
    customer::{ERASE_WORD, ERASED_KEPT},
    done::Done,
};

/// `confirm` is what the person typed who does it.
pub async fn erase_customer(admin: &Admin, id: CustomerId, confirm: &str) -> AppResult<Done> {
    if !confirm.trim().eq_ignore_ascii_case(ERASE_WORD) {
        return Err(AppError::invalid("confirm", format!("Write {ERASE_WORD} to confirm.")));
    }
    let Leftovers { messages, imports } = erasure::erase(admin, id, clock::now()).await?;
    let config = &auth::state()?.config;
    let files = Files::new(&config.data_dir);
    for import in imports {
        for path in [files.text(import), files.problems(import)] {
            files.remove(&path).await;
        }
    }
    outbox::remove(config, admin, messages).await;
    Ok(Done::new(format!("The person was erased. {ERASED_KEPT}")))
}
