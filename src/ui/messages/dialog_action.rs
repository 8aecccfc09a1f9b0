//! The change that the form of a dialog makes.

use super::steering::use_steering;
use crate::ui::{
    hooks::action::{FormAction, FormFunction},
    parts::{dialog::use_dialog, toast::use_toasts},
};
use leptos::prelude::*;

/// Called in a dialog, in the project of `slug`. When the change is done, the dialog closes, `then` is called, and the page says
/// what was done. The action outlives the dialog: closing the dialog, or leaving the page, does not stop a change that is under
/// way, and the page still says how it ended.
pub fn dialog_action<S: FormFunction>(slug: String, then: impl Fn() + 'static) -> ServerAction<S> {
    let (dialog, steering, toasts) = (use_dialog(), use_steering(), use_toasts());
    steering.outliving(|| {
        let action = ServerAction::<S>::new();
        action.on_done(move |done| {
            dialog.close();
            then();
            steering.done(&slug, done);
        });
        // An open dialog shows the error itself.
        action.on_refused(move |error| {
            if !dialog.stands() {
                toasts.error(&error);
            }
        });
        action
    })
}
