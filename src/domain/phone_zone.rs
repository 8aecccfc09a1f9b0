//! In which time zones the owner of a phone number may be.

/// A line for each group of prefixes (country codes; area codes in North America) with the zones of its numbers. Numbers move with
/// people and area codes span borders: where there are several zones, each may be the right one.
const TABLE: &str = include_str!("phone_zones.txt");

/// The country code whose area codes stand in the table: a number that has none of them belongs to no place.
const NORTH_AMERICA: &str = "1";

/// Where a number may be from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneZones {
    /// IANA names.
    pub names: Vec<&'static str>,
    /// Whether it is surely one of them. Not of numbers that belong to no place, such as +1 800.
    pub is_certain: bool,
}

/// The zones of a number in E.164. None are known of a prefix that is not in the table.
pub fn zones(number: &str) -> PhoneZones {
    let digits = number.strip_prefix('+').unwrap_or(number);
    // The longest prefix first: an area code before its country.
    for length in (1..=4).rev() {
        let Some(prefix) = digits.get(..length) else { continue };
        if let Some(names) = zones_of_prefix(prefix) {
            return PhoneZones { names: names.split(' ').collect(), is_certain: prefix != NORTH_AMERICA };
        }
    }
    PhoneZones { names: Vec::new(), is_certain: false }
}

fn zones_of_prefix(prefix: &str) -> Option<&'static str> {
    let line = TABLE.lines().find(|line| {
        line.split_once(": ").is_some_and(|(prefixes, _)| prefixes.split(' ').any(|known| known == prefix))
    });
    Some(line?.split_once(": ")?.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;
    use std::collections::HashSet;

    #[test]
    fn an_area_code_goes_before_its_country() {
        let of = |number: &str| zones(number).names;
        assert_eq!(of("+12075550100"), ["America/New_York"]);
        assert_eq!(of("+18085550100"), ["Pacific/Honolulu"]);
        assert_eq!(of("+493090182000"), ["Europe/Berlin"]);
        assert_eq!(of("+442079460958"), ["Europe/London"]);
        assert!(of("+61299990000").len() > 3, "Australia has several");
        assert!(of("+79161234567").contains(&"Europe/Moscow"));
    }

    #[test]
    fn what_belongs_to_no_place_may_be_anywhere_in_its_country() {
        let free = zones("+18005550100");
        assert!(
            !free.is_certain && free.names.contains(&"Pacific/Honolulu") && free.names.contains(&"America/St_Johns")
        );
        assert_eq!(zones("+88812345678"), PhoneZones { names: Vec::new(), is_certain: false });
        assert!(zones("").names.is_empty());
        assert!(zones("+12075550100").is_certain && zones("+79161234567").is_certain);
    }

    #[test]
    fn each_zone_is_known_and_each_prefix_stands_once() {
        let mut seen = HashSet::new();
        for line in TABLE.lines() {
            let (prefixes, names) = line.split_once(": ").unwrap();
            for prefix in prefixes.split(' ') {
                assert!((1..=4).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit()), "{line}");
                assert!(seen.insert(prefix), "{prefix}");
            }
            for name in names.split(' ') {
                assert!(name.parse::<Tz>().is_ok(), "{name}");
            }
        }
    }
}
