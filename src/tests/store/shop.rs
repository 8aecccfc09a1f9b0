//! A project with random messages of every kind, from a fixed seed, and the same messages as plain values: tests compute
//! from these what a page must show, without the store.

use crate::{
    domain::{
        CustomerId, LocationId, MessageId, ProjectId, RequestId, Timestamp,
        content::Content,
        customer::CustomerForm,
        filter::{Direction, MessageFilter, Sort, StatusFilter},
        message::{CancelCause, Channel, FailureCode, Template},
        role::Role,
        status::{Facts, Status},
    },
    server::{
        demo::chance::Chance,
        projects,
        store::{
            self, Db, customers,
            db::{Query, Tx},
            guard::{Manager, day_number},
            id::NewId,
            new_message::{self, Canceled, NewMessage, Past},
            people,
            projects::Start,
            search,
            sessions::{self, NewSession},
        },
    },
    tests::database::{self, Fresh},
};
use std::cmp::Reverse;

/// Monday, 23 November 2026, 12:00 in Berlin.
pub const NOW: Timestamp = Timestamp(1_795_431_600_000);

pub struct Shop {
    pub db: Db,
    /// Mia, a person.
    pub manager: Manager,
    pub locations: Vec<LocationId>,
    pub customers: Vec<CustomerId>,
    /// One of each customer, in their order.
    pub requests: Vec<RequestId>,
    _fresh: Fresh,
}

/// Common names, and names that could break a search.
const NAMES: [&str; 12] = [
    "José García",
    "Zoë Ångström",
    "100% Real_Name",
    "back\\slash",
    "O'Brien \"Bob\"",
    "Straße Müller",
    "ΟΔΟΣ Νίκος",
    "Ana Ruiz",
    "ana  ruiz",
    "İpek Çelik",
    "a%b_c",
    "小林 さくら",
];
const COMPANIES: [&str; 4] = ["", "Ruiz & Söhne GmbH", "50%_off \\ Co.", "Café Olé"];
const SUBJECTS: [&str; 4] =
    ["How was your visit?", "50% off_ your \"next\" visit", "C:\\temp\\ñandú", "It's been a week"];

/// A review for some messages of every status. None is of a request, so that it keeps no message from being sent.
const REVIEW_SOME: &str = "insert into review (project_id, id, customer_id, message_id, request_id, rating, text, created_at)
    select m.project_id, m.id, m.customer_id, m.id, null, m.reminder + 1, '', m.scheduled_at from message m where m.template = 2 and m.reminder > 0";

/// A message as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Known {
    pub id: MessageId,
    pub channel: Channel,
    pub template: Template,
    pub status: Status,
    pub location_id: Option<LocationId>,
    pub day: i32,
    pub scheduled_at: i64,
    pub sent_at: Option<i64>,
    pub opened_at: Option<i64>,
    pub clicked_at: Option<i64>,
    pub any_opened_at: Option<i64>,
    pub any_clicked_at: Option<i64>,
    /// The stars of the review that it led to.
    pub rating: Option<i16>,
    name: String,
    email: String,
    phone: String,
    company: String,
    subject: String,
    failure_code: Option<String>,
    failure_text: Option<String>,
}

impl Known {
    /// The texts that a search looks at.
    pub fn texts(&self) -> Vec<String> {
        let reason = self.failure_code.as_deref().map_or("", |c| FailureCode::from_code(c).reason(self.channel));
        let (words, id) = (self.failure_text.clone().unwrap_or_default(), self.id.to_string());
        let fields = [&self.name, &self.email, &self.phone, &self.company, &self.subject].map(Clone::clone);
        fields.into_iter().chain([reason.to_owned(), words, id]).collect()
    }

