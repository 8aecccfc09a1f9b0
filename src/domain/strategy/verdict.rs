//! Whom the strategy asks, and why not the others: the conditions, each by itself.

mod charges;

pub use charges::{ChargeFacts, charges_words};

use super::{Delay, Strategy, Trigger, Unit};
use crate::domain::{Timestamp, message::Channel, schedule::instant};
use chrono::{Duration, Months, NaiveDate, NaiveTime, TimeZone};
use serde::{Deserialize, Serialize};

/// What is known of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub added: Timestamp,
    pub visited: Option<NaiveDate>,
    pub email: Address,
    pub phone: Address,
    pub is_unsubscribed: bool,
    pub is_archived: bool,
    pub has_reviewed: bool,
    /// By hand or by the strategy.
    pub was_asked: bool,
    pub charges: ChargeFacts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    None,
    Suppressed,
    Good,
}

impl Facts {
    pub fn address(&self, channel: Channel) -> Address {
        match channel {
            Channel::Email => self.email,
            Channel::Sms => self.phone,
        }
    }

    /// By which of the strategy's channels the customer can be reached.
    pub fn channels(&self, strategy: &Strategy) -> Vec<Channel> {
        strategy.channels().filter(|channel| self.address(*channel) == Address::Good).collect()
    }
}

/// What must hold for a customer to be asked. In the order in which the first that does not hold is named. Stored as what the
/// strategy made of a customer (`customer.plan`; 0 for not looked at, 1 for asked); the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Condition {
    NotArchived = 3,
    Subscribed = 2,
    NotAsked = 9,
    NotReviewed = 8,
    HasAddress = 4,
    NotSuppressed = 5,
    HasDate = 6,
    HasCharge = 11,
    DateCounts = 7,
    Subscriber = 12,
    NotSubscriber = 13,
    EnoughCharges = 14,
    EnoughTotal = 15,
    EnoughAverage = 16,
    /// There is room within the limits of the next months.
    WithinLimits = 10,
}

/// Asked by the strategy, as it is stored in `customer.plan`.
pub const ASKED: i16 = 1;

impl Condition {
    pub const ALL: [Self; 15] = [
        Self::NotArchived,
        Self::Subscribed,
        Self::NotAsked,
        Self::NotReviewed,
        Self::HasAddress,
        Self::NotSuppressed,
        Self::HasDate,
        Self::HasCharge,
        Self::DateCounts,
        Self::Subscriber,
        Self::NotSubscriber,
        Self::EnoughCharges,
        Self::EnoughTotal,
        Self::EnoughAverage,
        Self::WithinLimits,
    ];

    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| *condition as i16 == code)
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::NotArchived => "archived",
            Self::Subscribed => "unsubscribed",
            Self::NotAsked => "asked",
            Self::NotReviewed => "reviewed",
            Self::HasAddress => "no-address",
            Self::NotSuppressed => "suppressed",
            Self::HasDate => "no-date",
            Self::HasCharge => "no-charge",
            Self::DateCounts => "too-early",
            Self::Subscriber => "no-subscriber",
            Self::NotSubscriber => "subscriber",
            Self::EnoughCharges => "few-charges",
            Self::EnoughTotal => "low-total",
            Self::EnoughAverage => "low-average",
            Self::WithinLimits => "limits",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.slug() == s)
    }

    /// As a line of the list of all conditions.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotArchived => "Not archived",
            Self::Subscribed => "Not unsubscribed",
            Self::NotAsked => "Not asked before",
            Self::NotReviewed => "No review yet",
            Self::HasAddress => "An address for a channel of the strategy",
            Self::NotSuppressed => "That address is not suppressed",
            Self::HasDate => "A date of visit",
            Self::HasCharge => "A charge",
            Self::DateCounts => "A date from which customers are asked",
            Self::Subscriber => "A subscriber",
            Self::NotSubscriber => "Not a subscriber",
            Self::EnoughCharges => "The minimum number of charges",
            Self::EnoughTotal => "The minimum total of charges",
            Self::EnoughAverage => "The minimum average of charges",
            Self::WithinLimits => "Room within the limits",
        }
    }

    /// Why a customer is not asked.
    pub fn unmet(self) -> &'static str {
        match self {
            Self::NotArchived => "Archived",
            Self::Subscribed => "Unsubscribed",
            Self::NotAsked => "Asked by hand already",
            Self::NotReviewed => "Has reviewed already",
            Self::HasAddress => "No address for a channel of the strategy",
            Self::NotSuppressed => "The address is suppressed",
            Self::HasDate => "No date of visit",
            Self::HasCharge => "No charge yet",
            Self::DateCounts => "Before the day from which customers are asked",
            Self::Subscriber => "Not a subscriber",
            Self::NotSubscriber => "A subscriber",
            Self::EnoughCharges => "Fewer charges than the minimum",
            Self::EnoughTotal => "A total of charges below the minimum",
            Self::EnoughAverage => "An average charge below the minimum",
            Self::WithinLimits => "No room within the limits of the next 90 days",
        }
    }
}

