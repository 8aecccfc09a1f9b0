//! The parts of a customer's profile. Its messages are arrangements of the parts of `messages`.

pub mod confirm_dialog;
pub mod details;
pub mod edit_dialog;
pub mod fields;
pub mod header;
pub mod messages;
pub mod notes;
pub mod place;
pub mod request_dialog;
pub mod review_dialog;
pub mod reviews;
pub mod stars;
pub mod tags;
pub mod task_menu;
