//! Leaving a page because what it shows is being deleted on it.

use crate::{
    domain::{AppError, AppResult},
    ui::hooks::effect::effect,
};
use leptos::prelude::*;

/// Whether the page is being left. Made with the page's data, and provided by the page to the form that deletes.
#[derive(Clone, Copy)]
pub struct Leaving(StoredValue<bool>);

impl Leaving {
    pub fn new() -> Self {
        Self(StoredValue::new(false))
    }

    /// Called by the form that deletes. `is_left` is true while the deletion is pending, and when it is done.
    pub fn while_true(is_left: Signal<bool>) {
        if let Some(Self(leaving)) = use_context() {
            effect(move |_| leaving.set_value(is_left.get()));
        }
    }

    /// The answer of the page's resource. A live update may tell of the deletion before the next page has come: then this page
    /// stays as it is, instead of saying that there is no such thing.
    pub async fn settle<T>(self, answer: AppResult<T>) -> AppResult<T> {
        if matches!(answer, Err(AppError::NotFound(_))) && self.0.try_get_value() == Some(true) {
            std::future::pending::<()>().await;
        }
        answer
    }
}

impl Default for Leaving {
    fn default() -> Self {
        Self::new()
    }
}
