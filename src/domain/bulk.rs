//! Actions on many messages: which messages, and the outcome.

mod outcome;

pub use outcome::{Outcome, Skip};

use super::{AppError, MessageId, filter::MessageFilter};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};
use std::fmt;

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
    pub ids: MessageIds,
    /// Selects all messages that match `filter`, without those in `except`, instead of `ids`.
    #[serde(default)]
    pub all: bool,
    #[serde(default)]
    pub filter: MessageFilter,
    #[serde(default)]
    pub except: MessageIds,
}

impl SelectionForm {
    /// Checks the form. Missing input never means "all".
    ///
    /// # Errors
    /// `Invalid` if nothing is selected, or if too many messages are named one by one.
    pub fn check(self) -> Result<Selection, AppError> {
        let (ids, except) = (self.ids.in_order(), self.except.in_order());
        if self.all != ids.is_empty() {
            return Err(AppError::invalid("ids", "Select the messages to cancel, or select all that match."));
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

/// Messages named one by one.
///
/// Written as one text, separated by commas: a list of a thousand would be a thousand fields of a form. Read from such a
/// text, and from the list of texts that a form's checkboxes send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageIds(pub Vec<MessageId>);

impl MessageIds {
    /// Sorted, without repeats.
    fn in_order(self) -> Vec<MessageId> {
        let mut ids = self.0;
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn read<E: Error>(&mut self, text: &str) -> Result<(), E> {
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let id: MessageId = id
                .parse()
                .map_err(|_| E::custom("One of the selected messages cannot be read. Load the page again."))?;
            self.0.push(id);
        }
        Ok(())
    }
}

impl Serialize for MessageIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        serializer.serialize_str(&ids.join(","))
    }
}

impl<'de> Deserialize<'de> for MessageIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdsVisitor)
    }
}

struct IdsVisitor;

impl<'de> Visitor<'de> for IdsVisitor {
    type Value = MessageIds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("message ids, separated by commas or as a list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<MessageIds, E> {
        let mut ids = MessageIds::default();
        ids.read(text)?;
        Ok(ids)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<MessageIds, A::Error> {
        let mut ids = MessageIds::default();
        while let Some(text) = list.next_element::<String>()? {
            ids.read(&text)?;
        }
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";
    const OTHER: &str = "0190163d-8694-739b-aea5-966c26f8ad92";

    fn read(ids: Value) -> Result<MessageIds, serde_json::Error> {
        serde_json::from_value(ids)
    }

    fn form(fields: Value) -> Result<Selection, AppError> {
        serde_json::from_value::<SelectionForm>(fields).unwrap().check()
    }

    #[test]
    fn ids_are_read_from_a_text_and_from_a_list() {
        let both = MessageIds(vec![ID.parse().unwrap(), OTHER.parse().unwrap()]);
        for ids in [json!(format!("{ID},{OTHER}")), json!(format!("{ID}, {OTHER},")), json!([ID, OTHER])] {
            assert_eq!(read(ids.clone()).unwrap(), both, "{ids}");
        }
        assert_eq!(read(json!(ID)).unwrap().0.len(), 1);
        assert_eq!(read(json!("")).unwrap(), MessageIds::default());
        assert_eq!(serde_json::to_value(&both).unwrap(), json!(format!("{ID},{OTHER}")));
        for wrong in [json!("x"), json!([ID, "x"]), json!(7)] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
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
        let many = |n: u128| MessageIds((0..n).map(|i| MessageId(uuid::Uuid::from_u128(i))).collect());
        let ids = |ids: MessageIds| SelectionForm { ids, ..SelectionForm::default() }.check();
        let except = |except: MessageIds| SelectionForm { all: true, except, ..SelectionForm::default() }.check();
        assert!(ids(many(1_000)).is_ok() && except(many(1_000)).is_ok());
        assert!(ids(many(1_001)).unwrap_err().for_field("ids").is_some());
        assert!(except(many(1_001)).unwrap_err().for_field("except").is_some());
    }
}
