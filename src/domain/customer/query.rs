//! The Customers page's address: a filter, and which page of what it matches.

use super::filter::CustomerFilter;
use crate::domain::{CustomerId, filter::write_query, page::PageRef};
use serde::{Deserialize, Serialize};

/// The position of a customer in the order of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CustomerCursor {
    /// How many customers preceded it when it was last seen.
    pub rank: u64,
    /// Breaks ties.
    pub id: CustomerId,
    /// What it is ordered by: a name, or an instant in milliseconds.
    pub key: String,
}

impl CustomerCursor {
    /// As the address has it.
    pub fn write(&self) -> String {
        format!("{}.{}.{}", self.rank, self.id.0.simple(), self.key)
    }

    /// None for what [`Self::write`] never writes.
    pub fn read(s: &str) -> Option<Self> {
        let mut parts = s.splitn(3, '.');
        let (rank, id, key) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
        // No name contains control characters, and PostgreSQL accepts no NUL.
        key.chars().all(|c| !c.is_control()).then(|| Self { rank, id, key: key.to_owned() })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CustomersAt {
    #[default]
    First,
    /// The customers after this one.
    After(CustomerCursor),
    /// The customers before this one.
    Before(CustomerCursor),
}

/// Everything in the Customers page's address.
///
/// It is serialized as the text that [`Self::to_query`] writes, and read as leniently as the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct CustomersQuery {
    pub filter: CustomerFilter,
    pub at: CustomersAt,
    /// Rows per page; None for the number that the person chose last.
    pub per: Option<u16>,
}

impl From<String> for CustomersQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<CustomersQuery> for String {
    fn from(query: CustomersQuery) -> Self {
        query.to_query()
    }
}

impl CustomersQuery {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Self {
        let query = query.trim_start_matches('?');
        let mut read = Self { filter: CustomerFilter::parse(query), ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "per" => read.per = PageRef::parse_size(&value),
                "after" => read.at = CustomerCursor::read(&value).map_or(CustomersAt::First, CustomersAt::After),
                "before" => read.at = CustomerCursor::read(&value).map_or(CustomersAt::First, CustomersAt::Before),
                _ => {}
            }
        }
        read
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(&self) -> String {
        let mut pairs = self.filter.pairs();
        pairs.extend(self.per.map(|per| ("per", per.to_string())));
        match &self.at {
            CustomersAt::First => {}
            CustomersAt::After(cursor) => pairs.push(("after", cursor.write())),
            CustomersAt::Before(cursor) => pairs.push(("before", cursor.write())),
        }
        write_query(pairs)
    }

    /// The page's address in the project with this slug.
    pub fn href(&self, slug: &str) -> String {
        self.address(&format!("/projects/{slug}/customers"))
    }

    /// The address of all that match as a file.
    pub fn export_href(&self, slug: &str) -> String {
        let all = Self { filter: self.filter.clone(), ..Self::default() };
        all.address(&format!("/projects/{slug}/customers/export.csv"))
    }

    fn address(&self, path: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{path}{mark}{query}")
    }

    /// The page's address, with the form for a new customer open.
    pub fn adding(&self, slug: &str) -> String {
        let href = self.href(slug);
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}do=add")
    }

    /// The first page of another filter, with the same number of rows per page.
    #[must_use]
    pub fn filtered(&self, filter: CustomerFilter) -> Self {
        Self { filter, at: CustomersAt::First, per: self.per }
    }

    /// Another page of the same filter.
    #[must_use]
    pub fn to(&self, at: CustomersAt) -> Self {
        Self { at, ..self.clone() }
    }

