//! Charges that another system tells of.

use super::{
    Answer, Once, Whom,
    customers::{checked, find},
};
use crate::{
    domain::{AppResult, Timestamp, charge::ChargeForm},
    server::store::{
        answers::{self, Begun},
        charges::{self, Listed},
        guard::Operator,
        strategy,
    },
};

/// Adds a charge of a customer. `answer` gives its JSON with its status.
///
/// # Errors
/// `Invalid` for a field that is wrong, `NotFound` for an unknown customer, `Conflict` for one who was erased, and what
/// [`super::customers::put`] refuses with.
pub async fn add(
    operator: &Operator,
    whom: &Whom,
    form: &ChargeForm,
    once: Option<&Once>,
    now: Timestamp,
    answer: impl FnOnce(&Listed) -> Answer,
) -> AppResult<Answer> {
    let whom = whom.checked()?;
    let default = strategy::kept(operator).await?.strategy.conditions.currency;
    let charge = form.check(default)?;
    let mut tx = match answers::begin(operator, once, now).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::New(tx) => tx,
    };
    let customer = find(&mut tx, operator, whom, now).await?;
    let id = charges::add_in(&mut tx, operator, customer, &charge, now).await?;
    let answer = answer(&Listed { id, customer, charge, added: now });
    answers::commit(operator, tx, once, customer, &answer, now).await?;
    Ok(answer)
}

impl Whom {
    /// With the phone number in E.164.
    pub(super) fn checked(&self) -> AppResult<Self> {
        match self {
            Self::Known(id) => Ok(Self::Known(*id)),
            Self::Named(named) => Ok(Self::Named(Box::new(checked(named)?))),
        }
    }
}
