//! What staff do on a profile: one action each, made once for the page, and what follows when it is done.

use crate::{
    api::{
        customers::{
            AddNote, AddReview, CancelUnsent, DeleteCustomer, DeleteNote, EditCustomer, SetArchived, SetTags,
            SetUnsubscribed,
        },
        requests::RequestReview,
    },
    domain::customer::Done,
    ui::parts::post::Post,
};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct CustomerActions {
    pub request: Post,
    pub edit: Post,
    pub add_review: Post,
    pub cancel_unsent: Post,
    pub set_unsubscribed: Post,
    pub set_archived: Post,
    pub delete: Post,
    pub add_note: Post,
    pub delete_note: Post,
    pub set_tags: Post,
}

impl CustomerActions {
    pub fn new() -> Self {
        Self {
            request: Post::to::<RequestReview>(),
            edit: Post::to::<EditCustomer>(),
            add_review: Post::to::<AddReview>(),
            cancel_unsent: Post::to::<CancelUnsent>(),
            set_unsubscribed: Post::to::<SetUnsubscribed>(),
            set_archived: Post::to::<SetArchived>(),
            delete: Post::to::<DeleteCustomer>(),
            add_note: Post::to::<AddNote>(),
            delete_note: Post::to::<DeleteNote>(),
            set_tags: Post::to::<SetTags>(),
        }
    }

    /// Calls `then` with what each action but the deletion says when it is done.
    pub fn on_done(self, then: Callback<Done>) {
        self.request.on_done(then);
        self.edit.on_done(then);
        self.add_review.on_done(then);
        self.cancel_unsent.on_done(then);
        self.set_unsubscribed.on_done(then);
        self.set_archived.on_done(then);
        self.add_note.on_done(then);
        self.delete_note.on_done(then);
        self.set_tags.on_done(then);
    }

    /// The deletion's answer leads to another page by itself.
    pub fn on_deleted(self, then: Callback<Done>) {
        self.delete.on_done(then);
    }

    /// Forgets what the dialogs' actions were refused for, so that a dialog opens clean.
    pub fn forget_refusals(self) {
        self.request.forget_refusal();
        self.edit.forget_refusal();
        self.add_review.forget_refusal();
        self.cancel_unsent.forget_refusal();
        self.set_unsubscribed.forget_refusal();
        self.set_archived.forget_refusal();
        self.delete.forget_refusal();
    }
}

impl Default for CustomerActions {
    fn default() -> Self {
        Self::new()
    }
}