    /// By brute force: whether a filter lets it through. `q` as [`search::words`] has it.
    pub fn matches(&self, filter: &MessageFilter) -> bool {
        let texts: Vec<String> = self.texts().iter().map(|text| search::normalized(text)).collect();
        let has = |word: &String| texts.iter().any(|text| text.contains(word.as_str()));
        let status = filter.status.is_none_or(|s| match s {
            StatusFilter::Reviewed => self.rating.is_some(),
            StatusFilter::Is(Status::Sent) => self.status.is_sent(),
            StatusFilter::Is(Status::Opened) => self.status.is_sent() && self.opened(filter).is_some(),
            StatusFilter::Is(Status::Clicked) => self.status.is_sent() && self.clicked(filter).is_some(),
            StatusFilter::Is(badge) => self.status == badge,
        });
        status
            && filter.location.is_none_or(|l| self.location_id == Some(l))
            && filter.channel.is_none_or(|c| self.channel == c)
            && filter.template.is_none_or(|t| self.template == t)
            && filter.from.is_none_or(|d| self.day >= day_number(d))
            && filter.to.is_none_or(|d| self.day <= day_number(d))
            && search::words(&filter.q).iter().all(has)
    }

    /// By a person or, where the filter says so, by anybody.
    fn opened(&self, filter: &MessageFilter) -> Option<i64> {
        if filter.machines { self.any_opened_at } else { self.opened_at }
    }

    fn clicked(&self, filter: &MessageFilter) -> Option<i64> {
        if filter.machines { self.any_clicked_at } else { self.clicked_at }
    }

    fn instant(&self, filter: &MessageFilter) -> Option<i64> {
        match filter.sort {
            Sort::Sent => self.sent_at,
            Sort::Scheduled => Some(self.scheduled_at),
            Sort::Opened => self.opened(filter),
            Sort::Clicked => self.clicked(filter),
        }
    }
}

/// By brute force: the rows of a filter in their order.
pub fn expected(known: &[Known], filter: &MessageFilter) -> Vec<MessageId> {
    let mut rows: Vec<&Known> = known.iter().filter(|k| k.matches(filter)).collect();
    let key = |k: &&Known| (k.instant(filter).unwrap_or(k.scheduled_at), k.id);
    match filter.dir {
        Direction::Ascending => rows.sort_by_key(key),
        Direction::Descending => rows.sort_by_key(|k| Reverse(key(k))),
    }
    let (head, tail): (Vec<_>, Vec<_>) = rows.into_iter().partition(|k| k.instant(filter).is_some());
    head.into_iter().chain(tail).map(|k| k.id).collect()
}

impl Shop {
    /// Customers without messages, in three locations and none.
    pub async fn empty(customers: usize) -> Self {
        let fresh = database::fresh().await;
        let db = fresh.db.clone();
        let manager = project(&db, "shop").await;
        let mut tx = db.begin_in(manager.project).await.unwrap();
        let mut locations = Vec::new();
        for name in ["Harbor", "Old Town", "Station"] {
            locations.push(store::projects::add_location(&mut tx, manager.project, name).await.unwrap());
        }
        db.commit(tx, manager.project).await.unwrap();
        let mut shop = Self { db, manager, locations, customers: Vec::new(), requests: Vec::new(), _fresh: fresh };
        for n in 0..customers {
            shop.add_customer(n).await;
        }
        shop
    }

    /// With messages of every kind.
    pub async fn full(customers: usize, messages: usize, chance: &mut Chance) -> Self {
        let shop = Self::empty(customers).await;
        let new: Vec<NewMessage> = (0..messages).map(|_| shop.any_message(chance)).collect();
        shop.insert(&new).await;
        // Opened without being known as sent; and sent after a failure.
        for sql in [
            "update message set status = 2, state = 3, opened_at = failed_at + 60000 where status = 4 and sent_at is null and reminder = 1",
            "update message set sent_at = failed_at - 60000 where status = 4 and sent_at is null and reminder = 2",
            // By machines, also before a person and after the message failed.
            "update message set any_opened_at = scheduled_at + 1000 where reminder in (0, 3) and opened_at is null and status <> 0",
            "update message set any_clicked_at = scheduled_at + 2000 where reminder in (1, 3) and clicked_at is null and status <> 0",
            REVIEW_SOME,
        ] {
            shop.execute(sql).await;
        }
        shop
    }

