//! The forms of the Strategy page, as they are submitted, and what is wrong with them.

use super::{Conditions, DAYS_MAX, Delay, Limit, Limits, RETRIES_MAX, Strategy, Subscription, Trigger, Unit};
use crate::domain::{
    AppError, AppResult,
    ask::REMINDERS_MAX,
    charge::{Currency, Money},
    message::Channel,
    schedule::{Week, Window},
    sending::parse_minutes,
};
use serde::{Deserialize, Serialize};

/// Reads a whole number from `least` to `most`, also one such as `10,000`.
fn number(field: &str, s: &str, least: u32, most: u32, what: &str) -> AppResult<u32> {
    let s = s.trim();
    let mut groups = s.split(',');
    let is_grouped = groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|g| g.len() == 3);
    let read = if is_grouped { s.replace(',', "") } else { s.to_owned() };
    let read = read.parse().ok().filter(|n| (least..=most).contains(n));
    read.ok_or_else(|| AppError::invalid(field, format!("Write a whole number of {what} from {least} to {most}.")))
}

/// The card **When to ask**.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimingForm {
    pub trigger: String,
    pub number: String,
    pub unit: String,
    pub email: bool,
    pub sms: bool,
    pub thanks: bool,
}

impl TimingForm {
    /// # Errors
    /// `Invalid`, with the field that is wrong.
    pub fn apply(&self, strategy: &mut Strategy) -> AppResult<()> {
        let trigger = Trigger::ALL.into_iter().find(|trigger| trigger.slug() == self.trigger);
        let unit = Unit::ALL.into_iter().find(|unit| unit.slug() == self.unit);
        let trigger = trigger.ok_or_else(|| AppError::invalid("trigger", "Choose what the time counts from."))?;
        let unit = unit.ok_or_else(|| AppError::invalid("number", "Choose hours, days or months."))?;
        let number = number("number", &self.number, 0, unit.most().into(), unit.slug())? as u16;
        if !self.email && !self.sms {
            return Err(AppError::invalid("channels", "Choose at least one channel: email, SMS or both."));
        }
        strategy.trigger = trigger;
        strategy.delay = Delay { number, unit };
        (strategy.email, strategy.sms, strategy.thanks) = (self.email, self.sms, self.thanks);
        Ok(())
    }
}

/// The card **Reminders**: how many, and the days before each of those.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemindersForm {
    pub reminders: String,
    pub days1: String,
    pub days2: String,
    pub days3: String,
    /// A channel, or empty.
    pub without: String,
}

impl RemindersForm {
    /// # Errors
    /// `Invalid`, with the field that is wrong.
    pub fn apply(&self, strategy: &mut Strategy) -> AppResult<()> {
        let reminders = number("reminders", &self.reminders, 0, REMINDERS_MAX.into(), "reminders")?;
        let days = [("days1", &self.days1), ("days2", &self.days2), ("days3", &self.days3)];
        let days: AppResult<Vec<u16>> = days
            .into_iter()
            .take(reminders as usize)
            .map(|(field, s)| number(field, s, 1, DAYS_MAX.into(), "days").map(|days| days as u16))
            .collect();
        strategy.reminders = days?;
        strategy.reminders_without = Channel::from_slug(&self.without);
        Ok(())
    }
}

/// The card **Retries**.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetriesForm {
    pub retries: String,
    pub days: String,
}

impl RetriesForm {
    /// # Errors
    /// `Invalid`, with the field that is wrong.
    pub fn apply(&self, strategy: &mut Strategy) -> AppResult<()> {
        let retries = number("retries", &self.retries, 0, RETRIES_MAX.into(), "retries")? as u8;
        if retries > 0 || !self.days.trim().is_empty() {
            strategy.retry_days = number("retry_days", &self.days, 1, DAYS_MAX.into(), "days")? as u16;
        }
        strategy.retries = retries;
        Ok(())
    }
}

