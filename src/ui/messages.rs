//! The parts that show messages: one row, one menu, one badge for every table.

pub mod actions_menu;
pub mod bulk_menu;
pub mod dialogs;
pub mod filter_bar;
pub mod pager;
pub mod row;
pub mod selection;
pub mod stats_bar;
pub mod table;
pub mod view;
