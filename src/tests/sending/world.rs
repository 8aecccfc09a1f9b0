//! A project with customers and messages that are due, and a fixed clock.

use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, RequestId, Timestamp,
        ask::Ask,
        message::{Channel, EventKind},
        status::{State, Status},
    },
    server::{
        delivery::{Transports, memory::Memory},
        requests,
        store::{
            self, Db,
            guard::Manager,
            id::NewId,
            queue::{
                claim::{Claim, claim},
                lanes,
            },
            touch,
        },
    },
    tests::database::{self, Fresh},
};

/// Monday, 23 November 2026, 12:00 in Berlin.
pub const NOW: Timestamp = Timestamp(1_795_431_600_000);
pub const BASE: &str = "https://reviews.example.com";

pub struct World {
    pub db: Db,
    pub manager: Manager,
    pub project: ProjectId,
    pub transports: Transports,
    pub memory: Memory,
    fresh: Fresh,
}

/// A message as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredMessage {
    pub state: State,
    pub status: Status,
    pub due_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub failure_code: Option<String>,
    pub failure_text: Option<String>,
    pub lease_until: Option<Timestamp>,
    pub generation: i32,
    pub attempts: i32,
    pub first_attempt_at: Option<Timestamp>,
    pub day: i32,
}

impl World {
    pub async fn new() -> Self {
        let fresh = database::fresh().await;
        let db = fresh.db.clone();
        let project = ProjectId::new();
        let mut tx = db.begin().await.unwrap();
        sqlx::query("insert into project (id, number, slug, name, time_zone, quiet_sms, created_at) values ($1, 1, 'cup', 'Cup & Saucer', 'Europe/Berlin', 0, 0)")
            .bind(project)
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("insert into project_change (project_id, version) values ($1, 0)")
            .bind(project)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let manager = store::projects::system(&db, project).await.unwrap();
        let (transports, memory) = Transports::memory(BASE).unwrap();
        Self { db, manager, project, transports, memory, fresh }
    }

    /// To open the database as another process does.
    pub fn url(&self) -> &str {
        &self.fresh.url
    }

    pub async fn customer(&self, name: &str, email: &str, phone: &str) -> CustomerId {
        let id = CustomerId::new();
        let mut tx = self.db.begin().await.unwrap();
        sqlx::query(
            "insert into customer (project_id, id, name, email, phone, search_text, created_at) values ($1, $2, $3, $4, $5, '', 0)",
        )
        .bind(self.project)
        .bind(id)
        .bind(name)
        .bind(email)
        .bind(phone)
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn ask(&self, customer: CustomerId, channels: &[Channel], reminders: u8) -> RequestId {
        let ask = Ask { channels: channels.to_vec(), reminders: vec![3; reminders.into()], at: None };
        requests::create(&self.manager, customer, &ask, BASE, NOW).await.unwrap().id
    }

    /// One message that is due now.
    pub async fn due(&self, channel: Channel) -> MessageId {
        let customer = self.customer("Ana Ruiz", "ana@example.com", "+12075550100").await;
        let request = self.ask(customer, &[channel], 0).await;
        self.messages(request).await[0]
    }

    /// Emails to one customer that are due now.
    pub async fn many_due(&self, count: usize) -> Vec<MessageId> {
        let ana = self.customer("Ana Ruiz", "ana@example.com", "").await;
        let mut ids = Vec::new();
        for _ in 0..count {
            let request = self.ask(ana, &[Channel::Email], 0).await;
            ids.extend(self.messages(request).await);
        }
        ids
    }

    pub async fn messages(&self, request: RequestId) -> Vec<MessageId> {
        sqlx::query_scalar(
            "select id from message where project_id = $1 and request_id = $2 order by scheduled_at, channel",
        )
        .bind(self.project)
        .bind(request)
        .fetch_all(self.db.read())
        .await
        .unwrap()
    }

    pub async fn stored(&self, id: MessageId) -> StoredMessage {
        self.stored_of(&self.manager, id).await
    }

    /// Of this project.
    pub async fn stored_of(&self, shop: &Manager, id: MessageId) -> StoredMessage {
        sqlx::query_as("select * from message where project_id = $1 and id = $2")
            .bind(shop.project)
            .bind(id)
            .fetch_one(self.db.read())
            .await
            .unwrap()
    }

    pub async fn kinds(&self, id: MessageId) -> Vec<EventKind> {
        sqlx::query_scalar("select kind from message_event where project_id = $1 and message_id = $2 order by at, id")
            .bind(self.project)
            .bind(id)
            .fetch_all(self.db.read())
            .await
            .unwrap()
    }

    pub async fn outcomes(&self, id: MessageId) -> Vec<Option<String>> {
        sqlx::query_scalar(
            "select outcome from send_attempt where project_id = $1 and message_id = $2 order by generation",
        )
        .bind(self.project)
        .bind(id)
        .fetch_all(self.db.read())
        .await
        .unwrap()
    }

    pub async fn count(&self, condition: &'static str) -> i64 {
        let mut query = store::db::Query::new("select count(*) from message where ");
        query.push(condition);
        query.build_query_scalar().fetch_one(self.db.read()).await.unwrap()
    }

    /// Changes one message directly in the database.
    pub async fn change(&self, id: MessageId, set: &'static str) -> u64 {
        let mut tx = self.db.begin().await.unwrap();
        touch(&mut tx, self.project).await.unwrap();
        let mut query = store::db::Query::new("update message set ");
        query.push(set).push(if set.contains(" where ") { " and id = " } else { " where id = " }).push_bind(id);
        let changed = query.build().execute(&mut *tx).await.unwrap().rows_affected();
        tx.commit().await.unwrap();
        changed
    }
}

/// Claims as a worker does that is idle.
pub async fn claim_all(db: &Db, now: Timestamp) -> sqlx::Result<Claim> {
    claim(db, &lanes::due(db, now).await?, &[], 100, now).await
}
