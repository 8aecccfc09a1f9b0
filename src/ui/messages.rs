//! The parts that show messages: one table, one row, one menu for every page.

pub mod actions_menu;
pub mod bulk_menu;
pub mod cancel_selected;
pub mod chips;
pub mod customer_picker;
pub mod dialog_action;
pub mod filter_fields;
pub mod filter_form;
pub mod filter_toolbar;
pub mod fix;
pub mod keyboard_help;
pub mod live_switch;
pub mod message_dialogs;
pub mod message_forms;
pub mod page_dialog;
pub mod pager;
pub mod row;
pub mod rows;
pub mod search_field;
pub mod selection;
pub mod stats_bar;
pub mod steering;
pub mod table;
pub mod tick_all;
pub mod view;
