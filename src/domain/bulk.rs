//! Actions on many messages: which messages, and the outcome.

mod fate;
mod ids;
mod kind;
mod outcome;
pub mod plan;
pub mod record;
mod skip;

pub use fate::{BulkRow, Fate};
pub use ids::Ids;
pub use kind::BulkKind;
pub use outcome::Outcome;
pub use skip::Skip;

use super::{AppError, MessageId, filter::MessageFilter};
use serde::{Deserialize, Serialize};

/// The most messages that can be selected or left out one by one; more than the largest page shows.
pub const NAMED_MAX: usize = 1_000;

/// The messages that a bulk action changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The ticked rows; at most [`NAMED_MAX`].
    These(Vec<MessageId>),
    /// All messages that match the filter when the action runs, not only those on the page.
    Matching {
        filter: Box<MessageFilter>,
        /// The unticked rows, which are left out; at most [`NAMED_MAX`].
        except: Vec<MessageId>,
    },
}

/// A selection, as a form or a script submits it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionForm {
    /// The ticked messages.
    #[serde(default)]
    pub ids: Ids<MessageId>,
    /// Selects all messages that match `filter`, without those in `except`, instead of `ids`.
    #[serde(default)]
    pub all: bool,
    #[serde(default)]
    pub filter: MessageFilter,
    #[serde(default)]
    pub except: Ids<MessageId>,
}

impl SelectionForm {
    /// Checks the form. Missing input never means "all".
    ///
    /// # Errors
    /// `Invalid` if nothing is selected, or if too many messages are named one by one.
    pub fn check(self) -> Result<Selection, AppError> {
        let (ids, except) = (self.ids.in_order(), self.except.in_order());
        if self.all != ids.is_empty() {
            return Err(AppError::invalid("ids", "Select the messages first, or select all that match."));
        }
        if ids.len() > NAMED_MAX {
            let sentence = "At most 1,000 messages can be selected one by one. Select all that match instead.";
            return Err(AppError::invalid("ids", sentence));
        }
        if except.len() > NAMED_MAX {
            let sentence = "At most 1,000 messages can be left out one by one. Use the filters to leave out more.";
            return Err(AppError::invalid("except", sentence));
        }
        if self.all {
            return Ok(Selection::Matching { filter: Box::new(self.filter), except });
        }
        Ok(Selection::These(ids.into_iter().filter(|id| except.binary_search(id).is_err()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";
    const OTHER: &str = "0190163d-8694-739b-aea5-966c26f8ad92";

    fn form(fields: Value) -> Result<Selection, AppError> {
        serde_json::from_value::<SelectionForm>(fields).unwrap().check()
    }

    #[test]
    fn what_is_left_out_is_never_all() {
        let id: MessageId = ID.parse().unwrap();
        let other: MessageId = OTHER.parse().unwrap();
        assert_eq!(form(json!({"ids": [OTHER, ID, ID]})), Ok(Selection::These(vec![id, other])));
        assert_eq!(form(json!({"ids": [OTHER, ID], "except": OTHER})), Ok(Selection::These(vec![id])));
        for wrong in
            [json!({}), json!({"ids": " , "}), json!({"filter": "status=sent"}), json!({"all": true, "ids": ID})]
        {
            assert!(form(wrong.clone()).unwrap_err().for_field("ids").is_some(), "{wrong}");
        }
        let filter = Box::new(MessageFilter::parse("q=ana"));
        let expected = Selection::Matching { filter, except: vec![id] };
        assert_eq!(form(json!({"all": true, "filter": "q=ana", "except": [ID, ID]})), Ok(expected));
        assert!(matches!(form(json!({"all": true})), Ok(Selection::Matching { .. })));
        assert!(serde_json::from_value::<SelectionForm>(json!({"all": true, "filter": "status=all"})).is_err());
    }

    #[test]
    fn no_more_than_a_thousand_are_named() {
        let many = |n: u128| Ids((0..n).map(|i| MessageId(uuid::Uuid::from_u128(i))).collect());
        let ids = |ids: Ids<MessageId>| SelectionForm { ids, ..SelectionForm::default() }.check();
        let except = |except: Ids<MessageId>| SelectionForm { all: true, except, ..SelectionForm::default() }.check();
        assert!(ids(many(1_000)).is_ok() && except(many(1_000)).is_ok());
        assert!(ids(many(1_001)).unwrap_err().for_field("ids").is_some());
        assert!(except(many(1_001)).unwrap_err().for_field("except").is_some());
    }
}
