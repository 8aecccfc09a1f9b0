//! The Messages page's address: a filter, and which page of what it matches.

use super::{MessageFilter, write_query};
use crate::domain::{chart::ChartUnit, page::PageRef};
use serde::{Deserialize, Serialize};

/// Everything in the Messages page's address: the filter, which page of its results, and the chart.
///
/// It is serialized as the text that [`Self::to_query`] writes, and read as leniently as the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct MessagesQuery {
    pub filter: MessageFilter,
    pub page: PageRef,
    /// What the bars of the chart stand for; None where it is not shown.
    pub chart: Option<ChartUnit>,
}

impl From<String> for MessagesQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<MessagesQuery> for String {
    fn from(query: MessagesQuery) -> Self {
        query.to_query()
    }
}

impl MessagesQuery {
    pub fn parse(query: &str) -> Self {
        let chart = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "chart").last();
        Self {
            filter: MessageFilter::parse(query),
            page: PageRef::parse(query),
            chart: chart.and_then(|(_, unit)| ChartUnit::from_slug(&unit)),
        }
    }

    pub fn to_query(&self) -> String {
        let mut pairs = self.filter.pairs();
        pairs.extend(self.page.pairs());
        pairs.extend(self.chart.map(|unit| ("chart", unit.slug().to_owned())));
        write_query(pairs)
    }

    /// The page's address in the project with this slug.
    pub fn href(&self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/messages{mark}{query}")
    }

    /// The first page of another filter, with the same number of rows per page.
    #[must_use]
    pub fn filtered(&self, filter: MessageFilter) -> Self {
        Self { filter, page: self.page.first(), chart: self.chart }
    }

    /// Another page of the same filter.
    #[must_use]
    pub fn at(&self, page: PageRef) -> Self {
        Self { filter: self.filter.clone(), page, chart: self.chart }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        LocationId,
        filter::{Direction, Sort, StatusFilter},
        message::{Channel, Template},
        page::{Cursor, PageAt},
    };
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day() -> impl Strategy<Value = Option<NaiveDate>> {
        prop::option::of(
            (0_i32..20_000)
                .prop_map(|n| NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Duration::days(n.into())),
        )
    }

    fn query() -> impl Strategy<Value = MessagesQuery> {
        let filter = (
            "[^\\p{Cc}]{0,40}",
            prop::option::of(any::<u128>().prop_map(|n| LocationId(Uuid::from_u128(n)))),
            prop::option::of(prop::sample::select(&Channel::ALL[..])),
            prop::option::of(prop::sample::select(&Template::ALL[..])),
            prop::option::of(prop::sample::select(&StatusFilter::ALL[..])),
            prop::sample::select(&Sort::ALL[..]),
            prop::sample::select(&[Direction::Ascending, Direction::Descending][..]),
            (day(), day()),
            any::<bool>(),
        )
            .prop_map(|(q, location, channel, template, status, sort, dir, (from, to), machines)| {
                MessageFilter {
                    q: q.trim().chars().filter(|c| !c.is_control()).collect(),
                    location,
                    channel,
                    template,
                    status,
                    sort,
                    dir,
                    from,
                    to,
                    machines,
                }
            });
        let cursor = (any::<bool>(), any::<i64>(), any::<u128>(), 0_u64..1_000_000)
            .prop_map(|(tail, key, id, rank)| Cursor { tail, key, id: Uuid::from_u128(id), rank });
        let at = prop_oneof![
            Just(PageAt::First),
            Just(PageAt::Last),
            cursor.clone().prop_map(PageAt::After),
            cursor.prop_map(PageAt::Before),
        ];
        let per = prop::option::of(prop::sample::select(&PageRef::SIZES[..]));
        (filter, at, per, prop::option::of(prop::sample::select(&ChartUnit::ALL[..])))
            .prop_map(|(filter, at, per, chart)| MessagesQuery { filter, page: PageRef { at, per }, chart })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(q in query()) {
            prop_assert_eq!(MessagesQuery::parse(&q.to_query()), q);
        }

        #[test]
        fn it_travels_as_one_text(q in query()) {
            let json = serde_json::to_value(&q).unwrap();
            prop_assert_eq!(&json, &serde_json::Value::from(q.to_query()));
            prop_assert_eq!(serde_json::from_value::<MessagesQuery>(json).unwrap(), q.clone());
            let json = serde_json::to_value(&q.filter).unwrap();
            prop_assert_eq!(serde_json::from_value::<MessageFilter>(json).unwrap(), q.filter);
        }

        #[test]
        fn anything_can_be_read(q in ".{0,300}") {
            let once = MessagesQuery::parse(&q);
            prop_assert_eq!(MessagesQuery::parse(&once.to_query()), once);
        }
    }

    #[test]
    fn defaults_stay_out_of_the_address() {
        assert_eq!(MessagesQuery::default().href("acme"), "/projects/acme/messages");
        let f =
            MessageFilter::parse("sort=sent&dir=desc&status=all&channel=&q=%20&from=2026-13-01&location=7&template=x");
        assert_eq!(f, MessageFilter::default());
    }

    #[test]
    fn a_filter_alone_is_read_strictly() {
        let read = |query: &str| serde_json::from_value::<MessageFilter>(query.into());
        for query in [
            "",
            "status=opened&machines=1",
            "status=reviewed",
            "status=scheduled&q=ana&sort=opened",
            "status=&channel=",
            "page=last&per=25",
        ] {
            assert_eq!(read(query).unwrap(), MessageFilter::parse(query), "{query}");
        }
        for query in
            ["location=7", "machines=0", "from=2026-13-01", "status=all", "channel=fax", "template=x", "to=soon"]
        {
            let error = read(query).unwrap_err().to_string();
            assert!(error.contains("The filter cannot be read. Load the page again."), "{query}: {error}");
            assert!(serde_json::from_value::<MessagesQuery>(query.into()).is_ok(), "{query}");
        }
    }
}
