//! When a project's messages may leave, as it is stored, with the dates of public holidays and the zones of customers.

use super::guard::Viewer;
use crate::domain::{
    AppResult, phone_zone,
    schedule::{Country, Hours, Opening},
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use opening_hours::localization;
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

/// What `project.week` says; what cannot be read means anytime.
pub fn hours(stored: &str) -> Hours {
    let opening: Opening = stored.parse().unwrap_or_default();
    Hours { opening, holidays: opening.holidays.map_or(&[], holidays) }
}

pub async fn hours_of(viewer: &Viewer) -> AppResult<Hours> {
    let stored: String = sqlx::query_scalar("select week from project where id = $1")
        .bind(viewer.project)
        .fetch_one(viewer.db.read())
        .await?;
    Ok(hours(&stored))
}

/// The national public holidays of a country, in order; none of a country without a calendar. From the calendars in `opening-hours`,
/// which reach until 2075. Kept for as long as the process runs: a country's are some 8 kB.
pub fn holidays(country: Country) -> &'static [NaiveDate] {
    static KNOWN: LazyLock<Mutex<HashMap<Country, &'static [NaiveDate]>>> = LazyLock::new(Mutex::default);
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).entry(country).or_insert_with(|| {
        let Ok(of) = country.to_string().parse::<localization::Country>() else { return &[] };
        of.holidays().get_public().iter().collect::<Vec<_>>().leak()
    })
}

/// The countries whose public holidays are known, by name.
pub fn countries() -> Vec<(Country, &'static str)> {
    let of = |country: localization::Country| Some((country.iso_code().parse().ok()?, country.name()));
    let mut all: Vec<(Country, &'static str)> = localization::Country::ALL.into_iter().filter_map(of).collect();
    all.retain(|(country, _)| !holidays(*country).is_empty());
    all.sort_by_key(|(_, name)| *name);
    all
}

/// In which zones a customer may be, by the phone number; where that is not certain, the project's is one of them.
pub fn customer_zones(number: &str, project: Tz) -> Vec<Tz> {
    let known = phone_zone::zones(number);
    let mut zones: Vec<Tz> = known.names.iter().filter_map(|name| name.parse().ok()).collect();
    if !known.is_certain {
        zones.push(project);
    }
    zones
}

/// By whose clocks the hours go for a customer with this phone number.
pub fn zones(opening: Opening, number: &str, project: Tz) -> Vec<Tz> {
    if opening.by_customer { customer_zones(number, project) } else { vec![project] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_in_order_and_reach_into_the_future() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let has = |country: &str, date| holidays(country.parse().unwrap()).binary_search(&date).is_ok();
        assert!(has("DE", day(2026, 10, 3)) && has("US", day(2026, 11, 26)) && has("US", day(2040, 7, 4)));
        assert!(!has("DE", day(2026, 11, 26)) && holidays("ZZ".parse().unwrap()).is_empty());
        for (country, name) in countries() {
            let days = holidays(country);
            assert!(days.is_sorted() && days.last().unwrap() > &day(2030, 1, 1), "{name}");
        }
        assert!(countries().len() > 100);
    }

    #[test]
    fn the_zones_are_the_customers_only_where_that_is_chosen() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let by_customer = Opening { by_customer: true, ..Opening::default() };
        assert_eq!(zones(Opening::default(), "+12075550100", berlin), [berlin]);
        assert_eq!(zones(by_customer, "+12075550100", berlin), [chrono_tz::America::New_York]);
        assert_eq!(zones(by_customer, "", berlin), [berlin]);
    }
}
