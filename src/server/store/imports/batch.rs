//! Adds and updates customers by hundreds, in one transaction.

use crate::{
    domain::{
        ChargeId, CustomerId, LocationId, ProjectId, Timestamp,
        charge::NewCharge,
        customer::{CustomerForm, TAGS_MAX},
        message::Channel,
    },
    server::store::{
        charges,
        customers::search_text,
        db::{Query, Tx},
        dialect, erasure,
        id::NewId,
        search,
    },
};
use std::collections::{HashMap, HashSet};

/// Rows of one statement that writes: always as many, so that it is prepared once.
const ROWS: usize = 100;

/// What a row of the file says of a customer. Empty fields say nothing.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Checked, with the phone in E.164. Its location is that of `location`.
    pub form: CustomerForm,
    pub location: Option<LocationId>,
    pub tags: Vec<String>,
    /// The date of the visit, in days since 1970-01-01.
    pub visited_on: Option<i32>,
    pub charge: Option<NewCharge>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Added,
    Updated,
    /// The customer had all of it.
    Unchanged,
    /// The address or number is one of a person who was erased.
    Erased(Channel),
    /// The row is of a new customer and has no name.
    NoName,
    /// The customer would have too many tags.
    ManyTags,
    /// The email address is one customer's, and the phone number another's: their names.
    TwoCustomers {
        by_email: String,
        by_phone: String,
    },
}

/// A customer that the rows name.
struct Known {
    id: CustomerId,
    form: CustomerForm,
    location: Option<LocationId>,
    visited_on: Option<i32>,
    tags: Vec<String>,
    is_new: bool,
    is_changed: bool,
    /// Whether what messages are found by, or sent to, is another.
    is_renamed: bool,
}

/// The customers of a batch, as they are after the rows that were decided.
#[derive(Default)]
struct Batch<'a> {
    all: Vec<Known>,
    by_email: HashMap<String, usize>,
    by_phone: HashMap<String, usize>,
    tags: Vec<(CustomerId, String)>,
    /// New ones.
    charges: Vec<(ChargeId, CustomerId, &'a NewCharge)>,
    /// External ids that charges have.
    charge_ids: HashSet<String>,
    /// Rows with an address of a person who was erased.
    erased: HashMap<usize, Channel>,
}

/// What became of some rows.
pub struct Written {
    /// In their order.
    pub fates: Vec<Fate>,
    /// Their customers, in the same order; None for a row that was refused.
    pub customers: Vec<Option<CustomerId>>,
    /// How many charges they brought.
    pub charges: u32,
}

/// Adds and updates the customers that `rows` name, as if one after the other. An email address or a phone number tells whether a
/// customer is known; the project must have been touched. A charge whose external id another
/// one has is there already.
pub async fn write(tx: &mut Tx, project: ProjectId, rows: &[&Wanted], now: Timestamp) -> sqlx::Result<Written> {
    let mut batch = Batch::default();
    batch.look_up(tx, project, rows).await?;
    let erased = std::mem::take(&mut batch.erased);
    let (mut fates, mut customers) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (place, row) in rows.iter().enumerate() {
        let (fate, customer) = match erased.get(&place) {
            Some(channel) => (Fate::Erased(*channel), None),
            None => batch.decide(row),
        };
        fates.push(fate);
        customers.push(customer);
    }
    batch.write_customers(tx, project, now).await?;
    batch.write_tags(tx, project).await?;
    charges::insert(tx, project, &batch.charges, now).await?;
    let renamed: Vec<CustomerId> =
        batch.all.iter().filter(|known| known.is_renamed && !known.is_new).map(|known| known.id).collect();
    if !renamed.is_empty() {
        readdress(tx, project, &renamed).await?;
        search::refresh_customers(tx, project, &renamed).await?;
    }
    Ok(Written { fates, customers, charges: u32::try_from(batch.charges.len()).unwrap_or(u32::MAX) })
}

