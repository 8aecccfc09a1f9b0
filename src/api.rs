//! Server functions. Each gets a guard (`viewer`, `operator`, `manager`, `admin`), makes one call and returns a domain type.
//!
//! Only a guard gives access to a project's data. Functions that read are GET (except `preview_cancel`, whose input is too
//! long for an address), functions that change something are POST. The bodies are compiled for the server only.

pub mod account;
pub mod api_keys;
pub mod attention;
pub mod audit;
pub mod bulk;
pub mod client;
pub mod connections;
pub mod customers;
pub mod imports;
pub mod language;
pub mod locations;
pub mod members;
pub mod messages;
pub mod outbox;
pub mod project_settings;
pub mod requests;
pub mod review_page;
pub mod sending;
pub mod session;
pub mod strategy;
pub mod suppressions;
pub mod tags;
pub mod templates;
pub mod views;
pub mod webhooks;
