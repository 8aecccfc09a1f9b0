//! Parts of any page; they know nothing of the domain's nouns.

pub mod avatar;
pub mod badge;
pub mod dialog;
pub mod icon;
pub mod post;
pub mod time;
