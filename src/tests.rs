//! Tests through HTTP and the database, one file a capability, on both engines.

mod access;
mod connections;
mod counters;
mod database;
mod demo;
mod documents;
mod failures;
mod functions;
mod hits;
mod live;
mod machines;
mod operator;
mod outbox;
mod own_connections;
mod planner;
mod public;
mod requests;
mod security;
mod sending;
mod settings;
mod signing_in;
mod starting;
mod store;
mod support;
mod webhooks;
mod zones;