/// The card **Limits**; an empty field is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsForm {
    pub email_day: String,
    pub email_month: String,
    pub sms_day: String,
    pub sms_month: String,
}

impl LimitsForm {
    /// # Errors
    /// `Invalid`, with the field that is wrong.
    pub fn apply(&self, strategy: &mut Strategy) -> AppResult<()> {
        let limit = |field: &str, s: &str| {
            if s.trim().is_empty() { Ok(None) } else { number(field, s, 1, 10_000_000, "messages").map(Some) }
        };
        strategy.limits = Limits {
            email: Limit {
                per_day: limit("email_day", &self.email_day)?,
                per_month: limit("email_month", &self.email_month)?,
            },
            sms: Limit { per_day: limit("sms_day", &self.sms_day)?, per_month: limit("sms_month", &self.sms_month)? },
        };
        Ok(())
    }
}

/// The card **Conditions**; an empty field is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConditionsForm {
    pub subscription: String,
    pub charges: String,
    pub total: String,
    pub average: String,
    pub currency: String,
}

impl ConditionsForm {
    /// # Errors
    /// `Invalid`, with the field that is wrong.
    pub fn apply(&self, strategy: &mut Strategy) -> AppResult<()> {
        let subscription = Subscription::ALL.into_iter().find(|choice| choice.slug() == self.subscription);
        let subscription = subscription.ok_or_else(|| AppError::invalid("subscription", "Choose who is asked."))?;
        let currency = Currency::parse("currency", &self.currency)?;
        let amount = |field: &str, s: &str| match s.trim() {
            "" => Ok(None),
            s => Money::parse((field, "currency"), s, currency.code(), currency).map(|money| Some(money.amount)),
        };
        let charges = match self.charges.trim() {
            "" => None,
            s => Some(number("charges", s, 1, 10_000, "charges")?),
        };
        let (total, average) = (amount("total", &self.total)?, amount("average", &self.average)?);
        strategy.conditions = Conditions { subscription, charges, total, average, currency };
        Ok(())
    }
}

/// A day of the card **Schedule**.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DayForm {
    /// `anytime`, `between` or `never`.
    pub open: String,
    pub start: String,
    pub end: String,
}

/// The rest of the card **Schedule**.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoursForm {
    /// The country on whose public holidays nothing leaves, by its two letters; empty for none.
    pub holidays: String,
    pub by_customer: bool,
}