    async fn add_customer(&mut self, n: usize) {
        let form = CustomerForm {
            name: NAMES[n % NAMES.len()].into(),
            company: COMPANIES[n % COMPANIES.len()].into(),
            email: format!("customer.{n}@example.com"),
            phone: format!("+1555010{n:04}"),
            location: self.locations.get(n % 4).map(ToString::to_string).unwrap_or_default(),
            ..CustomerForm::default()
        };
        let customer = customers::add(&self.manager, &form, NOW).await.unwrap();
        self.customers.push(customer);
        let request = self.add_request(customer, 1).await;
        self.requests.push(request);
    }

    pub async fn add_request(&self, customer: CustomerId, number: i32) -> RequestId {
        let request = RequestId::new();
        let mut tx = self.db.begin_in(self.manager.project).await.unwrap();
        sqlx::query(
            "insert into request (project_id, id, customer_id, number, created_at) values ($1, $2, $3, $4, $5)",
        )
        .bind(self.manager.project)
        .bind(request)
        .bind(customer)
        .bind(number)
        .bind(NOW)
        .execute(&mut *tx)
        .await
        .unwrap();
        self.db.commit(tx, self.manager.project).await.unwrap();
        request
    }

    /// A message of this customer that waits for `scheduled`.
    pub fn message(&self, customer: usize, channel: Channel, scheduled: Timestamp) -> NewMessage {
        let location = self.locations.get(customer % 4).copied();
        let recipient = match channel {
            Channel::Email => format!("customer.{customer}@example.com"),
            Channel::Sms => format!("+1555010{customer:04}"),
        };
        NewMessage {
            id: MessageId::new(),
            customer: self.customers[customer],
            request: self.requests[customer],
            location,
            channel,
            template: Template::Request,
            reminder: 0,
            recipient,
            scheduled,
            day: self.manager.day(scheduled),
            created: NOW.plus(-Timestamp::DAY),
            content: Content { subject: SUBJECTS[0].into(), text: "Hello".into(), html: String::new() },
            why: String::new(),
            token: new_message::token().unwrap(),
            past: Past::default(),
        }
    }

    /// With few distinct times, so that many rows tie.
    fn any_message(&self, chance: &mut Chance) -> NewMessage {
        let customer = chance.between(0, self.customers.len() as i64) as usize;
        let channel = *chance.pick(&Channel::ALL);
        let waits = chance.happens(0.2);
        let quarters = if waits { chance.between(1, 120) } else { chance.between(-800, 0) };
        let mut message = self.message(customer, channel, NOW.plus(quarters * 6 * Timestamp::HOUR));
        message.template = *chance.pick(&Template::ALL);
        message.reminder = chance.between(0, 4) as i16;
        message.location = chance.happens(0.8).then(|| *chance.pick(&self.locations));
        message.content.subject = (*chance.pick(&SUBJECTS)).into();
        if !waits {
            message.past = past(message.scheduled, channel, chance);
            message.day = self.manager.day(message.past.facts.sent.unwrap_or(message.scheduled));
        }
        message
    }

    pub async fn insert(&self, messages: &[NewMessage]) {
        let mut tx = self.db.begin_in(self.manager.project).await.unwrap();
        insert(&mut tx, self.manager.project, messages).await;
        self.db.commit(tx, self.manager.project).await.unwrap();
    }

    pub async fn insert_any(&self, chance: &mut Chance) -> MessageId {
        let message = self.any_message(chance);
        let id = message.id;
        self.insert(&[message]).await;
        id
    }

    /// Runs a statement of the test.
    pub async fn execute(&self, sql: &'static str) {
        let mut tx = self.db.begin_in(self.manager.project).await.unwrap();
        Query::new(sql).build().execute(&mut *tx).await.unwrap();
        self.db.commit(tx, self.manager.project).await.unwrap();
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        Query::new(sql).build_query_scalar().fetch_one(self.db.read()).await.unwrap()
    }

