//! One page of the project's messages, as the Messages page shows it.

use super::{message::MessageRow, page::Place, stats::Stats};
use serde::{Deserialize, Serialize};

/// One page of the table, with what stands above and below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesPage {
    pub stats: Stats,
    pub rows: Vec<MessageRow>,
    pub place: Place,
    /// The project's version that all of this is at least as new as.
    pub version: i64,
}
