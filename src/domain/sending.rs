//! What a project's staff choose about sending, and what the Settings page shows of it.

use super::{
    AppError, AppResult, LocalTime, Timestamp,
    contact::{parse_email, parse_line},
    language::Language,
    message::Channel,
    schedule::Quiet,
    stats::{count, thousands},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// More than this a minute is no limit that makes sense.
pub const PER_MINUTE_MAX: u32 = 60_000;
/// How many guests a trial has at most.
pub const GUESTS_MAX: usize = 100;

/// The Settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingPage {
    /// Set while the project's sending is paused: since when, and by whom.
    pub paused: Option<(LocalTime, String)>,
    /// Set while the project is in trial mode.
    pub trial: Option<Trial>,
    /// In the order of the channels.
    pub reputation: Vec<Reputation>,
    pub per_minute: Option<u32>,
    pub quiet: QuietHours,
    /// For how many days after a message was sent its review link works; None for ever.
    pub link_days: Option<u16>,
    /// In which customers are spoken to.
    pub language: Language,
    /// In the order of the channels; those that have limits or were used.
    pub used: Vec<Used>,
    /// The project's version, read before the rest.
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The addresses of members, to whom messages leave.
    pub members: Vec<String>,
    pub guests: Vec<String>,
    /// How many messages are held because of the trial; counted up to 10,000.
    pub held: u32,
    pub checks: Vec<Check>,
}

impl Trial {
    pub const COUNTED_MOST: u32 = 10_000;

    pub fn held_words(&self) -> String {
        match self.held {
            0 => "No message is held.".to_owned(),
            n if n > Self::COUNTED_MOST => {
                format!("More than {} are held and would go out now.", count(u64::from(Self::COUNTED_MOST), "message"))
            }
            1 => "1 message is held and would go out now.".to_owned(),
            n => format!("{} are held and would go out now.", count(n.into(), "message")),
        }
    }
}

/// A line of the list that is to be gone through before a project goes live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub is_done: bool,
    pub sentence: String,
}

/// How a channel's messages are received, and whether the reputation guard holds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reputation {
    pub channel: Channel,
    pub seen: Seen,
    /// Since when the guard holds the channel.
    pub held: Option<LocalTime>,
    /// The pace at which staff resumed it; None for no limit.
    pub per_minute: Option<u32>,
    /// Who resumed it last, and when.
    pub resumed: Option<(LocalTime, String)>,
}

/// How many messages of one channel were sent lately, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// With those that bounced.
    pub messages: u32,
    pub bounced: u32,
    pub complained: u32,
}

impl Seen {
    /// Of as many messages at most …
    pub const MESSAGES: u32 = 1_000;
    /// … and not longer ago than this, in ms …
    pub const WITHIN: i64 = 7 * Timestamp::DAY;
    /// … and only of this many at least: a few messages show nothing.
    pub const LEAST: u32 = 100;

    /// Above 5% bounced or 0.1% complained about: mailbox providers then put all mail of a sender aside. One complaint alone is
    /// an accident.
    pub fn is_bad(self) -> bool {
        self.messages >= Self::LEAST
            && (self.bounced * 20 > self.messages || self.complained > 1 && self.complained * 1_000 > self.messages)
    }

    /// `12 of 840 messages bounced (1.42%), and 1 was complained about (0.11%).`
    pub fn sentence(self) -> String {
        if self.messages == 0 {
            return "No message was sent lately.".to_owned();
        }
        // Integers, because formatting floating-point numbers would add 14 kB to the browser's build.
        let share = |n: u32| {
            let hundredths = u64::from(n) * 10_000 / u64::from(self.messages);
            format!("{}.{:02}%", hundredths / 100, hundredths % 100)
        };
        let complained = match self.complained {
            1 => "1 was complained about".to_owned(),
            n => format!("{n} were complained about"),
        };
        format!(
            "{} of {} bounced ({}), and {complained} ({}).",
            self.bounced,
            count(self.messages.into(), "message"),
            share(self.bounced),
            share(self.complained),
        )
    }
}

impl Reputation {
    /// For the notice on every page.
    pub fn sentence(&self, today: NaiveDate) -> Option<String> {
        let since = self.held?.inline(today);
        let bad = Self::limits();
        Some(format!(
            "{} is held since {since}, to protect your reputation: {} {bad} Messages wait and none is lost. Look into the \
             addresses, then resume it under Settings at a pace of your choice.",
            self.channel.name(),
            self.seen.sentence(),
        ))
    }

    fn limits() -> &'static str {
        "Mailbox providers refuse senders with more than 5% bounces or 0.1% complaints."
    }
}

/// Quiet hours by the customer's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    pub email: bool,
    pub sms: bool,
    pub hours: Quiet,
}

impl QuietHours {
    pub fn of(&self, channel: Channel) -> Option<Quiet> {
        let is_on = match channel {
            Channel::Email => self.email,
            Channel::Sms => self.sms,
        };
        is_on.then_some(self.hours)
    }
}

/// How much of a connection's limits is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    pub channel: Channel,
    pub per_minute: Option<u32>,
    pub per_day: Option<u32>,
    /// Begun in this minute, and on this day of the project's zone.
    pub in_minute: u32,
    pub in_day: u32,
}

