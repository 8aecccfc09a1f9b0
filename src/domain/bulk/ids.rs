//! Things named one by one.

use crate::domain::{CustomerId, MessageId};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};
use std::{
    fmt::{self, Display},
    marker::PhantomData,
    str::FromStr,
};

/// Written as one text, separated by commas: a list of a thousand would be a thousand fields of a form. Read from such a
/// text, and from the list of texts that a form's checkboxes send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids<K>(pub Vec<K>);

impl<K> Default for Ids<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord> Ids<K> {
    /// Sorted, without repeats.
    pub fn in_order(self) -> Vec<K> {
        let mut ids = self.0;
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// What can be selected.
pub trait Selectable: FromStr {
    /// `messages`.
    const PLURAL: &'static str;
}

impl Selectable for MessageId {
    const PLURAL: &'static str = "messages";
}

impl Selectable for CustomerId {
    const PLURAL: &'static str = "customers";
}

impl<K: Selectable> Ids<K> {
    fn read<E: Error>(&mut self, text: &str) -> Result<(), E> {
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let unreadable =
                || E::custom(format!("One of the selected {} cannot be read. Load the page again.", K::PLURAL));
            self.0.push(id.parse().map_err(|_| unreadable())?);
        }
        Ok(())
    }
}

impl<K: Display> Display for Ids<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&ids.join(","))
    }
}

impl<K: Display> Serialize for Ids<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de, K: Selectable> Deserialize<'de> for Ids<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdsVisitor(PhantomData))
    }
}

struct IdsVisitor<K>(PhantomData<K>);

impl<'de, K: Selectable> Visitor<'de> for IdsVisitor<K> {
    type Value = Ids<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ids, separated by commas or as a list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Ids<K>, E> {
        let mut ids = Ids::default();
        ids.read(text)?;
        Ok(ids)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ids<K>, A::Error> {
        let mut ids = Ids::default();
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

    fn read(ids: Value) -> Result<Ids<MessageId>, serde_json::Error> {
        serde_json::from_value(ids)
    }

    #[test]
    fn ids_are_read_from_a_text_and_from_a_list() {
        let both = Ids(vec![ID.parse().unwrap(), OTHER.parse().unwrap()]);
        for ids in [json!(format!("{ID},{OTHER}")), json!(format!("{ID}, {OTHER},")), json!([ID, OTHER])] {
            assert_eq!(read(ids.clone()).unwrap(), both, "{ids}");
        }
        assert_eq!(read(json!(ID)).unwrap().0.len(), 1);
        assert_eq!(read(json!("")).unwrap(), Ids::default());
        assert_eq!(serde_json::to_value(&both).unwrap(), json!(format!("{ID},{OTHER}")));
        for wrong in [json!("x"), json!([ID, "x"]), json!(7)] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
