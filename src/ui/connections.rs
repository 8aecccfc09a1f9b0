//! The parts of the Connections page: health, settings, tests and reports of what a channel's messages leave by.

pub mod copy;
pub mod domain_check;
pub mod email_fields;
pub mod fields;
pub mod health;
pub mod remove_dialog;
pub mod reports;
pub mod section;
pub mod settings;
pub mod sms_fields;
pub mod test;
