//! The pages, one per file.

pub mod account;
pub mod ask_many;
pub mod attention;
pub mod connections;
pub mod customer;
pub mod customers;
pub mod import;
pub mod invitation;
pub mod locations;
pub mod members;
pub mod message;
pub mod messages;
pub mod not_found;
pub mod outbox;
pub mod project_settings;
pub mod review;
pub mod review_page;
pub mod seldom;
pub mod settings;
pub mod sign_in;
pub mod strategy;
pub mod suppressed;
pub mod tags;
pub mod templates;
pub mod unsubscribe;
pub mod webhooks;
