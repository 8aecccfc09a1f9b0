//! The words of the domain as the API has them: those of the addresses of pages, where there are any.

use crate::domain::{
    LocalTime, Timestamp,
    customer::filter,
    filter as order,
    message::{self, CancelCause, EventKind, Hold},
    status::{self, State},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, SchemaFormat, Type, schema::Schema},
};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $of:ty, $all:expr, $word:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $of);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.$word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                let found = $all.into_iter().find(|known| known.$word() == word);
                found.map(Self).ok_or_else(|| {
                    let known: Vec<_> = $all.into_iter().map(|known| known.$word()).collect();
                    D::Error::custom(format!("{word:?} is none of {}", known.join(", ")))
                })
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = $all.into_iter().map(|known| known.$word());
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

words! {
    Channel: message::Channel, message::Channel::ALL, slug;
    Template: message::Template, message::Template::ALL, slug;
    Status: status::Status, status::Status::ALL, slug;
    /// Which messages.
    StatusFilter: order::StatusFilter, order::StatusFilter::ALL, slug;
    /// The order of messages.
    Sort: order::Sort, order::Sort::ALL, slug;
    Direction: order::Direction, order::Direction::ALL, slug;
    FailureCode: message::FailureCode, message::FailureCode::ALL, code;
    ReviewStage: filter::ReviewStage, filter::ReviewStage::ALL, slug;
    CustomerStatus: filter::CustomerStatus, filter::CustomerStatus::ALL, slug;
    /// The order of customers.
    CustomerSort: filter::CustomerSort, filter::CustomerSort::ALL, slug;
}

/// The name of a variant in small letters with hyphens: `send-now`.
fn hyphened(variant: &impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for c in format!("{variant:?}").chars() {
        if c.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}

pub fn state(state: State) -> String {
    hyphened(&state)
}

pub fn cause(cause: CancelCause) -> String {
    hyphened(&cause)
}

pub fn hold(hold: Hold) -> String {
    hyphened(&hold)
}

pub fn event(kind: EventKind) -> String {
    hyphened(&kind)
}

/// An instant: RFC 3339, with the offset of the project's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub LocalTime);

impl Moment {
    pub fn of(at: Option<LocalTime>) -> Option<Self> {
        at.map(Self)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.machine())
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Moment {}

/// The instant that a request names.
pub fn instant(at: chrono::DateTime<chrono::FixedOffset>) -> Timestamp {
    at.to_utc().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_hyphened() {
        assert_eq!(event(EventKind::SendNow), "send-now");
        assert_eq!(state(State::Scheduled), "scheduled");
        assert_eq!(cause(CancelCause::NoAddress), "no-address");
        assert_eq!(hold(Hold::DailyLimit), "daily-limit");
    }

    #[test]
    fn words_are_those_of_the_pages() {
        for status in status::Status::ALL {
            let json = serde_json::to_string(&Status(status)).unwrap();
            assert_eq!(json, format!("{:?}", status.slug()));
            assert_eq!(serde_json::from_str::<Status>(&json).unwrap().0, status);
        }
        let refused = serde_json::from_str::<Channel>("\"fax\"").unwrap_err().to_string();
        assert!(refused.contains("\"fax\" is none of email, sms"), "{refused}");
    }
}
