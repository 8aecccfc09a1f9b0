//! What customers paid: amounts that are exact, and the form that adds a charge.

mod money;

pub use money::{AMOUNT_MAX, Currency, Money};

use super::{AppError, AppResult, ChargeId, contact::parse_line};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// The longest external id, in characters.
pub const EXTERNAL_ID_MAX: usize = 100;

/// A charge, as a profile shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub id: ChargeId,
    pub on: NaiveDate,
    /// `1,234.50 EUR`
    pub money: String,
    pub is_subscription: bool,
    /// Empty for none.
    pub external_id: String,
}

/// A customer's charges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charges {
    /// The newest first, at most [`Charges::SHOWN`].
    pub newest: Vec<Charge>,
    /// How many there are.
    pub number: u64,
    /// Of each currency: the total and the average, in words.
    pub sums: Vec<(String, String)>,
    /// In which the form begins: that of the last charge, else the strategy's.
    pub currency: String,
}

impl Charges {
    pub const SHOWN: usize = 50;
}

/// The form of a charge, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChargeForm {
    pub amount: String,
    pub currency: String,
    /// `YYYY-MM-DD`
    pub on: String,
    pub subscription: bool,
    pub external_id: String,
}

/// A charge that is to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCharge {
    pub on: NaiveDate,
    pub money: Money,
    pub is_subscription: bool,
    /// Empty for none.
    pub external_id: String,
}

impl ChargeForm {
    /// # Errors
    /// `Invalid`, with the field that is wrong.
    pub fn check(&self, default: Currency) -> AppResult<NewCharge> {
        let money = Money::parse(("amount", "currency"), &self.amount, &self.currency, default)?;
        let on: Option<NaiveDate> = self.on.trim().parse().ok();
        let on = on.filter(|day| (1970..2200).contains(&day.year()));
        let on = on.ok_or_else(|| AppError::invalid("on", "Write a date such as 2026-11-24."))?;
        let external_id = parse_line("external_id", "The external ID", &self.external_id, EXTERNAL_ID_MAX)?;
        Ok(NewCharge { on, money, is_subscription: self.subscription, external_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let usd = Currency::default();
        let good = ChargeForm { amount: "49.90".into(), on: "2026-11-24".into(), ..ChargeForm::default() };
        assert_eq!(good.check(usd).unwrap().money.to_string(), "49.90 USD");
        for (form, field) in [
            (ChargeForm { amount: "".into(), ..good.clone() }, "amount"),
            (ChargeForm { amount: "many".into(), ..good.clone() }, "amount"),
            (ChargeForm { currency: "XYZ".into(), ..good.clone() }, "currency"),
            (ChargeForm { on: "24.11.2026".into(), ..good.clone() }, "on"),
            (ChargeForm { external_id: "x".repeat(101), ..good.clone() }, "external_id"),
        ] {
            assert!(form.check(usd).unwrap_err().for_field(field).is_some(), "{form:?}");
        }
    }
}
