//! When each message of an automatic request leaves, and how that time came about.

use super::{DAYS_MAX, Limit, Limits, Strategy};
use crate::domain::{
    Timestamp,
    message::Channel,
    schedule::{Hours, days_after, instant},
    stats::count,
    time::date_words,
};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Timelike};
use std::collections::HashMap;

/// How far ahead of the time that was wanted limits may put a message.
const WITHIN_DAYS: i64 = 90;

/// A message that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub channel: Channel,
    /// 1, 2, 3 for reminders; 0 for the request.
    pub reminder: i16,
    pub at: Timestamp,
    /// How the time came about: a sentence or two.
    pub why: String,
}

/// How many messages are planned for each day, as far as limits ask.
#[derive(Clone, Debug, Default)]
pub struct Load {
    days: HashMap<(Channel, NaiveDate), u32>,
    /// By the first day of the month.
    months: HashMap<(Channel, NaiveDate), u32>,
}

fn month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

impl Load {
    pub fn add(&mut self, channel: Channel, day: NaiveDate, messages: u32) {
        *self.days.entry((channel, day)).or_default() += messages;
        *self.months.entry((channel, month(day))).or_default() += messages;
    }

    fn has_room(&self, limit: Limit, channel: Channel, day: NaiveDate) -> Result<(), Full> {
        let is_full = |most: Option<u32>, n: Option<&u32>| most.is_some_and(|most| n.copied().unwrap_or(0) >= most);
        if is_full(limit.per_month, self.months.get(&(channel, month(day)))) {
            Err(Full::Month)
        } else if is_full(limit.per_day, self.days.get(&(channel, day))) {
            Err(Full::Day)
        } else {
            Ok(())
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    Day,
    Month,
}

/// What all customers' plans depend on.
pub struct Planner<'a, Z> {
    pub strategy: &'a Strategy,
    pub hours: Hours,
    /// The project's.
    pub zone: &'a Z,
    pub load: Load,
}

/// The message that is to be given a time.
struct Wanted<'a, Z> {
    channel: Channel,
    reminder: i16,
    from: Timestamp,
    why: String,
    /// By whose clocks the hours go.
    zones: &'a [Z],
}

