//! One file a screen.

pub mod customer;
pub mod customer_form;
pub mod customers;
mod loaded;
pub mod message;
pub mod messages;
pub mod not_found;
pub mod outbox;
pub mod review;
pub mod sign_in;
pub mod unsubscribe;