impl<'a> Batch<'a> {
    async fn look_up(&mut self, tx: &mut Tx, project: ProjectId, rows: &[&Wanted]) -> sqlx::Result<()> {
        type Found = (CustomerId, String, String, String, String, Option<LocationId>, Option<i32>);
        let mut seen = HashSet::new();
        let emails = rows.iter().map(|row| row.form.email.as_str()).filter(|email| !email.is_empty());
        let phones = rows.iter().map(|row| row.form.phone.as_str()).filter(|phone| !phone.is_empty());
        for (column, values) in [("email", emails.collect::<Vec<_>>()), ("phone", phones.collect())] {
            if values.is_empty() {
                continue;
            }
            let mut query = Query::new(
                "select id, name, company, email, phone, location_id, visited_on from customer where project_id = ",
            );
            query.push_bind(project).push(" and ").push(column);
            dialect::push_any_text(&mut query, &values);
            query.push(" and ").push(column).push(" <> ''");
            let found: Vec<Found> = query.build_query_as().fetch_all(&mut **tx).await?;
            for (id, name, company, email, phone, location, visited_on) in found {
                if seen.insert(id) {
                    let form = CustomerForm { name, company, email, phone, ..CustomerForm::default() };
                    self.add(Known { is_new: false, is_changed: false, ..Known::new(id, form, location, visited_on) });
                }
            }
        }
        let ids: Vec<&str> =
            rows.iter().filter_map(|row| row.charge.as_ref()).map(|charge| charge.external_id.as_str()).collect();
        self.charge_ids = charges::known_ids(tx, project, &ids).await?;
        self.erased = erased(tx, project, rows).await?;
        if !rows.iter().all(|row| row.tags.is_empty()) && !self.all.is_empty() {
            let mut query = Query::new("select customer_id, tag from customer_tag where project_id = ");
            query.push_bind(project);
            push_ids(&mut query, self.all.iter().map(|known| known.id));
            let found: Vec<(CustomerId, String)> =
                query.build_query_as().persistent(false).fetch_all(&mut **tx).await?;
            let places: HashMap<CustomerId, usize> = self.all.iter().enumerate().map(|(i, k)| (k.id, i)).collect();
            for (id, tag) in found {
                self.all[places[&id]].tags.push(tag);
            }
        }
        Ok(())
    }

    fn add(&mut self, known: Known) {
        let place = self.all.len();
        self.name(&known.form, place);
        self.all.push(known);
    }

    /// Makes a customer known by these addresses.
    fn name(&mut self, form: &CustomerForm, place: usize) {
        for (names, name) in [(&mut self.by_email, &form.email), (&mut self.by_phone, &form.phone)] {
            if !name.is_empty() {
                names.entry(name.clone()).or_insert(place);
            }
        }
    }

    /// What becomes of a row, and whose it is.
    fn decide(&mut self, row: &'a Wanted) -> (Fate, Option<CustomerId>) {
        let by_email = self.by_email.get(&row.form.email).copied();
        let by_phone = self.by_phone.get(&row.form.phone).copied();
        let place = match (by_email, by_phone) {
            (Some(email), Some(phone)) if email != phone => {
                let name = |place: usize| self.all[place].form.name.clone();
                return (Fate::TwoCustomers { by_email: name(email), by_phone: name(phone) }, None);
            }
            (found, None) | (_, found) => found,
        };
        match place {
            Some(place) => (self.update(place, row), Some(self.all[place].id)),
            None if row.form.name.is_empty() => (Fate::NoName, None),
            None => {
                let known = Known::new(CustomerId::new(), row.form.clone(), row.location, row.visited_on);
                self.tags.extend(row.tags.iter().map(|tag| (known.id, tag.clone())));
                self.charge(known.id, row);
                let id = known.id;
                self.add(Known { tags: row.tags.clone(), ..known });
                (Fate::Added, Some(id))
            }
        }
    }

    /// Whether the row brings a charge that is new.
    fn charge(&mut self, customer: CustomerId, row: &'a Wanted) -> bool {
        let Some(charge) = &row.charge else { return false };
        let is_new = charge.external_id.is_empty() || self.charge_ids.insert(charge.external_id.clone());
        if is_new {
            self.charges.push((ChargeId::new(), customer, charge));
        }
        is_new
    }

    fn update(&mut self, place: usize, row: &'a Wanted) -> Fate {
        let known = &mut self.all[place];
        let is_lacking = |tag: &&String| !known.tags.iter().any(|has| has.eq_ignore_ascii_case(tag));
        let tags: Vec<String> = row.tags.iter().filter(is_lacking).cloned().collect();
        if known.tags.len() + tags.len() > TAGS_MAX {
            return Fate::ManyTags;
        }
        let before = known.form.clone();
        for (has, wanted) in [
            (&mut known.form.name, &row.form.name),
            (&mut known.form.company, &row.form.company),
            (&mut known.form.email, &row.form.email),
            (&mut known.form.phone, &row.form.phone),
        ] {
            if !wanted.is_empty() {
                has.clone_from(wanted);
            }
        }
        let location = row.location.or(known.location);
        let visited_on = row.visited_on.or(known.visited_on);
        let is_renamed = known.form != before;
        let is_changed = is_renamed || (location, visited_on) != (known.location, known.visited_on);
        let id = known.id;
        let has_paid = self.charge(id, row);
        if !is_changed && tags.is_empty() {
            return if has_paid { Fate::Updated } else { Fate::Unchanged };
        }
        let known = &mut self.all[place];
        known.is_changed |= is_changed;
        known.is_renamed |= is_renamed;
        (known.location, known.visited_on) = (location, visited_on);
        self.tags.extend(tags.iter().map(|tag| (known.id, tag.clone())));
        known.tags.extend(tags);
        let after = known.form.clone();
        if after.email != before.email {
            self.by_email.remove(&before.email);
        }
        if after.phone != before.phone {
            self.by_phone.remove(&before.phone);
        }
        self.name(&after, place);
        Fate::Updated
    }