/// When a request for this customer is due, if nothing stands against it; None where the date is not known.
pub fn due<Z: TimeZone>(strategy: &Strategy, zone: &Z, facts: &Facts) -> Option<Timestamp> {
    let morning = |day: NaiveDate| instant(zone, day.and_time(NaiveTime::MIN) + Duration::hours(9));
    let from = match strategy.trigger {
        Trigger::Added => facts.added,
        Trigger::Visit => morning(facts.visited?),
        Trigger::Charge => morning(facts.charges.last?),
    };
    Some(after(zone, from, strategy.delay))
}

/// Days and months keep the wall time over a change to or from summer time; a month that is too short ends earlier.
fn after<Z: TimeZone>(zone: &Z, from: Timestamp, delay: Delay) -> Timestamp {
    let wall = from.utc().with_timezone(zone).naive_local();
    match delay.unit {
        Unit::Hours => from.plus(i64::from(delay.number) * Timestamp::HOUR),
        Unit::Days => instant(zone, wall + Duration::days(delay.number.into())),
        Unit::Months => instant(zone, wall.checked_add_months(Months::new(delay.number.into())).unwrap_or(wall)),
    }
}

/// The day that decides whether a customer is among those whom the strategy asks.
pub fn day<Z: TimeZone>(strategy: &Strategy, zone: &Z, facts: &Facts) -> Option<NaiveDate> {
    match strategy.trigger {
        Trigger::Added => Some(facts.added.utc().with_timezone(zone).date_naive()),
        Trigger::Visit => facts.visited,
        Trigger::Charge => facts.charges.last,
    }
}

/// Each condition that the facts decide, and whether it is met. `since` is the first day that counts.
pub fn conditions<Z: TimeZone>(
    strategy: &Strategy,
    zone: &Z,
    since: NaiveDate,
    facts: &Facts,
) -> Vec<(Condition, bool)> {
    let addresses: Vec<Address> = strategy.channels().map(|channel| facts.address(channel)).collect();
    let day = day(strategy, zone, facts);
    let mut all = vec![
        (Condition::NotArchived, !facts.is_archived),
        (Condition::Subscribed, !facts.is_unsubscribed),
        (Condition::NotAsked, !facts.was_asked),
        (Condition::NotReviewed, !facts.has_reviewed),
        (Condition::HasAddress, addresses.iter().any(|address| *address != Address::None)),
        (Condition::NotSuppressed, addresses.contains(&Address::Good)),
    ];
    match strategy.trigger {
        Trigger::Added => {}
        Trigger::Visit => all.push((Condition::HasDate, day.is_some())),
        Trigger::Charge => all.push((Condition::HasCharge, day.is_some())),
    }
    all.push((Condition::DateCounts, day.is_some_and(|day| day >= since)));
    all.extend(charges::conditions(strategy, &facts.charges));
    all
}

