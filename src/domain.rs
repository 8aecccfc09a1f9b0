//! The nouns of the product and their rules: no I/O, no clock, no SQL, no HTML.

pub mod ask;
pub mod attention;
pub mod bulk;
pub mod connection;
pub mod contact;
pub mod content;
pub mod customer;
pub mod date_preset;
pub mod done;
pub mod error;
pub mod feedback;
pub mod filter;
pub mod id;
pub mod message;
pub mod messages_page;
pub mod outbox;
pub mod pace;
pub mod page;
pub mod phone_zone;
pub mod project;
pub mod refusal;
pub mod review;
pub mod role;
pub mod schedule;
pub mod sending;
pub mod stats;
pub mod status;
pub mod strategy;
pub mod suppression;
pub mod template;
pub mod time;
pub mod timeline;
pub mod visit;

pub use error::{AppError, AppResult};
pub use id::*;
pub use time::{LocalTime, Timestamp};
