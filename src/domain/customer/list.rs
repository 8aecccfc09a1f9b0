//! A page of the list of customers.

use super::query::CustomerCursor;
use crate::domain::{CustomerId, LocalTime, LocationId, review::Rating};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One row of the Customers page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub name: String,
    pub company: String,
    pub email: String,
    pub phone: String,
    pub location: Option<LocationId>,
    /// In the order of the alphabet.
    pub tags: Vec<String>,
    pub last_messaged: Option<LocalTime>,
    /// The first request.
    pub requested: Option<LocalTime>,
    /// The first click on a link of a message.
    pub clicked: Option<LocalTime>,
    /// The newest review.
    pub reviewed: Option<LocalTime>,
    pub rating: Option<Rating>,
    pub unsubscribed: Option<LocalTime>,
    pub archived: Option<LocalTime>,
    pub added: LocalTime,
    /// The day of the visit or purchase that the strategy may count from. The page does not show it.
    #[serde(skip)]
    pub visited: Option<NaiveDate>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersPage {
    pub rows: Vec<CustomerRow>,
    /// The number of the first row, from 1; 0 if there are no rows.
    pub first_row: u64,
    /// Rows per page.
    pub per: u16,
    /// The row to page back from; None on the first page.
    pub previous: Option<CustomerCursor>,
    /// The row to page on from; None on the last page.
    pub next: Option<CustomerCursor>,
    /// The project's tags, to filter by.
    pub tags: Vec<String>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

impl CustomersPage {
    /// The number of the last row; 0 if there are no rows.
    pub fn last_row(&self) -> u64 {
        (self.first_row + self.rows.len() as u64).saturating_sub(1)
    }

    /// How many customers match, where the page shows it: they are not counted.
    pub fn total(&self) -> Option<u64> {
        self.next.is_none().then(|| self.last_row())
    }
}