/// The first condition that is not met; None for a customer who is asked.
pub fn unmet<Z: TimeZone>(strategy: &Strategy, zone: &Z, since: NaiveDate, facts: &Facts) -> Option<Condition> {
    conditions(strategy, zone, since, facts).into_iter().find(|(_, is_met)| !is_met).map(|(condition, _)| condition)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schedule::parse_wall;
    use chrono_tz::America::New_York;

    fn at(wall: &str) -> Timestamp {
        instant(&New_York, parse_wall("at", wall).unwrap())
    }

    fn facts() -> Facts {
        Facts {
            added: at("2026-10-30T09:00"),
            visited: NaiveDate::from_ymd_opt(2026, 1, 31),
            email: Address::Good,
            phone: Address::None,
            is_unsubscribed: false,
            is_archived: false,
            has_reviewed: false,
            was_asked: false,
            charges: ChargeFacts::default(),
        }
    }

    fn delay(number: u16, unit: Unit) -> Strategy {
        Strategy { delay: Delay { number, unit }, ..Strategy::default() }
    }

    #[test]
    fn days_and_months_go_by_the_calendar_and_hours_by_the_clock() {
        let due = |strategy: &Strategy| due(strategy, &New_York, &facts()).unwrap().local(&New_York).machine();
        // The clocks are set back on 1 November.
        assert_eq!(due(&delay(3, Unit::Days)), "2026-11-02T09:00:00-05:00");
        assert_eq!(due(&delay(72, Unit::Hours)), "2026-11-02T08:00:00-05:00");
        let visit = |number| Strategy { trigger: Trigger::Visit, ..delay(number, Unit::Months) };
        assert_eq!(due(&visit(1)), "2026-02-28T09:00:00-05:00");
        assert_eq!(due(&visit(2)), "2026-03-31T09:00:00-04:00");
        assert_eq!(due(&visit(0)), "2026-01-31T09:00:00-05:00");
    }

    #[test]
    fn the_first_condition_that_is_not_met_is_named() {
        let since = NaiveDate::from_ymd_opt(2026, 10, 30).unwrap();
        let strategy = Strategy::default();
        let unmet = |facts: &Facts| unmet(&strategy, &New_York, since, facts);
        assert_eq!(unmet(&facts()), None);
        for (changed, condition) in [
            (Facts { is_archived: true, is_unsubscribed: true, ..facts() }, Condition::NotArchived),
            (Facts { is_unsubscribed: true, ..facts() }, Condition::Subscribed),
            (Facts { was_asked: true, ..facts() }, Condition::NotAsked),
            (Facts { has_reviewed: true, ..facts() }, Condition::NotReviewed),
            (Facts { email: Address::None, phone: Address::Good, ..facts() }, Condition::HasAddress),
            (Facts { email: Address::Suppressed, ..facts() }, Condition::NotSuppressed),
            (Facts { added: at("2026-10-29T23:59"), ..facts() }, Condition::DateCounts),
        ] {
            assert_eq!(unmet(&changed), Some(condition));
        }
        let visit = Strategy { trigger: Trigger::Visit, ..strategy.clone() };
        let undated = Facts { visited: None, ..facts() };
        assert_eq!(super::unmet(&visit, &New_York, since, &undated), Some(Condition::HasDate));
        assert_eq!(super::unmet(&visit, &New_York, since, &facts()), Some(Condition::DateCounts));
    }

    #[test]
    fn the_time_counts_from_the_last_charge() {
        let strategy = Strategy { trigger: Trigger::Charge, ..delay(2, Unit::Days) };
        let since = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        assert_eq!(unmet(&strategy, &New_York, since, &facts()), Some(Condition::HasCharge));
        let charges = ChargeFacts { number: 1, last: Some(since), ..ChargeFacts::default() };
        let paid = Facts { charges, ..facts() };
        assert_eq!(unmet(&strategy, &New_York, since, &paid), None);
        assert_eq!(unmet(&strategy, &New_York, since.succ_opt().unwrap(), &paid), Some(Condition::DateCounts));
        assert_eq!(due(&strategy, &New_York, &paid), Some(at("2026-11-05T09:00")));
    }

    #[test]
    fn a_number_names_one_condition() {
        for condition in Condition::ALL {
            assert_eq!(Condition::from_code(condition as i16), Some(condition));
            assert_eq!(Condition::from_slug(condition.slug()), Some(condition));
            assert!(condition as i16 > ASKED);
        }
    }
}
