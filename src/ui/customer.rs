//! The parts of a customer's profile. The messages of a profile are arrangements of the parts of `messages`.

pub mod add_dialog;
pub mod ask_fields;
pub mod ask_many;
pub mod charges;
pub mod confirm_dialog;
pub mod contact_lines;
pub mod details;
pub mod edit_dialog;
pub mod fields;
pub mod grouped;
pub mod header;
pub mod leaving;
pub mod messages;
pub mod notes;
pub mod profile_address;
pub mod request_dialog;
pub mod review_dialog;
pub mod reviews;
pub mod stars;
pub mod tags;
pub mod task_dialog;
pub mod task_menu;
