//! Charges of customers, as staff add and remove them.

use super::{
    clock,
    store::{charges, guard::Operator, strategy},
};
use crate::domain::{AppResult, ChargeId, CustomerId, charge::ChargeForm, done::Done};

pub async fn add(operator: &Operator, customer: CustomerId, form: &ChargeForm) -> AppResult<Done> {
    let default = strategy::kept(operator).await?.strategy.conditions.currency;
    let charge = form.check(default)?;
    charges::add(operator, customer, &charge, clock::now()).await?;
    Ok(Done::new(format!("Charge of {} added.", charge.money)))
}

pub async fn remove(operator: &Operator, customer: CustomerId, id: ChargeId) -> AppResult<Done> {
    charges::remove(operator, customer, id).await?;
    Ok(Done::new("Charge removed."))
}
