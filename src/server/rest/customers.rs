//! Customers by their addresses: added where there is none, else changed, by the rules of an import's row.

use super::{Answer, Once};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, Timestamp,
        customer::{CustomerForm, CustomerRow, parse_tags},
        error::Problems,
    },
    server::{
        import, phone,
        store::{
            answers::{self, Begun},
            customers,
            db::Tx,
            guard::{Operator, day_number},
            imports::{self, Fate, Wanted},
        },
    },
};

/// What is said of a customer who is named by an address. Empty fields say nothing.
#[derive(Clone, Debug, Default)]
pub struct Named {
    pub form: CustomerForm,
    /// They are added to those that the customer has.
    pub tags: Vec<String>,
}

/// Whom a request is about.
#[derive(Clone, Debug)]
pub enum Whom {
    Known(CustomerId),
    Named(Box<Named>),
}

/// Adds a customer, or changes the one who has the address. `answer` gives the JSON of the customer, who is new or not, with its
/// status.
///
/// # Errors
/// `Invalid` for a field that is wrong, `NotFound` where nobody has the address and no name is given, and for an unknown location;
/// `Conflict` where the email address is one customer's and the phone number another's, and where there would be too many tags.
pub async fn put(
    operator: &Operator,
    named: &Named,
    once: Option<&Once>,
    now: Timestamp,
    answer: impl FnOnce(&CustomerRow, bool) -> Answer,
) -> AppResult<Answer> {
    let named = checked(named)?;
    let mut tx = match answers::begin(operator, once, now).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::New(tx) => tx,
    };
    let (id, is_new) = put_in(&mut tx, operator, named, now).await?;
    let row = customers::one_in(&mut tx, operator, id).await?;
    let answer = answer(&row, is_new);
    answers::commit(operator, tx, once, id, &answer, now).await?;
    Ok(answer)
}

/// The same with the phone number in E.164.
pub(super) fn checked(named: &Named) -> AppResult<Named> {
    let mut problems = Problems::default();
    let form = problems.take(named.form.check_given());
    let phone = problems.take(phone::parse("phone", &named.form.phone));
    let tags = problems.take(parse_tags(&named.tags.join(",")));
    if named.form.email.trim().is_empty() && named.form.phone.trim().is_empty() {
        problems.add(AppError::invalid("email", "Give an email address or a phone number."));
    }
    problems.or(Named { form: CustomerForm { phone, ..form }, tags })
}

/// Whom a request is about, in a transaction that has touched the project; what is said of them was checked.
pub(super) async fn find(tx: &mut Tx, operator: &Operator, whom: Whom, now: Timestamp) -> AppResult<CustomerId> {
    match whom {
        Whom::Known(id) => Ok(id),
        Whom::Named(named) => Ok(put_in(tx, operator, *named, now).await?.0),
    }
}

/// The customer, and whether it is a new one.
async fn put_in(tx: &mut Tx, operator: &Operator, named: Named, now: Timestamp) -> AppResult<(CustomerId, bool)> {
    let Named { form, tags } = named;
    let location = customers::known_location(tx, operator, &form).await.map_err(|error| match error {
        AppError::Invalid { .. } => AppError::no_such("location"),
        error => error,
    })?;
    let visited_on = form.visited_on().map(day_number);
    let wanted = Wanted { form, location, tags, visited_on, charge: None };
    let mut written = imports::write(tx, operator.project, &[&wanted], now).await?;
    let (fate, id) = (written.fates.pop(), written.customers.pop().flatten());
    match (fate.as_ref().and_then(refusal), id) {
        (None, Some(id)) => Ok((id, fate == Some(Fate::Added))),
        (refusal, _) => Err(refusal.unwrap_or_else(|| AppError::no_such("customer"))),
    }
}

/// Why it was refused: what is no fault of a field is told apart from what is.
fn refusal(fate: &Fate) -> Option<AppError> {
    match (fate, import::refusal(fate)?) {
        (Fate::NoName, _) => {
            Some(AppError::NotFound("There is no customer with this address. Give a name to add one.".into()))
        }
        (Fate::ManyTags, error) => Some(AppError::Conflict(error.to_string())),
        (_, error) => Some(error),
    }
}
