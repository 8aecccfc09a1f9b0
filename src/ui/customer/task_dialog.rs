//! The dialog that the profile's address opens.

use super::{
    actions::CustomerActions, confirm_dialog::confirm_dialog, edit_dialog::EditDialog, place::Task,
    request_dialog::RequestDialog, review_dialog::ReviewDialog,
};
use crate::domain::{customer::Profile, project::Frame};
use leptos::prelude::*;

/// `back` is the address without the dialog.
pub fn task_dialog(
    task: Task,
    profile: &Profile,
    frame: Frame,
    actions: CustomerActions,
    back: Signal<String>,
) -> AnyView {
    let customer = profile.customer.clone();
    match task {
        Task::RequestReview => view! { <RequestDialog customer frame action=actions.request back /> }.into_any(),
        Task::Edit => view! { <EditDialog customer frame action=actions.edit back /> }.into_any(),
        Task::AddReview => {
            view! { <ReviewDialog slug=frame.slug customer action=actions.add_review back /> }.into_any()
        }
        Task::CancelUnsent | Task::Unsubscribe | Task::Archive | Task::Delete => {
            confirm_dialog(task, frame.slug, profile, actions, back)
        }
    }
}
