//! All SQL.

pub mod customers;
pub mod db;
pub mod dialect;
pub mod messages;
pub mod projects;

pub use db::Db;
