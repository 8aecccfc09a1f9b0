//! All SQL, written once for both engines.

pub mod attention;
pub mod connections;
pub mod counters;
pub mod customers;
pub mod db;
pub mod dialect;
mod error;
pub mod feedback;
mod find;
pub mod guard;
pub mod id;
pub mod inert;
pub mod messages;
pub mod new_message;
pub mod observe;
pub mod people;
pub mod planning;
mod profile;
pub mod projects;
pub mod queue;
pub mod reputation;
pub mod requests;
pub mod review_pages;
pub mod reviews;
mod rows;
pub mod search;
pub mod sending;
pub mod steering;
pub mod strategy;
pub mod suppressions;
pub mod tally;
pub mod templates;
pub mod timeline;
pub mod tracking;
mod walk;

pub use db::{Db, open, touch};
