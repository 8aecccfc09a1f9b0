//! The change that the form of a dialog makes.

use super::steering::use_steering;
use crate::{
    domain::{AppError, done::Done},
    ui::{
        hooks::action::{on_done, on_refused},
        parts::{dialog::use_dialog, toast::use_toasts},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Made in a dialog, in the project of `slug`. When the change is done, the dialog closes, `then` is called, and the page says
/// what was done. It outlives the dialog: closing the dialog, or leaving the page, stops no change that is under way, and what
/// becomes of it is said all the same.
pub fn dialog_action<S>(slug: String, then: impl Fn() + 'static) -> ServerAction<S>
where
    S: ServerFn<Output = Done, Error = AppError> + Clone + Send + Sync + 'static,
    S::Error: Send + Sync + 'static,
{
    let (dialog, steering, toasts) = (use_dialog(), use_steering(), use_toasts());
    steering.outliving(|| {
        let action = ServerAction::<S>::new();
        on_done(action, move |done| {
            dialog.close();
            then();
            steering.done(&slug, done);
        });
        // A dialog that stands shows it by itself.
        on_refused(action, move |error| {
            if !dialog.stands() {
                toasts.error(&error);
            }
        });
        action
    })
}
