//! What staff do on a profile: one action each, made once for the page, and what follows when it is done.

use crate::{
    api::{
        customers::{
            AddNote, AddReview, CancelUnsent, DeleteCustomer, DeleteNote, EditCustomer, SetArchived, SetTags,
            SetUnsubscribed,
        },
        requests::RequestReview,
    },
    domain::{AppError, customer::Done},
};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::FromServerFnError},
};

#[derive(Clone, Copy)]
pub struct CustomerActions {
    pub request: ServerAction<RequestReview>,
    pub edit: ServerAction<EditCustomer>,
    pub add_review: ServerAction<AddReview>,
    pub cancel_unsent: ServerAction<CancelUnsent>,
    pub set_unsubscribed: ServerAction<SetUnsubscribed>,
    pub set_archived: ServerAction<SetArchived>,
    pub delete: ServerAction<DeleteCustomer>,
    pub add_note: ServerAction<AddNote>,
    pub delete_note: ServerAction<DeleteNote>,
    pub set_tags: ServerAction<SetTags>,
}

impl CustomerActions {
    pub fn new() -> Self {
        Self {
            request: ServerAction::new(),
            edit: ServerAction::new(),
            add_review: ServerAction::new(),
            cancel_unsent: ServerAction::new(),
            set_unsubscribed: ServerAction::new(),
            set_archived: ServerAction::new(),
            delete: ServerAction::new(),
            add_note: ServerAction::new(),
            delete_note: ServerAction::new(),
            set_tags: ServerAction::new(),
        }
    }

    /// Calls `then` with what each action but the deletion says when it is done.
    pub fn on_done(self, then: Callback<Done>) {
        on_done(self.request, then);
        on_done(self.edit, then);
        on_done(self.add_review, then);
        on_done(self.cancel_unsent, then);
        on_done(self.set_unsubscribed, then);
        on_done(self.set_archived, then);
        on_done(self.add_note, then);
        on_done(self.delete_note, then);
        on_done(self.set_tags, then);
    }

    /// The deletion's answer leads to another page by itself.
    pub fn on_deleted(self, then: Callback<Done>) {
        on_done(self.delete, then);
    }

    /// Forgets what the dialogs' actions were refused for, so that a dialog opens clean.
    pub fn forget_refusals(self) {
        self.request.value().set(None);
        self.edit.value().set(None);
        self.add_review.value().set(None);
        self.cancel_unsent.value().set(None);
        self.set_unsubscribed.value().set(None);
        self.set_archived.value().set(None);
        self.delete.value().set(None);
    }
}

impl Default for CustomerActions {
    fn default() -> Self {
        Self::new()
    }
}

/// Calls `then` each time that the action succeeds.
pub fn on_done<S>(action: ServerAction<S>, then: Callback<Done>)
where
    S: ServerFn<Output = Done, Error = AppError> + Clone + Send + Sync + 'static,
    AppError: FromServerFnError,
{
    Effect::new(move |_| {
        if let Some(Ok(done)) = action.value().get() {
            then.run(done);
        }
    });
}

/// What the action was refused for, last.
pub fn refusal<S>(action: ServerAction<S>) -> Signal<Option<AppError>>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || action.value().get().and_then(Result::err))
}
