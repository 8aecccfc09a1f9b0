//! Server functions: who is asking, one call, a domain type back.
//!
//! Reads are GET, but for `preview_cancel`, whose input is too long for an address; whatever changes something is POST. Each
//! first asks for a guard (`viewer`, `operator`, `manager`), and only a guard gives access to a project's data. The bodies exist on the server alone.

pub mod customers;
pub mod messages;
pub mod outbox;
pub mod requests;
pub mod session;