impl<Z: TimeZone> Planner<'_, Z> {
    fn day(&self, at: Timestamp) -> NaiveDate {
        at.utc().with_timezone(self.zone).date_naive()
    }

    /// `Mon 30 Nov 2026 09:00`
    fn words(&self, at: Timestamp) -> String {
        let wall = at.utc().with_timezone(self.zone).naive_local();
        format!("{} {} {:02}:{:02}", wall.weekday(), date_words(wall.date()), wall.hour(), wall.minute())
    }

    /// The request and its reminders by these channels, the first as soon as possible from `from`, which `because` explains, in the
    /// hours of each of `zones`. They take their places within the limits. None where limits leave no room for one of the requests.
    pub fn plan(&mut self, channels: &[Channel], zones: &[Z], from: Timestamp, because: &str) -> Option<Vec<Planned>> {
        let before = (self.strategy.limits != Limits::default()).then(|| self.load.clone());
        let all: Option<Vec<Vec<Planned>>> =
            channels.iter().map(|channel| self.sequence(*channel, zones, from, because)).collect();
        if let (None, Some(before)) = (&all, before) {
            self.load = before;
        }
        all.map(|all| all.concat())
    }

    /// One message that belongs to no sequence; `because` explains `from`. None where limits leave no room for it.
    pub fn single(&mut self, channel: Channel, zones: &[Z], from: Timestamp, because: String) -> Option<Planned> {
        self.place(Wanted { channel, reminder: 0, from, why: because, zones })
    }

    /// None where limits leave no room for the request. A reminder without room is left out, and so are those after it.
    fn sequence(&mut self, channel: Channel, zones: &[Z], from: Timestamp, because: &str) -> Option<Vec<Planned>> {
        let strategy = self.strategy;
        let mut messages = vec![self.place(Wanted { channel, reminder: 0, from, why: because.to_owned(), zones })?];
        for (reminder, days) in (1..).zip(strategy.reminders(channel)) {
            let days = *days.min(&DAYS_MAX);
            let before = messages[messages.len() - 1].at;
            let from = days_after(self.zone, before, days);
            let why = format!("{} after the message before it.", count(days.into(), "day"));
            match self.place(Wanted { channel, reminder, from, why, zones }) {
                Some(message) => messages.push(message),
                None => break,
            }
        }
        Some(messages)
    }

    /// Puts a message at the first time from `from` that schedule and limits permit.
    fn place(&mut self, wanted: Wanted<Z>) -> Option<Planned> {
        let Wanted { channel, reminder, from, mut why, zones } = wanted;
        let mut at = self.hours.next_in(zones, from)?;
        if at != from {
            let is_holiday = zones.iter().any(|zone| self.hours.is_holiday(zone, from));
            let because = if is_holiday { "It is a public holiday then" } else { "The schedule is closed then" };
            let whose = if self.hours.opening.by_customer { " by the clock where the customer is" } else { "" };
            why += &format!(" {because}{whose}; it opens {}.", self.words(at));
        }
        let limit = self.strategy.limits.of(channel);
        let mut reached = None;
        while let Err(full) = self.load.has_room(limit, channel, self.day(at)) {
            let (next, most, each) = match full {
                Full::Day => (self.day(at) + Days::new(1), limit.per_day, "a day"),
                Full::Month => (month(self.day(at)) + Months::new(1), limit.per_month, "a month"),
            };
            reached = most.map(|most| (most, each));
            at = self.hours.next_in(zones, self.midnight(next))?;
            if at.0 - from.0 > WITHIN_DAYS * Timestamp::DAY {
                return None;
            }
        }
        if let Some((most, each)) = reached {
            let (most, by) = (count(most.into(), "message"), channel.name());
            why += &format!(" The limit of {most} {each} by {by} is reached until {}.", self.words(at));
        }
        self.load.add(channel, self.day(at), 1);
        Some(Planned { channel, reminder, at, why })
    }

    fn midnight(&self, day: NaiveDate) -> Timestamp {
        instant(self.zone, day.and_time(NaiveTime::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Strategy, *};
    use crate::domain::schedule::{Opening, Week, Window, parse_wall};
    use chrono_tz::{
        America::{Los_Angeles, New_York},
        Tz,
    };
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    fn at(wall: &str) -> Timestamp {
        instant(&New_York, parse_wall("at", wall).unwrap())
    }

    fn office() -> Hours {
        let open = Window::Between { start: 540, end: 1020 };
        Opening::of(Week([open, open, open, open, open, Window::Never, Window::Never])).into()
    }

    fn planner(strategy: &Strategy) -> Planner<'_, Tz> {
        Planner { strategy, hours: office(), zone: &New_York, load: Load::default() }
    }

    fn per_day(most: u32) -> Limits {
        Limits { email: Limit { per_day: Some(most), per_month: None }, ..Limits::default() }
    }

    #[test]
    fn each_time_says_how_it_came_about() {
        let strategy = Strategy { reminders: vec![3], limits: per_day(1), ..Strategy::default() };
        let mut planner = planner(&strategy);
        // A Friday evening before the clocks are set back.
        let because = "1 day after the customer was added.";
        let first = planner.plan(&[Channel::Email], &[New_York], at("2026-10-30T19:00"), because).unwrap();
        assert_eq!(
            first,
            [
                Planned {
                    channel: Channel::Email,
                    reminder: 0,
                    at: at("2026-11-02T09:00"),
                    why: format!("{because} The schedule is closed then; it opens Mon 2 Nov 2026 09:00."),
                },
                Planned {
                    channel: Channel::Email,
                    reminder: 1,
                    at: at("2026-11-05T09:00"),
                    why: "3 days after the message before it.".into(),
                },
            ]
        );
        let second = planner.plan(&[Channel::Email], &[New_York], at("2026-11-02T10:00"), because).unwrap();
        assert_eq!(second[0].at, at("2026-11-03T09:00"));
        assert_eq!(
            second[0].why,
            format!("{because} The limit of 1 message a day by Email is reached until Tue 3 Nov 2026 09:00.")
        );
    }

    #[test]
    fn a_holiday_and_the_clock_where_the_customer_is_are_named() {
        static NEW_YEAR: [NaiveDate; 1] = [NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()];
        let strategy = Strategy { reminders: vec![], ..Strategy::default() };
        let opening = Opening { by_customer: true, ..office().opening };
        let hours = Hours { opening, holidays: &NEW_YEAR };
        let mut planner = Planner { hours, ..planner(&strategy) };
        let mut plan = |wall| planner.plan(&[Channel::Email], &[Los_Angeles], at(wall), "Now.").unwrap().remove(0);
        let early = plan("2026-12-31T09:00");
        assert_eq!(early.at, at("2026-12-31T12:00"));
        let closed = "The schedule is closed then by the clock where the customer is";
        assert_eq!(early.why, format!("Now. {closed}; it opens Thu 31 Dec 2026 12:00."));
        let holiday = plan("2027-01-01T13:00");
        assert_eq!(holiday.at, at("2027-01-04T12:00"));
        assert!(holiday.why.starts_with("Now. It is a public holiday then"), "{}", holiday.why);
    }

    #[test]
    fn a_channel_may_have_no_reminders() {
        let strategy =
            Strategy { sms: true, reminders: vec![1, 2], reminders_without: Some(Channel::Sms), ..Strategy::default() };
        let channels: Vec<Channel> = strategy.channels().collect();
        let plan = planner(&strategy).plan(&channels, &[New_York], at("2026-11-23T10:00"), "").unwrap();
        let of = |channel| plan.iter().filter(|message| message.channel == channel).count();
        assert_eq!((of(Channel::Email), of(Channel::Sms)), (3, 1));
    }

    #[test]
    fn without_room_nobody_takes_a_place() {
        let strategy = Strategy { sms: true, reminders: vec![], limits: per_day(0), ..Strategy::default() };
        let mut planner = planner(&strategy);
        assert_eq!(planner.plan(&[Channel::Sms, Channel::Email], &[New_York], at("2026-11-23T10:00"), ""), None);
        assert!(planner.load.days.is_empty() && planner.load.months.is_empty());
    }

    #[test]
    fn a_full_month_is_followed_by_the_first_of_the_next() {
        let limit = Limit { per_day: None, per_month: Some(1) };
        let limits = Limits { email: limit, ..Limits::default() };
        let strategy = Strategy { reminders: vec![], limits, ..Strategy::default() };
        let mut planner = planner(&strategy);
        let mut first = || planner.plan(&[Channel::Email], &[New_York], at("2026-12-07T10:00"), "").unwrap()[0].at;
        assert_eq!([first(), first()], [at("2026-12-07T10:00"), at("2027-01-01T09:00")]);
    }

    proptest! {
        #[test]
        fn the_order_the_schedule_and_the_limits_are_kept(
            days in prop::collection::vec(1_u16..20, 0..=3), most in 1_u32..4,
            froms in prop::collection::vec(1_790_000_000_000_i64..1_792_000_000_000, 1..40),
        ) {
            let strategy = Strategy { sms: true, reminders: days, limits: per_day(most), ..Strategy::default() };
            let mut planner = planner(&strategy);
            let mut by_day: HashMap<NaiveDate, u32> = HashMap::new();
            for from in froms {
                let Some(plan) = planner.plan(&[Channel::Email, Channel::Sms], &[New_York], Timestamp(from), "") else { continue };
                for channel in Channel::ALL {
                    let times: Vec<_> = plan.iter().filter(|m| m.channel == channel).map(|m| m.at).collect();
                    prop_assert!(times[0].0 >= from && times.windows(2).all(|pair| pair[0] < pair[1]));
                }
                for message in &plan {
                    prop_assert_eq!(office().next(&New_York, message.at), message.at);
                }
                for message in plan.iter().filter(|message| message.channel == Channel::Email) {
                    *by_day.entry(planner.day(message.at)).or_default() += 1;
                }
            }
            prop_assert!(by_day.values().all(|n| *n <= most));
        }
    }
}
