//! Parts of any page; they know nothing of the domain's nouns.

pub mod avatar;
pub mod badge;
pub mod chips;
pub mod dialog;
pub mod draft_frame;
pub mod field;
pub mod first_next;
pub mod heading;
pub mod icon;
pub mod menu;
pub mod pages;
pub mod sort_head;
pub mod submit_button;
pub mod time;
pub mod toast;
pub mod trouble;
pub mod whole;
