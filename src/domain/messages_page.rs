//! One page of the project's messages, as the Messages page shows it.

use super::{message::MessageRow, page::Place, stats::Stats};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// One page of the table, with the stats, the filter and the pager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MessagesPage {
    pub stats: Stats,
    pub rows: Vec<MessageRow>,
    pub place: Place,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}