/// The names of the days, Monday first.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Reads the seven days, Monday first.
///
/// # Errors
/// `Invalid` for `day0` … `day6`, or for the form where no day is open.
pub fn week(days: &[DayForm]) -> AppResult<Week> {
    let mut week = Week::default();
    for (n, window) in week.0.iter_mut().enumerate() {
        let field = format!("day{n}");
        let Some(day) = days.get(n) else { return Err(AppError::invalid(&field, "Choose when this day is open.")) };
        *window = match day.open.as_str() {
            "anytime" => Window::Anytime,
            "never" => Window::Never,
            "between" => {
                let (start, end) = (parse_minutes(&field, &day.start)?, parse_minutes(&field, &day.end)?);
                if start == end {
                    return Err(AppError::invalid(&field, "Write two different times, or choose “Anytime”."));
                }
                Window::Between { start, end }
            }
            _ => return Err(AppError::invalid(&field, "Choose when this day is open.")),
        };
    }
    if week.is_never() {
        return Err(AppError::invalid("", "Open at least one day: else no message is ever sent."));
    }
    Ok(week)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(result: AppResult<()>) -> String {
        match result {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn thousands_may_be_grouped_and_nothing_else() {
        let read = |s: &str| number("n", s, 0, 10_000_000, "messages").ok();
        assert_eq!([read("10,000"), read(" 1,234,567 "), read("0")], [Some(10_000), Some(1_234_567), Some(0)]);
        for wrong in ["1,5", "1,00", "1,0000", ",100", "100,", "1000,000", "-1", "", "1 000"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it_and_nothing_is_changed() {
        let mut strategy = Strategy::default();
        let timing = TimingForm {
            trigger: "visit".into(),
            number: "2".into(),
            unit: "months".into(),
            email: true,
            ..TimingForm::default()
        };
        for (form, wrong) in [
            (TimingForm { trigger: "".into(), ..timing.clone() }, "trigger"),
            (TimingForm { unit: "weeks".into(), ..timing.clone() }, "number"),
            (TimingForm { number: "13".into(), ..timing.clone() }, "number"),
            (TimingForm { number: "1.5".into(), ..timing.clone() }, "number"),
            (TimingForm { number: "1,5".into(), ..timing.clone() }, "number"),
            (TimingForm { email: false, ..timing.clone() }, "channels"),
        ] {
            assert_eq!(field(form.apply(&mut strategy)), wrong);
        }
        let reminders = RemindersForm { reminders: "2".into(), days1: "3".into(), ..RemindersForm::default() };
        assert_eq!(field(reminders.apply(&mut strategy)), "days2");
        assert_eq!(
            field(RetriesForm { retries: "3".into(), ..RetriesForm::default() }.apply(&mut strategy)),
            "retries"
        );
        assert_eq!(field(RetriesForm { retries: "1".into(), days: "0".into() }.apply(&mut strategy)), "retry_days");
        assert_eq!(field(LimitsForm { sms_day: "0".into(), ..LimitsForm::default() }.apply(&mut strategy)), "sms_day");
        let conditions =
            ConditionsForm { subscription: "any".into(), currency: "EUR".into(), ..ConditionsForm::default() };
        for (form, wrong) in [
            (ConditionsForm { subscription: "".into(), ..conditions.clone() }, "subscription"),
            (ConditionsForm { currency: "".into(), ..conditions.clone() }, "currency"),
            (ConditionsForm { charges: "0".into(), ..conditions.clone() }, "charges"),
            (ConditionsForm { total: "1.234".into(), ..conditions.clone() }, "total"),
            (ConditionsForm { average: "$ 5 USD".into(), ..conditions.clone() }, "average"),
        ] {
            assert_eq!(field(form.apply(&mut strategy)), wrong);
        }
        assert_eq!(strategy, Strategy::default());

        timing.apply(&mut strategy).unwrap();
        RemindersForm { days2: "30".into(), without: "sms".into(), ..reminders }.apply(&mut strategy).unwrap();
        LimitsForm { email_day: "1,000".into(), ..LimitsForm::default() }.apply(&mut strategy).unwrap();
        assert_eq!(strategy.delay, Delay { number: 2, unit: Unit::Months });
        assert_eq!((&strategy.reminders[..], strategy.reminders_without), (&[3, 30][..], Some(Channel::Sms)));
        assert_eq!(strategy.limits.email.per_day, Some(1_000));
        assert!(!strategy.reads_charges());
        ConditionsForm { charges: "2".into(), total: "99,5".into(), ..conditions }.apply(&mut strategy).unwrap();
        let chosen = strategy.conditions;
        assert_eq!((chosen.charges, chosen.total, chosen.average), (Some(2), Some(9_950), None));
        assert!(strategy.reads_charges() && strategy.needs_charge());
    }

    #[test]
    fn a_week_needs_seven_days_one_of_them_open() {
        let day =
            |open: &str, start: &str, end: &str| DayForm { open: open.into(), start: start.into(), end: end.into() };
        let mut days = vec![day("between", "09:00", "17:30"); 7];
        days[6] = day("never", "", "");
        assert_eq!(week(&days).unwrap().to_string(), "540-1050 540-1050 540-1050 540-1050 540-1050 540-1050 -");
        days[2] = day("between", "09:00", "9");
        assert_eq!(field(week(&days).map(|_| ())), "day2");
        assert_eq!(field(week(&days[..1]).map(|_| ())), "day1");
        assert_eq!(field(week(&vec![day("never", "", ""); 7]).map(|_| ())), "");
    }
}
