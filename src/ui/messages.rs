//! The parts that show messages: one row, one menu, one badge for every table.

pub mod filter_bar;
pub mod message_forms;
pub mod pager;
pub mod row;
pub mod stats_bar;
pub mod table;
pub mod view;
