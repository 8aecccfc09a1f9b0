//! The store: pages, search, counters, steering, customers.

mod attention;
mod changes;
mod counting;
mod customers;
mod paging;
mod plans;
mod profile;
mod searching;
mod shop;
mod steering;
mod undoing;