impl Used {
    /// `Email: 12 of 600 in this minute, 340 of 2,000 today.`
    pub fn sentence(&self) -> String {
        let of = |limit: Option<u32>| limit.map_or_else(String::new, |n| format!(" of {}", thousands(n.into())));
        format!(
            "{}: {}{} in this minute, {}{} today.",
            self.channel.name(),
            thousands(self.in_minute.into()),
            of(self.per_minute),
            thousands(self.in_day.into()),
            of(self.per_day),
        )
    }
}

/// Reads a pace; empty for no limit.
///
/// # Errors
/// `Invalid` for what is not a number from 1 to 60,000.
pub fn parse_per_minute(field: &str, s: &str) -> AppResult<Option<u32>> {
    let s = s.trim();
    if s.is_empty() {
        return Ok(None);
    }
    let number = s.replace([',', ' '], "").parse().ok().filter(|n| (1..=PER_MINUTE_MAX).contains(n));
    number.map(Some).ok_or_else(|| {
        AppError::invalid(
            field,
            "Write a number of messages a minute from 1 to 60,000, or leave it empty for no limit.",
        )
    })
}

/// The choices for [`SendingPage::link_days`].
pub const LINK_DAYS: [u16; 7] = [3, 5, 7, 14, 30, 60, 90];

/// Reads one of [`LINK_DAYS`]; empty for ever.
pub fn parse_link_days(field: &str, s: &str) -> AppResult<Option<u16>> {
    match s.trim() {
        "" => Ok(None),
        s => s
            .parse()
            .ok()
            .filter(|days| LINK_DAYS.contains(days))
            .map(Some)
            .ok_or_else(|| AppError::invalid(field, "Choose a number of days from the list.")),
    }
}

/// Reads a time of day, `21:00`, as minutes after midnight.
pub fn parse_minutes(field: &str, s: &str) -> AppResult<u16> {
    let read = |s: &str| {
        let (hours, minutes) = s.split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    read(s.trim()).ok_or_else(|| AppError::invalid(field, "Write a time such as 21:00."))
}

/// `21:00`
pub fn minutes_words(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// An address as guests are told apart: an email address in lower case. What is no email address is left for the caller, who
/// knows phone numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guest {
    Email(String),
    Phone(String),
}

/// Reads a list of guests, one a line or separated by commas.
pub fn parse_guests(s: &str) -> AppResult<Vec<Guest>> {
    let mut guests = Vec::new();
    for one in s.split(['\n', ',', ';']).map(str::trim).filter(|one| !one.is_empty()) {
        guests.push(if one.contains('@') {
            Guest::Email(parse_email("guests", one)?)
        } else {
            Guest::Phone(parse_line("guests", "The number", one, 40)?)
        });
    }
    if guests.len() > GUESTS_MAX {
        return Err(AppError::invalid("guests", format!("A trial has at most {GUESTS_MAX} guests.")));
    }
    Ok(guests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_messages_and_few_complaints_show_nothing() {
        let seen = |messages, bounced, complained| Seen { messages, bounced, complained };
        assert!(!seen(99, 99, 99).is_bad());
        assert!(!seen(100, 5, 0).is_bad() && seen(100, 6, 0).is_bad());
        assert!(!seen(1_000, 50, 1).is_bad() && seen(1_000, 51, 0).is_bad());
        assert!(!seen(200, 0, 1).is_bad(), "one complaint alone is an accident");
        assert!(seen(200, 0, 2).is_bad() && seen(1_000, 0, 2).is_bad() && !seen(2_000, 0, 2).is_bad());
        assert_eq!(
            seen(840, 12, 1).sentence(),
            "12 of 840 messages bounced (1.42%), and 1 was complained about (0.11%)."
        );
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(parse_per_minute("pace", " 1,000 "), Ok(Some(1_000)));
        assert_eq!(parse_per_minute("pace", ""), Ok(None));
        assert!(["0", "60001", "ten", "-1", "1.5"].iter().all(|s| parse_per_minute("pace", s).is_err()));
        assert_eq!((parse_link_days("days", ""), parse_link_days("days", "30")), (Ok(None), Ok(Some(30))));
        assert!(["0", "31", "-3", "x"].iter().all(|s| parse_link_days("days", s).is_err()));
        assert_eq!(parse_minutes("start", "21:00"), Ok(1_260));
        assert_eq!(parse_minutes("start", "08:30:00"), Ok(510));
        assert!(["", "24:00", "8", "12:60", "a:b", "1:é"].iter().all(|s| parse_minutes("start", s).is_err()));
        assert_eq!(minutes_words(510), "08:30");
        let guests = parse_guests("Ana@Example.com,\n +1 201 555 0100\n\n").unwrap();
        assert_eq!(guests, [Guest::Email("ana@example.com".into()), Guest::Phone("+1 201 555 0100".into())]);
        assert!(parse_guests("not an@address").is_err());
    }

    #[test]
    fn what_is_used_reads_beside_its_limits() {
        let used =
            Used { channel: Channel::Email, per_minute: Some(600), per_day: Some(2_000), in_minute: 12, in_day: 1_340 };
        assert_eq!(used.sentence(), "Email: 12 of 600 in this minute, 1,340 of 2,000 today.");
        let free = Used { per_minute: None, per_day: None, ..used };
        assert_eq!(free.sentence(), "Email: 12 in this minute, 1,340 today.");
    }
}
