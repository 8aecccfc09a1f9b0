//! Date ranges that people often choose.

use super::filter::MessageFilter;
use chrono::{Datelike, Days, NaiveDate};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePreset {
    Any,
    Today,
    /// Today and the six days before.
    Last7Days,
    /// From the first of the month to today.
    ThisMonth,
    /// Any other range.
    Custom,
}

impl DatePreset {
    pub const ALL: [Self; 5] = [Self::Any, Self::Today, Self::Last7Days, Self::ThisMonth, Self::Custom];

    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "Any date",
            Self::Today => "Today",
            Self::Last7Days => "Last 7 days",
            Self::ThisMonth => "This month",
            Self::Custom => "Custom",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Today => "today",
            Self::Last7Days => "last-7-days",
            Self::ThisMonth => "this-month",
            Self::Custom => "custom",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.slug() == slug)
    }

    /// The first and the last day, both included, relative to `today`. None for a custom range.
    fn days(self, today: NaiveDate) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
        match self {
            Self::Any => Some((None, None)),
            Self::Today => Some((Some(today), Some(today))),
            Self::Last7Days => Some((today.checked_sub_days(Days::new(6)), Some(today))),
            Self::ThisMonth => Some((today.with_day(1), Some(today))),
            Self::Custom => None,
        }
    }

    /// The preset that matches the dates of `filter`.
    pub fn of(filter: &MessageFilter, today: NaiveDate) -> Self {
        let is_of = |preset: &Self| preset.days(today) == Some((filter.from, filter.to));
        Self::ALL.into_iter().find(is_of).unwrap_or(Self::Custom)
    }

    /// `filter` with the dates of this preset; a custom range stays as it is.
    #[must_use]
    pub fn applied_to(self, filter: &MessageFilter, today: NaiveDate) -> MessageFilter {
        let (from, to) = self.days(today).unwrap_or((filter.from, filter.to));
        MessageFilter { from, to, ..filter.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_known_again() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        for preset in DatePreset::ALL {
            let filter = preset.applied_to(&MessageFilter::default(), today);
            let expected = if preset == DatePreset::Custom { DatePreset::Any } else { preset };
            assert_eq!(DatePreset::of(&filter, today), expected);
            assert_eq!(DatePreset::from_slug(preset.slug()), Some(preset));
        }
        let week = DatePreset::Last7Days.applied_to(&MessageFilter::default(), today);
        assert_eq!(week.from, NaiveDate::from_ymd_opt(2026, 11, 18));
        let own = MessageFilter { to: None, ..week };
        assert_eq!(DatePreset::of(&own, today), DatePreset::Custom);
        assert_eq!(DatePreset::Custom.applied_to(&own, today), own);
    }
}
