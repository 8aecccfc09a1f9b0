//! The dialog that the profile's address opens.

use super::{
    confirm_dialog::ConfirmDialog, edit_dialog::EditDialog, profile_address::Task, request_dialog::RequestDialog,
    review_dialog::ReviewDialog,
};
use crate::domain::{MessageId, customer::Profile, project::Frame};
use leptos::prelude::*;

/// What makes the dialog.
pub type TaskDialogFn = fn(Task, Profile, Option<MessageId>, Frame, Signal<String>) -> AnyView;

/// `profile` is as it was when the dialog opened; `back` is the address without the dialog. `message` is the one that the address
/// names: what is mended for it can be sent again.
pub fn task_dialog(
    task: Task,
    profile: Profile,
    message: Option<MessageId>,
    frame: Frame,
    back: Signal<String>,
) -> AnyView {
    match task {
        Task::RequestReview => view! { <RequestDialog customer=profile.customer frame back /> }.into_any(),
        Task::Edit | Task::EditEmail | Task::EditPhone => {
            let focus = match task {
                Task::EditEmail => Some("email"),
                Task::EditPhone => Some("phone"),
                _ => None,
            };
            view! { <EditDialog customer=profile.customer focus message frame back /> }.into_any()
        }
        Task::AddReview => view! { <ReviewDialog customer=profile.customer slug=frame.slug back /> }.into_any(),
        Task::CancelUnsent | Task::Unsubscribe | Task::Resubscribe | Task::Archive | Task::Delete | Task::Erase => {
            view! { <ConfirmDialog task profile slug=frame.slug back /> }.into_any()
        }
    }
}
