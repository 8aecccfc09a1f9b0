//! The conditions about charges.

use super::Condition;
use crate::domain::{
    charge::Money,
    stats::count,
    strategy::{Strategy, Subscription},
};
use chrono::NaiveDate;

/// What is known of a customer's charges; nothing where the strategy does not ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChargeFacts {
    pub number: i64,
    /// How many of them are part of a subscription.
    pub subscriptions: i64,
    /// The day of the last one.
    pub last: Option<NaiveDate>,
    /// Of those in the strategy's currency: how many, and what they come to in its smallest unit.
    pub in_currency: i64,
    pub total: i64,
}

impl ChargeFacts {
    /// Compared without rounding.
    fn is_average_at_least(&self, least: i64) -> bool {
        self.in_currency > 0 && i128::from(self.total) >= i128::from(least) * i128::from(self.in_currency)
    }
}

/// Those about charges that the strategy has.
pub(super) fn conditions(strategy: &Strategy, charges: &ChargeFacts) -> Vec<(Condition, bool)> {
    let chosen = &strategy.conditions;
    let mut all = Vec::new();
    match chosen.subscription {
        Subscription::Any => {}
        Subscription::Subscribers => all.push((Condition::Subscriber, charges.subscriptions > 0)),
        Subscription::Others => all.push((Condition::NotSubscriber, charges.subscriptions == 0)),
    }
    all.extend(chosen.charges.map(|least| (Condition::EnoughCharges, charges.number >= i64::from(least))));
    // Whose charges are all of another currency has paid nothing in this one.
    all.extend(chosen.total.map(|least| (Condition::EnoughTotal, charges.in_currency > 0 && charges.total >= least)));
    all.extend(chosen.average.map(|least| (Condition::EnoughAverage, charges.is_average_at_least(least))));
    all
}

/// What a customer has of what the strategy asks of charges, for a sentence: `a subscriber, 3 charges, 120.00 EUR in all`. None where
/// it asks nothing.
pub fn charges_words(strategy: &Strategy, charges: &ChargeFacts) -> Option<String> {
    let chosen = &strategy.conditions;
    let money = |amount| Money { amount, currency: chosen.currency };
    let words = conditions(strategy, charges).into_iter().filter_map(|(condition, _)| match condition {
        Condition::Subscriber if charges.subscriptions > 0 => Some("a subscriber".to_owned()),
        Condition::Subscriber | Condition::NotSubscriber if charges.subscriptions == 0 => {
            Some("no subscriber".to_owned())
        }
        Condition::NotSubscriber => Some("a subscriber".to_owned()),
        Condition::EnoughCharges => Some(count(charges.number.unsigned_abs(), "charge")),
        Condition::EnoughTotal => Some(format!("{} in all", money(charges.total))),
        Condition::EnoughAverage if charges.in_currency > 0 => {
            Some(format!("{} on average", money(charges.total / charges.in_currency)))
        }
        _ => None,
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::strategy::Conditions;

    fn paid(number: i64, total: i64, subscriptions: i64) -> ChargeFacts {
        ChargeFacts { number, subscriptions, last: None, in_currency: number, total }
    }

    #[test]
    fn each_condition_about_charges_counts_by_itself_and_is_said() {
        let none = Conditions::default();
        let unpaid = ChargeFacts::default();
        for (chosen, facts, unmet_one, words) in [
            (none, unpaid, None, None),
            (
                Conditions { subscription: Subscription::Subscribers, ..none },
                paid(1, 1, 0),
                Some(Condition::Subscriber),
                Some("no subscriber"),
            ),
            (Conditions { subscription: Subscription::Subscribers, ..none }, paid(1, 1, 1), None, Some("a subscriber")),
            (
                Conditions { subscription: Subscription::Others, ..none },
                paid(1, 1, 1),
                Some(Condition::NotSubscriber),
                Some("a subscriber"),
            ),
            (Conditions { subscription: Subscription::Others, ..none }, unpaid, None, Some("no subscriber")),
            (Conditions { charges: Some(3), ..none }, paid(2, 1, 0), Some(Condition::EnoughCharges), Some("2 charges")),
            (
                Conditions { total: Some(1_000), ..none },
                paid(2, 999, 0),
                Some(Condition::EnoughTotal),
                Some("9.99 USD in all"),
            ),
            (
                Conditions { total: Some(1_000), average: Some(500), ..none },
                paid(2, 1_000, 0),
                None,
                Some("10.00 USD in all, 5.00 USD on average"),
            ),
            // 3.335 on average is not 3.34.
            (
                Conditions { average: Some(334), ..none },
                paid(2, 667, 0),
                Some(Condition::EnoughAverage),
                Some("3.33 USD on average"),
            ),
            (Conditions { average: Some(1), ..none }, unpaid, Some(Condition::EnoughAverage), None),
        ] {
            let strategy = Strategy { conditions: chosen, ..Strategy::default() };
            let unmet = conditions(&strategy, &facts).into_iter().find(|(_, is_met)| !is_met).map(|(unmet, _)| unmet);
            assert_eq!(unmet, unmet_one, "{chosen:?}");
            assert_eq!(charges_words(&strategy, &facts).as_deref(), words, "{chosen:?}");
        }
    }

    proptest::proptest! {
        /// More charges of at least the average never make a condition unmet that was met.
        #[test]
        fn who_pays_more_stays_among_those_who_are_asked(
            number in 1_i64..50, average in 0_i64..100_000, least in 0_i64..100_000, more in 0_i64..100_000,
        ) {
                let chosen = Conditions { charges: Some(3), total: Some(least), average: Some(least), ..Conditions::default() };
            let strategy = Strategy { conditions: chosen, ..Strategy::default() };
            let is_met = |number, total| conditions(&strategy, &paid(number, total, 0)).iter().all(|(_, is_met)| *is_met);
            let total = number * average;
            if is_met(number, total) {
                proptest::prop_assert!(is_met(number + 1, total + average + more));
            }
            proptest::prop_assert_eq!(is_met(number, total), number >= 3 && total >= least && average >= least);
        }
    }
}
