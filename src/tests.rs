//! Tests through HTTP and the database, one file a capability, on both engines.

mod database;
mod demo;
mod requests;
mod sending;
