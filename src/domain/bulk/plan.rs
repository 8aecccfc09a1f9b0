//! What a bulk action is to do, as a form asks for it and as it is kept.

use super::{BulkKind, Outcome, Skip};
use crate::domain::{
    AppError, AppResult, Timestamp,
    contact::parse_text,
    error::Problems,
    schedule::{future, instant, parse_wall},
};
use chrono::{Duration, TimeZone};
use serde::{Deserialize, Serialize};

/// The longest reason, in characters.
pub const REASON_MAX: usize = 500;
/// The most days by which messages are moved, forward or back.
pub const DAYS_MAX: i32 = 365;
/// The fastest pace that can be asked for, in messages a minute; without a pace, all are done at once.
pub const PACE_MAX: u32 = 6_000;
/// No message is put to a time that is farther away, in ms.
const FARTHEST: i64 = 730 * Timestamp::DAY;

/// What is to be done, as a form or a script submits it. Fields that do not belong to the kind are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    /// As [`BulkKind::slug`] has it.
    pub kind: String,
    /// Reschedule: `time` or `days`.
    pub when: String,
    /// Wall time in the project's zone.
    pub at: String,
    /// By how many days; negative for back.
    pub days: String,
    /// Messages a minute; empty for all at once.
    pub pace: String,
    /// Send now, Reschedule: the canceled messages, too.
    pub canceled: bool,
    /// Why, in the person's words; may be empty.
    pub reason: String,
    /// Delete: must be set, because it cannot be undone.
    pub confirmed: bool,
}

/// The times that messages get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewTime {
    At(Timestamp),
    /// So many days after their present ones, at the same time of the day; before them, where it is negative.
    Days(i32),
}

impl NewTime {
    /// The new time of a message.
    ///
    /// # Errors
    /// `Past` or `Far`, where the message cannot be put to that time.
    pub fn of<Z: TimeZone>(self, zone: &Z, scheduled: Timestamp, now: Timestamp) -> Result<Timestamp, Skip> {
        let days = match self {
            // It was to come when it was chosen; what is late is sent at once.
            Self::At(at) => return Ok(at),
            Self::Days(days) => Duration::days(days.into()),
        };
        let wall = scheduled.utc().with_timezone(zone).naive_local();
        let at = instant(zone, wall.checked_add_signed(days).ok_or(Skip::Far)?);
        match at {
            at if at < now => Err(Skip::Past),
            at if at > now.plus(FARTHEST) => Err(Skip::Far),
            at => Ok(at),
        }
    }
}

/// What a bulk action does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkPlan {
    pub kind: BulkKind,
    /// Set for Reschedule.
    pub time: Option<NewTime>,
    /// Messages a minute, at least 1; None for all at once.
    pub pace: Option<u32>,
    /// Whether canceled messages are scheduled again.
    pub canceled: bool,
    pub reason: String,
}

impl BulkForm {
    /// # Errors
    /// `Invalid` by field: `kind`, `at`, `days`, `pace`, `reason`.
    pub fn check<Z: TimeZone>(&self, zone: &Z, now: Timestamp) -> AppResult<BulkPlan> {
        let kind = BulkKind::from_slug(&self.kind)
            .ok_or_else(|| AppError::invalid("kind", "Choose what to do with the messages."))?;
        let mut problems = Problems::default();
        let time = match (kind, self.when.as_str()) {
            (BulkKind::Reschedule, "days") => problems.take(self.moved().map(Some)),
            (BulkKind::Reschedule, _) => {
                let at = parse_wall("at", &self.at).and_then(|wall| future("at", zone, wall, now));
                problems.take(at.map(|at| Some(NewTime::At(at))))
            }
            _ => None,
        };
        let pace = if kind.has_pace() { problems.take(self.paced()) } else { None };
        let reason = problems.take(parse_text("reason", "The reason", &self.reason, REASON_MAX));
        problems.or(BulkPlan { kind, time, pace, canceled: self.canceled && kind.may_revive(), reason })
    }

    fn moved(&self) -> AppResult<NewTime> {
        let days = self.days.trim().parse::<i32>().ok().filter(|days| *days != 0 && days.abs() <= DAYS_MAX);
        days.map(NewTime::Days).ok_or_else(|| {
            AppError::invalid("days", format!("Write a number of days, at most {DAYS_MAX}; with a minus for earlier."))
        })
    }