    pub async fn known(&self) -> Vec<Known> {
        sqlx::query_as(
            "select m.id, m.channel, m.template, m.status, m.location_id, m.day, m.scheduled_at, m.sent_at, m.opened_at,
                m.clicked_at, m.any_opened_at, m.any_clicked_at,
                (select v.rating from review v where v.project_id = m.project_id and v.message_id = m.id) as rating,
                c.name, c.email, c.phone, c.company, k.subject, m.failure_code, m.failure_text
             from message m
             join customer c on c.project_id = m.project_id and c.id = m.customer_id
             join message_content k on k.project_id = m.project_id and k.message_id = m.id
             where m.project_id = $1",
        )
        .bind(self.manager.project)
        .fetch_all(self.db.read())
        .await
        .unwrap()
    }

    /// A filter with some of its conditions; without a search.
    pub fn any_filter(&self, chance: &mut Chance) -> MessageFilter {
        let day = |back: i64| self.manager.today(NOW.plus(-back * Timestamp::DAY));
        let from = chance.between(0, 250);
        MessageFilter {
            q: String::new(),
            location: chance.happens(0.25).then(|| *chance.pick(&self.locations)),
            channel: chance.happens(0.25).then(|| *chance.pick(&Channel::ALL)),
            template: chance.happens(0.25).then(|| *chance.pick(&Template::ALL)),
            status: chance.happens(0.6).then(|| *chance.pick(&StatusFilter::ALL)),
            sort: *chance.pick(&Sort::ALL),
            dir: *chance.pick(&[Direction::Ascending, Direction::Descending]),
            from: chance.happens(0.25).then(|| day(from)),
            to: chance.happens(0.25).then(|| day(chance.between(-40, from))),
            machines: chance.happens(0.5),
        }
    }
}

/// Another project of the database, and its manager.
pub async fn project(db: &Db, slug: &str) -> Manager {
    let mut tx = db.begin().await.unwrap();
    let zone = chrono_tz::Europe::Berlin;
    let id = projects::create(&mut tx, slug, slug, zone, Start::Live, NOW).await.unwrap();
    let mia = people::add(&mut tx, &format!("mia@{slug}.example.com"), "Mia", None, NOW).await.unwrap();
    store::projects::set_member(&mut tx, id, mia, Role::Manager, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let token = slug.as_bytes();
    let mia = people::by_id(db, mia).await.unwrap().unwrap();
    let session = NewSession { person: &mia, token_hash: token, browser: "", expires: NOW.plus(Timestamp::DAY) };
    sessions::start(db, &session, None, NOW).await.unwrap();
    people::access(db, token, slug, NOW).await.unwrap().unwrap().viewer.unwrap().manager().unwrap()
}

pub async fn insert(tx: &mut Tx, project: ProjectId, messages: &[NewMessage]) {
    let seq = new_message::reserve(tx, project, messages.len()).await.unwrap();
    new_message::insert(tx, project, seq, messages).await.unwrap();
    search::index(tx, seq..seq + messages.len() as i64).await.unwrap();
}

/// What became of a message that was to be sent `at`.
fn past(at: Timestamp, channel: Channel, chance: &mut Chance) -> Past {
    let later = |n: i64| Some(at.plus(n * Timestamp::HOUR));
    let sent = Facts { sent: Some(at), ..Facts::default() };
    match chance.between(0, 10) {
        0 => Past {
            facts: Facts { canceled: later(-1), ..Facts::default() },
            canceled: Some(canceled()),
            ..Past::default()
        },
        1 | 2 => {
            let code = *chance.pick(&FailureCode::ALL);
            let facts = Facts { failed: later(1), ..Facts::default() };
            Past { facts, failure: Some((code, "550 5.1.1 \"No such user\" 100%_\\ here".into())), ..Past::default() }
        }
        3 => Past { facts: Facts { complained: later(30), ..sent }, ..Past::default() },
        4..=6 => {
            let opened = if channel == Channel::Email { later(chance.between(1, 5)) } else { None };
            let clicked = if chance.happens(0.5) { later(6) } else { None };
            Past { facts: Facts { opened, clicked, ..sent }, ..Past::default() }
        }
        _ => Past { facts: sent, ..Past::default() },
    }
}

fn canceled() -> Canceled {
    Canceled { cause: CancelCause::Staff, by: None, batch: None }
}
