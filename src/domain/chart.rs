//! The chart above the messages: how many there are of each kind by the day, week or month that they belong to.

use super::stats::Stats;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The most bars that a chart has.
const BARS_MAX: usize = 92;

/// What a bar stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChartUnit {
    #[default]
    Day,
    /// Monday to Sunday.
    Week,
    Month,
}

impl ChartUnit {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "Day",
            Self::Week => "Week",
            Self::Month => "Month",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.slug() == slug)
    }

    /// How many bars there are where nobody asked for certain dates.
    fn usual(self) -> usize {
        match self {
            Self::Day => 30,
            Self::Week => 26,
            Self::Month => 24,
        }
    }

    /// The first day of the unit that `day` is in.
    fn first(self, day: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::Day => 0,
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        day.checked_sub_days(Days::new(back.into())).unwrap_or(day)
    }

    /// The first day of the unit before that which begins with `first`.
    fn before(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.checked_sub_days(Days::new(1)),
            Self::Week => first.checked_sub_days(Days::new(7)),
            Self::Month => first.checked_sub_months(Months::new(1)),
        }
    }
}

/// The first and the last day of a bar, both included.
pub type Span = (NaiveDate, NaiveDate);

/// The days of the bars, the oldest first, and whether older ones were left out: from `from` to `to` where the filter has them, else
/// up to today and as far back as usual.
pub fn spans(unit: ChartUnit, from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> (Vec<Span>, bool) {
    let last = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
    let most = if from.is_some() { BARS_MAX } else { unit.usual() };
    let mut spans = Vec::new();
    let mut end = last;
    let mut first = Some(unit.first(last));
    while let Some(start) = first {
        if from.is_some_and(|from| end < from) {
            break;
        }
        if spans.len() == most {
            spans.reverse();
            return (spans, from.is_some());
        }
        spans.push((from.map_or(start, |from| start.max(from)), end));
        let Some(before) = start.pred_opt() else { break };
        (first, end) = (unit.before(start), before);
    }
    spans.reverse();
    (spans, false)
}

/// The messages that went out, or were to, in one span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    pub from: NaiveDate,
    /// Included.
    pub to: NaiveDate,
    /// As the stats bar shows them for these days.
    pub stats: Stats,
    /// Which followed from these messages.
    pub reviews: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub unit: ChartUnit,
    /// The oldest first.
    pub bars: Vec<Bar>,
    /// Whether the dates of the filter reach further back.
    pub is_cut: bool,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn without_dates_the_chart_ends_today() {
        let today = day("2026-11-25");
        for (unit, bars, first, last) in [
            (ChartUnit::Day, 30, ("2026-10-27", "2026-10-27"), ("2026-11-25", "2026-11-25")),
            (ChartUnit::Week, 26, ("2026-06-01", "2026-06-07"), ("2026-11-23", "2026-11-25")),
            (ChartUnit::Month, 24, ("2024-12-01", "2024-12-31"), ("2026-11-01", "2026-11-25")),
        ] {
            let (spans, is_cut) = spans(unit, None, None, today);
            assert_eq!((spans.len(), is_cut), (bars, false), "{unit:?}");
            assert_eq!(spans[0], (day(first.0), day(first.1)), "{unit:?}");
            assert_eq!(spans[bars - 1], (day(last.0), day(last.1)), "{unit:?}");
        }
    }

    #[test]
    fn the_bars_cover_the_dates_of_the_filter_without_a_gap() {
        let (from, to) = (day("2026-01-15"), day("2026-03-10"));
        for unit in ChartUnit::ALL {
            let (spans, is_cut) = spans(unit, Some(from), Some(to), day("2026-11-25"));
            assert!(!is_cut);
            assert_eq!((spans[0].0, spans[spans.len() - 1].1), (from, to), "{unit:?}");
            assert!(spans.windows(2).all(|two| two[0].1.succ_opt() == Some(two[1].0)), "{unit:?}: {spans:?}");
        }
        let (spans, is_cut) = spans(ChartUnit::Day, Some(day("2020-01-01")), Some(to), to);
        assert_eq!((spans.len(), is_cut, spans[BARS_MAX - 1].1), (BARS_MAX, true, to));
    }

    #[test]
    fn dates_that_exclude_each_other_have_no_bar() {
        let (spans, _) = spans(ChartUnit::Day, Some(day("2026-03-10")), Some(day("2026-03-01")), day("2026-11-25"));
        assert_eq!(spans, []);
    }
}
