//! Tests through HTTP and the database, one file a capability, on both engines.

mod counters;
mod database;
mod demo;
mod pages;
mod requests;
mod sending;
