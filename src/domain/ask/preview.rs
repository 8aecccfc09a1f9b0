//! What asking many customers would do, said before it is done.

use crate::domain::{
    LocalTime,
    customer::bulk::{BulkAction, CustomerSkip},
    message::Channel,
    stats::{count, thousands},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// So many customers are looked at; of a larger selection, the first ones.
pub const LOOKED_AT_MOST: u64 = 100_000;
/// So many addresses that belong to no customer are named.
const NAMED: usize = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskPreview {
    /// How many customers were looked at.
    pub looked_at: u64,
    /// Whether there are more than were looked at.
    pub has_more: bool,
    /// How many of them can be asked.
    pub can: u64,
    /// How many of those by email, and how many by SMS.
    pub by_email: u64,
    pub by_sms: u64,
    /// How many cannot be asked, by reason.
    pub cannot: Vec<(CustomerSkip, u64)>,
    /// What was listed and belongs to no customer, as it was written.
    pub unknown: Vec<String>,
    /// When the first messages leave.
    pub first: Option<LocalTime>,
    /// What the first customer who can be asked would get at first, by each channel.
    pub samples: Vec<Sample>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub customer: String,
    pub channel: Channel,
    /// Empty for SMS.
    pub subject: String,
    pub text: String,
}

impl AskPreview {
    /// `38 customers can be asked: 30 by Email and 12 by SMS. The first messages leave today 14:00.`
    pub fn who_can(&self, today: NaiveDate) -> String {
        let Some(first) = self.first.filter(|_| self.can > 0) else {
            return "None of them can be asked.".to_owned();
        };
        let by = |n: u64, channel: Channel| (n > 0).then(|| format!("{} by {}", thousands(n), channel.name()));
        let by: Vec<String> =
            [by(self.by_email, Channel::Email), by(self.by_sms, Channel::Sms)].into_iter().flatten().collect();
        let can = count(self.can, "customer");
        let of = if self.has_more { format!("Of the first {}, ", thousands(self.looked_at)) } else { String::new() };
        format!("{of}{can} can be asked: {}. The first messages leave {}.", by.join(" and "), first.inline(today))
    }

    /// `3 can't: 2 unsubscribed, 1 archived.` None if all can be asked.
    pub fn who_cannot(&self) -> Option<String> {
        let all: u64 = self.cannot.iter().map(|(_, n)| n).sum();
        let why: Vec<String> = self
            .cannot
            .iter()
            .map(|(skip, n)| format!("{} {}", thousands(*n), skip.reason(BulkAction::Request)))
            .collect();
        (all > 0).then(|| format!("{} can't: {}.", thousands(all), why.join(", ")))
    }

    /// `2 of the list belong to no customer: ana@example.com, +1 207.` None if all do.
    pub fn who_is_unknown(&self) -> Option<String> {
        let all = self.unknown.len();
        let named = self.unknown[..all.min(NAMED)].join(", ");
        let more = if all > NAMED { ", …" } else { "" };
        let belong = if all == 1 { "belongs" } else { "belong" };
        (all > 0).then(|| format!("{} of the list {belong} to no customer: {named}{more}", thousands(all as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn it_says_who_can_be_asked_who_cannot_and_who_is_unknown() {
        let first = Timestamp(1_795_431_600_000).local(&chrono::Utc);
        let mut preview = AskPreview {
            looked_at: 41,
            can: 38,
            by_email: 30,
            by_sms: 1_200,
            cannot: vec![(CustomerSkip::Unsubscribed, 2), (CustomerSkip::NoAddress, 1)],
            unknown: vec!["a@b.example".into()],
            first: Some(first),
            ..AskPreview::default()
        };
        assert_eq!(
            preview.who_can(first.date()),
            "38 customers can be asked: 30 by Email and 1,200 by SMS. The first messages leave today 11:00."
        );
        assert_eq!(
            preview.who_cannot().unwrap(),
            "3 can't: 2 unsubscribed, 1 without an address for the chosen channels."
        );
        assert_eq!(preview.who_is_unknown().unwrap(), "1 of the list belongs to no customer: a@b.example");
        preview.unknown = vec!["x".into(); 7];
        assert_eq!(preview.who_is_unknown().unwrap(), "7 of the list belong to no customer: x, x, x, x, x, …");
        preview.can = 0;
        assert_eq!(preview.who_can(first.date()), "None of them can be asked.");
        let nobody = AskPreview::default();
        assert_eq!((nobody.who_cannot(), nobody.who_is_unknown()), (None, None));
    }
}