    fn paced(&self) -> AppResult<Option<u32>> {
        let words = self.pace.trim();
        if words.is_empty() {
            return Ok(None);
        }
        let pace = words.parse::<u32>().ok().filter(|pace| (1..=PACE_MAX).contains(pace));
        pace.map(Some).ok_or_else(|| {
            let sentence = "Write a number from 1 to 6,000, or leave it empty to do all at once.";
            AppError::invalid("pace", sentence)
        })
    }
}

/// What a bulk action would do at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    /// `done` is how many can be changed.
    pub outcome: Outcome,
    /// How many of the messages are canceled, and could be scheduled again.
    pub canceled: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Berlin;

    /// Monday, 23 November 2026, 12:00 in Berlin.
    const NOW: Timestamp = Timestamp(1_795_431_600_000);

    fn form(kind: BulkKind) -> BulkForm {
        BulkForm { kind: kind.slug().into(), ..BulkForm::default() }
    }

    #[test]
    fn a_plan_has_what_belongs_to_its_kind() {
        let plan = |form: BulkForm| form.check(&Berlin, NOW).unwrap();
        let everything = BulkForm {
            at: "2026-11-24T09:00".into(),
            pace: " 60 ".into(),
            canceled: true,
            reason: " Opening day\nmoved ".into(),
            ..form(BulkKind::SendNow)
        };
        let now = plan(everything.clone());
        assert_eq!((now.time, now.pace, now.canceled), (None, Some(60), true));
        assert_eq!(now.reason, "Opening day\nmoved");
        let moved = plan(BulkForm { kind: "reschedule".into(), ..everything.clone() });
        assert_eq!((moved.time, moved.pace), (Some(NewTime::At(NOW.plus(21 * Timestamp::HOUR))), None));
        let back =
            plan(BulkForm { kind: "reschedule".into(), when: "days".into(), days: "-3".into(), ..everything.clone() });
        assert_eq!(back.time, Some(NewTime::Days(-3)));
        let gone = plan(BulkForm { kind: "delete".into(), ..everything });
        assert_eq!((gone.time, gone.pace, gone.canceled), (None, None, false));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let refused = |form: BulkForm, field: &str| {
            let error = form.check(&Berlin, NOW).unwrap_err();
            assert!(error.for_field(field).is_some(), "{form:?}: {error:?}");
        };
        refused(BulkForm::default(), "kind");
        for at in ["", "2026-11-23T11:00", "2029-01-01T09:00", "tomorrow"] {
            refused(BulkForm { at: at.into(), ..form(BulkKind::Reschedule) }, "at");
        }
        for days in ["", "0", "366", "-366", "1.5"] {
            refused(BulkForm { when: "days".into(), days: days.into(), ..form(BulkKind::Reschedule) }, "days");
        }
        for pace in ["0", "-1", "6001", "fast"] {
            refused(BulkForm { pace: pace.into(), ..form(BulkKind::Resend) }, "pace");
        }
        let long = BulkForm { reason: "x".repeat(REASON_MAX + 1), pace: "0".into(), ..form(BulkKind::SendNow) };
        refused(long.clone(), "reason");
        refused(long, "pace");
    }

    #[test]
    fn days_keep_the_time_of_the_day_and_lead_neither_back_nor_too_far() {
        let at = |s: &str| instant(&Berlin, parse_wall("at", s).unwrap());
        // Summer time begins on 28 March 2027.
        let week = NewTime::Days(7).of(&Berlin, at("2027-03-25T09:00"), NOW);
        assert_eq!(week, Ok(at("2027-04-01T09:00")));
        assert_eq!(NewTime::Days(-1).of(&Berlin, NOW.plus(Timestamp::HOUR), NOW), Err(Skip::Past));
        assert_eq!(NewTime::Days(365).of(&Berlin, NOW.plus(400 * Timestamp::DAY), NOW), Err(Skip::Far));
        assert_eq!(NewTime::Days(1).of(&Berlin, NOW.plus(-Timestamp::HOUR), NOW), Ok(NOW.plus(23 * Timestamp::HOUR)));
        assert_eq!(NewTime::At(NOW).of(&Berlin, NOW, NOW.plus(1)), Ok(NOW));
    }
}
