//! The store: pages, search, counters, steering, customers.

mod attention;
mod bulk;
mod changes;
mod charting;
mod counting;
mod customer_bulk;
mod customer_list;
mod customers;
mod locations;
mod paging;
mod plans;
mod profile;
mod reviewed;
mod searching;
pub mod shop;
mod steering;
mod undoing;
mod zone;
