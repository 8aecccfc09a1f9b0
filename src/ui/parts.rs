//! Parts that know nothing of messages.

pub mod avatar;
pub mod badge;
pub mod dialog;
pub mod icon;
pub mod menu;
pub mod post;
pub mod time;
pub mod toast;
pub mod whole;