    pub fn rows(&self) -> u16 {
        self.per.unwrap_or(PageRef::ROWS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        LocationId,
        customer::filter::{CustomerSort, CustomerStatus, ReviewStage},
        review::Rating,
    };
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn text(most: usize) -> impl Strategy<Value = String> {
        "[^\\p{Cc}]{0,40}".prop_map(move |s| s.trim().chars().take(most).collect::<String>().trim().to_owned())
    }

    fn query() -> impl Strategy<Value = CustomersQuery> {
        let day = || prop::option::of((0_i64..20_000).prop_map(|n| NaiveDate::default() + chrono::Duration::days(n)));
        let filter = (
            (text(200), text(30)),
            prop::option::of(prop::sample::select(&ReviewStage::ALL[..])),
            prop::option::of(prop::sample::select(&CustomerStatus::ALL[..])),
            prop::option::of(any::<u128>().prop_map(|n| LocationId(Uuid::from_u128(n)))),
            prop::option::of((1_i16..=5).prop_map(|n| Rating::new(n).unwrap())),
            (day(), day()),
            prop::sample::select(&CustomerSort::ALL[..]),
            any::<bool>(),
        )
            .prop_map(|((q, tag), review, status, location, rating, (from, to), sort, is_reversed)| {
                CustomerFilter { q, review, status, location, tag, rating, from, to, sort, is_reversed }
            });
        let cursor = (0_u64..1_000_000, any::<u128>(), "[^\\p{Cc}]{0,40}").prop_map(|(rank, id, key)| CustomerCursor {
            rank,
            id: CustomerId(Uuid::from_u128(id)),
            key,
        });
        let at = prop_oneof![
            Just(CustomersAt::First),
            cursor.clone().prop_map(CustomersAt::After),
            cursor.prop_map(CustomersAt::Before),
        ];
        (filter, at, prop::option::of(prop::sample::select(&PageRef::SIZES[..])))
            .prop_map(|(filter, at, per)| CustomersQuery { filter, at, per })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(q in query()) {
            prop_assert_eq!(CustomersQuery::parse(&q.to_query()), q.clone());
            prop_assert_eq!(CustomerFilter::parse_strict(&q.filter.to_query()), Some(q.filter.clone()));
            let json = serde_json::to_value(&q).unwrap();
            prop_assert_eq!(&json, &serde_json::Value::from(q.to_query()));
            prop_assert_eq!(serde_json::from_value::<CustomersQuery>(json).unwrap(), q);
        }

        #[test]
        fn anything_can_be_read(q in ".{0,300}") {
            let once = CustomersQuery::parse(&q);
            prop_assert_eq!(CustomersQuery::parse(&once.to_query()), once);
        }
    }

    #[test]
    fn defaults_stay_out_of_the_address() {
        assert_eq!(CustomersQuery::default().href("acme"), "/projects/acme/customers");
        assert_eq!(CustomersQuery::default().adding("p"), "/projects/p/customers?do=add");
        assert_eq!(CustomersQuery::parse("?q=a").adding("p"), "/projects/p/customers?q=a&do=add");
        let f = "sort=name&dir=asc&status=all&review=&q=%20&from=2026-13-01&location=7&tag=&rating=9&archived=maybe";
        assert_eq!(CustomerFilter::parse(f), CustomerFilter::default());
        assert_eq!(CustomerFilter::parse("sort=added&dir=desc").to_query(), "sort=added");
        assert_eq!(CustomerFilter::parse("archived=yes").to_query(), "status=archived");
        let paged = CustomersQuery::parse("tag=vip&per=25&after=50.0190163d8694739baea5966c26f8ad91.Ana.B");
        assert_eq!(paged.export_href("p"), "/projects/p/customers/export.csv?tag=vip");
    }

    #[test]
    fn another_sort_begins_with_its_usual_direction() {
        let by_name = CustomerFilter::parse("q=a&dir=desc");
        assert_eq!(by_name.with_value("sort", "added").to_query(), "q=a&sort=added");
        assert_eq!(by_name.with_value("dir", "asc").to_query(), "q=a");
        assert_eq!(by_name.with_value("q", "b").to_query(), "q=b&dir=desc");
    }

    #[test]
    fn a_filter_alone_is_read_strictly() {
        for query in ["location=7", "status=all", "review=x", "rating=0", "from=soon", "q=%00", "tag=%01"] {
            assert!(serde_json::from_value::<CustomerFilter>(query.into()).is_err(), "{query}");
            assert!(serde_json::from_value::<CustomersQuery>(query.into()).is_ok(), "{query}");
        }
        let read: CustomerFilter = serde_json::from_value("q=ana&status=&sort=x&per=25".into()).unwrap();
        assert_eq!(read, CustomerFilter::parse("q=ana"));
    }
}
