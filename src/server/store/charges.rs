//! What customers paid. Triggers keep what a customer's charges come to (`charge_sum`).

use super::{
    customers::exists,
    db::{Query, Tx},
    guard::{Operator, Viewer, day_number},
    id::NewId,
    strategy::{self, date},
};
use crate::domain::{
    AppError, AppResult, ChargeId, CustomerId, ProjectId, Timestamp,
    charge::{Charge, Charges, Currency, Money, NewCharge},
};
use std::collections::HashSet;

/// Rows of one statement that writes.
const ROWS: usize = 100;

/// [`add_in`], in a transaction of its own.
pub async fn add(operator: &Operator, customer: CustomerId, charge: &NewCharge, now: Timestamp) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    add_in(&mut tx, operator, customer, charge, now).await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// Adds a charge in a transaction that has touched the project.
///
/// # Errors
/// `NotFound` for an unknown customer, `Conflict` for one who was erased, `Invalid` where the project has a charge with this
/// external id.
pub async fn add_in(
    tx: &mut Tx,
    operator: &Operator,
    customer: CustomerId,
    charge: &NewCharge,
    now: Timestamp,
) -> AppResult<ChargeId> {
    exists(tx, operator, customer).await?;
    if !known_ids(tx, operator.project, &[charge.external_id.as_str()]).await?.is_empty() {
        return Err(AppError::invalid("external_id", "Another charge has this external ID."));
    }
    let id = ChargeId::new();
    insert(tx, operator.project, &[(id, customer, charge)], now).await?;
    Ok(id)
}

/// # Errors
/// `NotFound` if it was removed meanwhile, or is another customer's.
pub async fn remove(operator: &Operator, customer: CustomerId, id: ChargeId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, customer).await?;
    let removed = sqlx::query("delete from charge where project_id = $1 and customer_id = $2 and id = $3")
        .bind(operator.project)
        .bind(customer)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    if removed.rows_affected() == 0 {
        return Err(AppError::no_such("charge"));
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// Adds charges of customers who are there, with external ids that no other charge has.
pub(super) async fn insert(
    tx: &mut Tx,
    project: ProjectId,
    charges: &[(ChargeId, CustomerId, &NewCharge)],
    now: Timestamp,
) -> sqlx::Result<()> {
    for some in charges.chunks(ROWS) {
        let mut query = Query::new(
            "insert into charge (project_id, id, customer_id, charged_on, amount, currency, subscription, external_id, added_at) ",
        );
        query.push_values(some, |mut row, (id, customer, charge)| {
            row.push_bind(project).push_bind(*id).push_bind(*customer);
            row.push_bind(day_number(charge.on)).push_bind(charge.money.amount);
            row.push_bind(charge.money.currency.code().to_owned()).push_bind(i16::from(charge.is_subscription));
            row.push_bind(charge.external_id.as_str()).push_bind(now);
        });
        query.build().persistent(some.len() == ROWS).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Which of these external ids the project's charges have already; an empty one is none.
pub(super) async fn known_ids(tx: &mut Tx, project: ProjectId, ids: &[&str]) -> sqlx::Result<HashSet<String>> {
    let ids: Vec<&str> = ids.iter().copied().filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let mut query = Query::new("select external_id from charge where project_id = ");
    query.push_bind(project).push(" and external_id");
    super::dialect::push_any_text(&mut query, &ids);
    query.push(" and external_id <> ''");
    Ok(query.build_query_scalar().fetch_all(&mut **tx).await?.into_iter().collect())
}

#[derive(sqlx::FromRow)]
struct Stored {
    id: ChargeId,
    charged_on: i32,
    amount: i64,
    currency: String,
    subscription: i16,
    external_id: String,
}

impl From<Stored> for Charge {
    fn from(s: Stored) -> Self {
        Self {
            id: s.id,
            on: date(s.charged_on),
            money: money(s.amount, &s.currency).to_string(),
            is_subscription: s.subscription == 1,
            external_id: s.external_id,
        }
    }
}

fn money(amount: i64, currency: &str) -> Money {
    Money { amount, currency: Currency::from_code(currency).unwrap_or_default() }
}

/// A charge, in a list of those of many customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: ChargeId,
    pub customer: CustomerId,
    pub charge: NewCharge,
    pub added: Timestamp,
}

/// Those that were added before `after`, or all, of one customer or of all; the last added first.
pub async fn list(
    viewer: &Viewer,
    customer: Option<CustomerId>,
    after: Option<ChargeId>,
    limit: usize,
) -> AppResult<Vec<Listed>> {
    type Row = (ChargeId, CustomerId, i32, i64, String, i16, String, Timestamp);
    let mut query = Query::new(
        "select id, customer_id, charged_on, amount, currency, subscription, external_id, added_at from charge
         where project_id = ",
    );
    query.push_bind(viewer.project);
    if let Some(customer) = customer {
        query.push(" and customer_id = ").push_bind(customer);
    }
    if let Some(after) = after {
        query.push(" and id < ").push_bind(after);
    }
    query.push(" order by id desc limit ").push_bind(limit as i64);
    let rows: Vec<Row> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let listed = |(id, customer, on, amount, currency, subscription, external_id, added): Row| Listed {
        id,
        customer,
        charge: NewCharge {
            on: date(on),
            money: money(amount, &currency),
            is_subscription: subscription == 1,
            external_id,
        },
        added,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// What a profile shows of them.
pub(super) async fn of_customer(viewer: &Viewer, customer: CustomerId) -> AppResult<Charges> {
    let newest: Vec<Stored> = sqlx::query_as(
        "select id, charged_on, amount, currency, subscription, external_id from charge
         where project_id = $1 and customer_id = $2 order by charged_on desc, id desc limit $3",
    )
    .bind(viewer.project)
    .bind(customer)
    .bind(Charges::SHOWN as i64)
    .fetch_all(viewer.db.read())
    .await?;
    let last = newest.first().map(|charge| charge.currency.clone());
    let currency = match last {
        Some(currency) => currency,
        None => strategy::kept(viewer).await?.strategy.conditions.currency.into(),
    };
    let sums: Vec<(String, i32, i64)> = sqlx::query_as(
        "select currency, charges, total from charge_sum where project_id = $1 and customer_id = $2 order by currency",
    )
    .bind(viewer.project)
    .bind(customer)
    .fetch_all(viewer.db.read())
    .await?;
    let words = |(currency, charges, total): &(String, i32, i64)| {
        let average = total / i64::from(*charges).max(1);
        (money(*total, currency).to_string(), money(average, currency).to_string())
    };
    Ok(Charges {
        newest: newest.into_iter().map(Charge::from).collect(),
        number: sums.iter().map(|(_, charges, _)| u64::from(charges.unsigned_abs())).sum(),
        sums: sums.iter().map(words).collect(),
        currency,
    })
}
