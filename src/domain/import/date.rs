//! Dates as files have them.

use crate::domain::{AppError, AppResult};
use chrono::{Datelike, NaiveDate};

/// How a date is written that everybody reads alike.
const HINT: &str = "Write dates such as 2026-04-03.";

/// The words that the names of months begin with, in English, German, French and Spanish, without accents.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "fev"],
    &["mar", "maer"],
    &["apr", "abr", "avr"],
    &["may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "ago", "aou"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez", "dic"],
];

/// Reads a day: 2026-04-03 with or without a time, 20260403, 3.4.2026, 3 April 2026, April 3, 2026, and with slashes or dashes what
/// can be read in one way only.
///
/// # Errors
/// `Invalid` for a day that does not exist, or that may be two.
pub fn parse_day(field: &str, s: &str) -> AppResult<NaiveDate> {
    read(s.trim()).map_err(|sentence| AppError::invalid(field, sentence))
}

fn read(s: &str) -> Result<NaiveDate, String> {
    let none = || HINT.to_owned();
    // What follows a date in numbers is a time.
    let is_number_first = s.starts_with(|c: char| c.is_ascii_digit());
    let numbers = s.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split(['-', '/', '.']).collect();
    let is_numeric = |part: &&str| !part.is_empty() && part.len() <= 8 && part.bytes().all(|b| b.is_ascii_digit());
    if is_number_first && parts.iter().all(is_numeric) {
        let number = |i: usize| parts[i].parse::<u32>().unwrap_or(0);
        match parts.len() {
            1 if parts[0].len() == 8 => {
                let all = number(0);
                return day(all / 10_000, all / 100 % 100, all % 100);
            }
            3 if parts[0].len() == 4 => return day(number(0), number(1), number(2)),
            3 if parts[2].len() == 4 && numbers.contains('.') => return day(number(2), number(1), number(0)),
            3 if parts[2].len() == 4 => return either(number(2), number(0), number(1)),
            _ => {}
        }
    }
    let words: Vec<String> = s
        .split(|c: char| !c.is_alphanumeric())
        .map(|word| word.to_lowercase().replace('é', "e").replace('û', "u").replace('ä', "a"))
        .filter(|word| !word.is_empty() && word != "de")
        .collect();
    let [first, second, year] = words.as_slice() else { return Err(none()) };
    let (month, day_of) = match (month(first), month(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return Err(none()),
    };
    let day_of = ["st", "nd", "rd", "th"].iter().find_map(|end| day_of.strip_suffix(end)).unwrap_or(day_of);
    match (year.len(), year.parse(), day_of.parse()) {
        (4, Ok(year), Ok(day_of)) => day(year, month, day_of),
        _ => Err(none()),
    }
}

fn month(word: &str) -> Option<u32> {
    let found = MONTHS.iter().position(|starts| starts.iter().any(|start| word.starts_with(start)))?;
    u32::try_from(found + 1).ok()
}

fn day(year: u32, month: u32, day: u32) -> Result<NaiveDate, String> {
    let year = i32::try_from(year).ok().filter(|year| (1970..=2100).contains(year));
    let date = year.and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    date.ok_or_else(|| format!("There is no such day. {HINT}"))
}

/// Day and month in either order, where that gives one day.
fn either(year: u32, a: u32, b: u32) -> Result<NaiveDate, String> {
    match (day(year, b, a), day(year, a, b)) {
        (Ok(day_first), Ok(month_first)) if day_first != month_first => {
            Err(format!("This may be {} or {}. {HINT}", words(day_first), words(month_first)))
        }
        (Ok(date), _) | (_, Ok(date)) => Ok(date),
        (Err(none), Err(_)) => Err(none),
    }
}

/// `3 April`.
fn words(date: NaiveDate) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    format!("{} {}", date.day(), NAMES[date.month0() as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_where_it_can_be_one_day_only() {
        for s in [
            "2026-04-03",
            "2026-04-03T10:00:00Z",
            "2026-04-03 10:00",
            "2026/4/3",
            "20260403",
            "3.4.2026",
            "03.04.2026 09:30",
            "3 April 2026",
            "3 Apr 2026",
            "April 3, 2026",
            "Apr 3rd 2026",
            "3. April 2026",
            "3 avril 2026",
            "3 de abril de 2026",
        ] {
            assert_eq!(parse_day("visited", s), Ok(NaiveDate::from_ymd_opt(2026, 4, 3).unwrap()), "{s}");
        }
        for (s, month, day) in [
            ("25/12/2026", 12, 25),
            ("12/25/2026", 12, 25),
            ("5/5/2026", 5, 5),
            ("31-01-2026", 1, 31),
            ("1. März 2026", 3, 1),
            ("14 juillet 2026", 7, 14),
            ("14 juin 2026", 6, 14),
            ("2 août 2026", 8, 2),
        ] {
            assert_eq!(parse_day("visited", s), Ok(NaiveDate::from_ymd_opt(2026, month, day).unwrap()), "{s}");
        }
    }

    #[test]
    fn what_may_be_two_days_or_is_none_is_refused() {
        let refused = |s: &str| parse_day("visited", s).unwrap_err().to_string();
        assert_eq!(refused("3/4/2026"), "This may be 3 April or 4 March. Write dates such as 2026-04-03.");
        for s in ["2026-02-30", "31.4.2026", "30/30/2026", "2026-13-01", "1899-12-30", "31/02/2026"] {
            assert!(refused(s).starts_with("There is no such day."), "{s}: {}", refused(s));
        }
        for s in
            ["yesterday", "3/4/26", "46115", "April 2026", "2026", "1-2", "a/b/2026", "３/４/2026", "may may 2026", "-"]
        {
            assert_eq!(refused(s), HINT, "{s}");
        }
    }
}
