//! Why a message goes out when it does, and why it has not gone out yet.

use super::{Channel, Template};
use crate::domain::{LocalTime, schedule::Delay, stats::count};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why a message waits although its time has come. It goes out by itself once the cause is gone. Stored where it is about single
/// messages (`message.hold`, 0 for none); the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hold {
    /// The project is in trial mode, and the address is neither a member's nor a guest's.
    Trial = 1,
    /// Staff have paused the project's sending.
    Paused = 2,
    /// Too many messages of this channel bounced or were complained about.
    Reputation = 3,
    /// As much was sent over the connection today as its limit permits.
    DailyLimit = 4,
    /// The connection stands still, because of a fault of our account or of the provider.
    Connection = 5,
}

impl Hold {
    pub fn from_code(code: i16) -> Option<Self> {
        let all = [Self::Trial, Self::Paused, Self::Reputation, Self::DailyLimit, Self::Connection];
        all.into_iter().find(|hold| *hold as i16 == code)
    }

    /// A clause for the row.
    pub fn note(self) -> &'static str {
        match self {
            Self::Trial => "held: trial mode",
            Self::Paused => "held: paused",
            Self::Reputation => "held: reputation",
            Self::DailyLimit => "held: daily limit",
            Self::Connection => "held: connection",
        }
    }

    fn sentence(self, channel: Channel) -> String {
        let channel = channel.name();
        match self {
            Self::Trial => {
                "Held: the project is in trial mode, and this address is neither a member's nor on the guest list. \
                The message goes out once the project goes live."
                    .to_owned()
            }
            Self::Paused => {
                "Held: sending is paused for the project. The message goes out once it is resumed.".to_owned()
            }
            Self::Reputation => format!(
                "Held: too many messages by {channel} bounced or were complained about. The message goes out once staff resume it."
            ),
            Self::DailyLimit => format!(
                "Held: as much was sent by {channel} today as the limit of the connection permits. The message goes out tomorrow."
            ),
            Self::Connection => {
                format!("Held: the connection for {channel} is paused. The message goes out once it works again.")
            }
        }
    }
}

/// What is known of a message that is not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub channel: Channel,
    pub template: Template,
    /// Who asked; None where the person has left.
    pub asked_by: Option<String>,
    pub asked: LocalTime,
    /// How the strategy came to the time; empty where it did not.
    pub why: String,
    /// How many days after the message before it this one was planned, for a reminder.
    pub days_after: Option<i64>,
    pub scheduled: LocalTime,
    pub due: LocalTime,
    /// Whether that time has come.
    pub is_due: bool,
    pub delay: Option<Delay>,
    pub hold: Option<Hold>,
    /// How many attempts there were.
    pub attempts: i32,
    /// When quiet hours end where the customer is: `08:00`.
    pub quiet_until: String,
}

impl Waiting {
    /// Why this time, and why not sent yet: one or two sentences.
    pub fn sentence(&self, today: NaiveDate) -> String {
        format!("{} {}", self.why_this_time(today), self.why_not_yet(today))
    }

    fn why_this_time(&self, today: NaiveDate) -> String {
        let planned = self.scheduled.inline(today);
        if !self.why.is_empty() {
            return format!("Planned by the strategy for {planned}: {}", self.why);
        }
        match (self.template, self.days_after) {
            (Template::Reminder, Some(days)) if days > 0 => {
                format!("Planned for {planned}, {} after the message before it.", count(days.unsigned_abs(), "day"))
            }
            _ => {
                let by = self.asked_by.as_ref().map_or_else(String::new, |name| format!(" by {name}"));
                format!("Planned for {planned}, when it was requested{by} {}.", self.asked.inline(today))
            }
        }
    }

    fn why_not_yet(&self, today: NaiveDate) -> String {
        let due = self.due.inline(today);
        if let Some(hold) = self.hold {
            return hold.sentence(self.channel);
        }
        if self.is_due {
            return "It is due, and goes out as soon as its turn comes.".to_owned();
        }
        match self.delay {
            Some(Delay::Window) => format!("Outside of the sending window: it goes out {due}, when the window opens."),
            Some(Delay::Quiet) => {
                format!("Quiet hours where the customer is (until {} their time): it goes out {due}.", self.quiet_until)
            }
            Some(Delay::Order) => format!("It follows the message before it, which left late: it goes out {due}."),
            None if self.attempts > 0 => format!("The last attempt did not get through; the next one is {due}."),
            None if self.due > self.scheduled => format!("Outside of the sending window: it goes out {due}."),
            None => "Its time has not come yet.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    /// 11:00 on Monday, 23 November 2026.
    const NOW: Timestamp = Timestamp(1_795_431_600_000);

    fn waiting(due_in: i64) -> Waiting {
        let local = |at: Timestamp| at.local(&chrono::Utc);
        Waiting {
            channel: Channel::Sms,
            template: Template::Request,
            asked_by: Some("Ana".into()),
            asked: local(NOW),
            why: String::new(),
            days_after: None,
            scheduled: local(NOW),
            due: local(NOW.plus(due_in)),
            is_due: due_in <= 0,
            delay: None,
            hold: None,
            attempts: 0,
            quiet_until: "08:00".into(),
        }
    }

    fn said(waiting: &Waiting) -> String {
        waiting.sentence(NOW.local(&chrono::Utc).date())
    }

    #[test]
    fn staff_read_why_this_time_and_why_not_yet() {
        let planned = "Planned for today 11:00, when it was requested by Ana today 11:00.";
        let hour = Timestamp::HOUR;
        for (waiting, words) in [
            (waiting(0), "It is due, and goes out as soon as its turn comes."),
            (
                Waiting { delay: Some(Delay::Window), ..waiting(hour) },
                "Outside of the sending window: it goes out today 12:00, when the window opens.",
            ),
            (
                Waiting { delay: Some(Delay::Quiet), ..waiting(hour) },
                "Quiet hours where the customer is (until 08:00 their time): it goes out today 12:00.",
            ),
            (
                Waiting { attempts: 1, ..waiting(hour) },
                "The last attempt did not get through; the next one is today 12:00.",
            ),
        ] {
            assert_eq!(said(&waiting), format!("{planned} {words}"));
        }
        let reminder = Waiting { template: Template::Reminder, days_after: Some(3), ..waiting(0) };
        assert!(said(&reminder).starts_with("Planned for today 11:00, 3 days after the message before it."));
    }

    #[test]
    fn a_hold_goes_before_all_else_and_is_read_as_it_is_stored() {
        let mut of = waiting(Timestamp::HOUR);
        of.delay = Some(Delay::Quiet);
        for code in 1..=5 {
            let hold = Hold::from_code(code).unwrap();
            assert_eq!(hold as i16, code);
            assert!(hold.note().starts_with("held: "));
            of.hold = Some(hold);
            assert!(said(&of).contains(" Held: "), "{}", said(&of));
        }
        assert_eq!((Hold::from_code(0), Hold::from_code(9)), (None, None));
    }
}
