//! What the Strategy page shows.

use super::{Automate, Strategy, verdict::Condition};
use crate::domain::{
    CustomerId, LocalTime,
    message::Channel,
    schedule::{Country, Opening},
    stats::count,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyPage {
    pub automate: Automate,
    pub strategy: Strategy,
    pub opening: Opening,
    /// The countries whose public holidays are known, by name.
    pub countries: Vec<(Country, String)>,
    /// The next public holidays on which nothing leaves; none where they are days like others.
    pub next_holidays: Vec<NaiveDate>,
    /// The first day that counts, while it is on or paused.
    pub since: NaiveDate,
    /// Who changed the strategy last, and when.
    pub changed: Option<(LocalTime, String)>,
    /// From which days on customers may be asked, and how many that would be; while it is off.
    pub choices: Vec<Choice>,
    /// What is planned for the next thirty days, today first.
    pub days: Vec<DayLoad>,
    /// Set while the project's sending is paused: since when, and by whom.
    pub paused: Option<(LocalTime, String)>,
    /// Why customers are not asked, and how many; counted up to [`StrategyPage::COUNTED_MOST`].
    pub not_asked: Vec<(Condition, u32)>,
    /// How many customers are still to be looked at; counted likewise.
    pub to_look_at: u32,
    pub link_days: Option<u16>,
    /// The project's version, read before the rest.
    pub version: i64,
}

impl StrategyPage {
    pub const COUNTED_MOST: u32 = 10_000;
}

/// `1,234 customers`, or `more than 10,000 customers`.
pub fn up_to(n: u32, noun: &str) -> String {
    if n > StrategyPage::COUNTED_MOST {
        format!("more than {}", count(StrategyPage::COUNTED_MOST.into(), noun))
    } else {
        count(n.into(), noun)
    }
}

/// A first day that staff may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// None for all customers.
    pub days: Option<u16>,
    pub since: NaiveDate,
    /// How many customers would be asked; counted up to [`StrategyPage::COUNTED_MOST`].
    pub customers: u32,
    /// When the first message would go out.
    pub first: Option<LocalTime>,
}

/// Messages that are planned for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLoad {
    pub day: NaiveDate,
    pub email: u32,
    pub sms: u32,
}

impl DayLoad {
    pub fn all(self) -> u32 {
        self.email + self.sms
    }
}

/// Which customers the list **Not asked, and why** shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reason {
    /// All that were looked at and are not asked.
    #[default]
    Any,
    Unmet(Condition),
    /// Those who are still to be looked at.
    Waiting,
}

impl Reason {
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Any].into_iter().chain(Condition::ALL.map(Self::Unmet)).chain([Self::Waiting])
    }

    /// As in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Unmet(condition) => condition.slug(),
            Self::Waiting => "waiting",
        }
    }

    /// What cannot be read is [`Reason::Any`].
    pub fn from_slug(slug: &str) -> Self {
        Self::all().find(|reason| reason.slug() == slug).unwrap_or_default()
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "Any reason",
            Self::Unmet(condition) => condition.unmet(),
            Self::Waiting => "Not looked at yet",
        }
    }
}

/// A customer whom the strategy has not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAsked {
    pub id: CustomerId,
    pub name: String,
    /// None where the customer is still to be looked at.
    pub condition: Option<Condition>,
}

impl NotAsked {
    pub fn words(&self) -> &'static str {
        self.condition.map_or(Reason::Waiting, Reason::Unmet).words()
    }
}

/// The list **Not asked, and why**.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAskedPage {
    pub customers: Vec<NotAsked>,
    /// Whether the strategy is off: what is listed is then from when it was on.
    pub is_off: bool,
    /// What the next page is after.
    pub next: Option<String>,
    pub version: i64,
}

/// What the strategy would do for one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub name: String,
    /// Each condition, and whether it is met.
    pub conditions: Vec<(Condition, bool)>,
    /// What would be sent, in the order in which it goes out: the first run, the retries, the thank-yous.
    pub messages: Vec<PreviewMessage>,
}

impl Preview {
    /// Whether the strategy would ask the customer, and why not.
    pub fn verdict(&self) -> String {
        let unmet = self.conditions.iter().filter(|(_, is_met)| !is_met).map(|(condition, _)| match condition {
            // The strategy itself may have done it.
            Condition::NotAsked => "Asked already",
            condition => condition.unmet(),
        });
        let mut reasons: Vec<_> = unmet.collect();
        if reasons.is_empty() && self.messages.is_empty() {
            reasons.push(Condition::WithinLimits.unmet());
        }
        match reasons.as_slice() {
            [] => "This customer is asked.".to_owned(),
            reasons => format!("This customer is not asked. {}.", reasons.join(". ")),
        }
    }
}

/// When a message of a preview would go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PreviewWhen {
    At(LocalTime),
    /// At about that time, if the customer has given no rating by then.
    WithoutRating(LocalTime),
    AfterReview,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewMessage {
    pub channel: Channel,
    /// `Reminder 1`
    pub what: String,
    pub when: PreviewWhen,
    pub why: String,
    /// Empty for SMS.
    pub subject: String,
    pub text: String,
}