    /// A row that is there is changed by the same statement.
    async fn write_customers(&self, tx: &mut Tx, project: ProjectId, now: Timestamp) -> sqlx::Result<()> {
        let changed: Vec<&Known> = self.all.iter().filter(|known| known.is_new || known.is_changed).collect();
        for some in changed.chunks(ROWS) {
            let mut query = Query::new(
                "insert into customer (project_id, id, location_id, name, company, email, phone, visited_on, search_text,
                    created_at) ",
            );
            query.push_values(some, |mut row, known| {
                row.push_bind(project).push_bind(known.id).push_bind(known.location);
                row.push_bind(known.form.name.as_str()).push_bind(known.form.company.as_str());
                row.push_bind(known.form.email.as_str()).push_bind(known.form.phone.as_str());
                row.push_bind(known.visited_on).push_bind(search_text(&known.form)).push_bind(now);
            });
            query.push(
                " on conflict (project_id, id) do update set location_id = excluded.location_id, name = excluded.name,
                    company = excluded.company, email = excluded.email, phone = excluded.phone, visited_on = excluded.visited_on,
                    search_text = excluded.search_text",
            );
            query.build().persistent(some.len() == ROWS).execute(&mut **tx).await?;
        }
        Ok(())
    }

    async fn write_tags(&self, tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
        for some in self.tags.chunks(ROWS) {
            let mut query = Query::new("insert into customer_tag (project_id, customer_id, tag) ");
            query.push_values(some, |mut row, (id, tag)| {
                row.push_bind(project).push_bind(*id).push_bind(tag.as_str());
            });
            query.push(" on conflict do nothing");
            query.build().persistent(some.len() == ROWS).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

impl Known {
    fn new(id: CustomerId, form: CustomerForm, location: Option<LocationId>, visited_on: Option<i32>) -> Self {
        Self { id, form, location, visited_on, tags: Vec::new(), is_new: true, is_changed: true, is_renamed: false }
    }
}

/// Which rows have an address of a person who was erased.
async fn erased(tx: &mut Tx, project: ProjectId, rows: &[&Wanted]) -> sqlx::Result<HashMap<usize, Channel>> {
    let Some(key) = erasure::Key::of(tx, project).await? else { return Ok(HashMap::new()) };
    let addresses = rows.iter().enumerate().flat_map(|(place, row)| {
        [(place, Channel::Email, row.form.email.as_str()), (place, Channel::Sms, row.form.phone.as_str())]
    });
    let addresses: Vec<(usize, Channel, &str)> = addresses.filter(|(.., address)| !address.is_empty()).collect();
    Ok(key.known(tx, project, &addresses).await?.into_iter().collect())
}

/// ` and customer_id in (…)`.
fn push_ids(query: &mut Query, ids: impl Iterator<Item = CustomerId>) {
    query.push(" and customer_id in (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    query.push(")");
}

/// Unsent and canceled messages take their customers' new addresses, as when a customer is edited.
async fn readdress(tx: &mut Tx, project: ProjectId, ids: &[CustomerId]) -> sqlx::Result<()> {
    for (channel, column) in [(Channel::Email, "email"), (Channel::Sms, "phone")] {
        let address = format!(
            "(select c.{column} from customer c where c.project_id = message.project_id and c.id = message.customer_id)"
        );
        let mut query = Query::new("update message set recipient = ");
        query.push(&address).push(", hold = 0, version = version + 1 where project_id = ").push_bind(project);
        query
            .push(" and channel = ")
            .push_bind(channel)
            .push(" and state in (0, 4) and recipient <> '' and recipient <> ")
            .push(&address);
        query.push(" and ").push(&address).push(" <> ''");
        push_ids(&mut query, ids.iter().copied());
        query.build().persistent(false).execute(&mut **tx).await?;
    }
    Ok(())
}
