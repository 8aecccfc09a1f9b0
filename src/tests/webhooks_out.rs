//! Webhooks out: what is told, to whom, how often, and what staff see and do.

mod delivering;
mod persistence;
mod places;
mod producing;
mod receiver;
mod staff;

use super::support::{Browser, TestApp};
use crate::{
    domain::{WebhookId, done::Done, role::Role, webhook::WebhooksPage},
    server::{clock, webhooks_out::round},
};
use axum::http::StatusCode;

/// A project whose webhooks may lead to this machine, and its admin.
struct Shop {
    app: TestApp,
    admin: Browser,
}

impl Shop {
    async fn new() -> Self {
        let app = TestApp::configured(|settings| settings.webhook_hosts = "any".into(), |_| {}).await;
        let admin = app.member(Role::Admin).await;
        Self { app, admin }
    }

    /// Adds a webhook that is told of `events`; returns its secret.
    async fn add(&self, url: &str, events: &[&str]) -> (WebhookId, String) {
        let ticked: String = events.iter().map(|event| format!("&form[events][{event}]=true")).collect();
        let answer = self.admin.post("/api/add_webhook", &format!("slug=cup&form[url]={url}{ticked}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let done: Done = serde_json::from_str(&answer.body).unwrap();
        (self.page().await.rows.last().unwrap().id, done.link.unwrap())
    }

    async fn page(&self) -> WebhooksPage {
        let answer = self.admin.get("/api/load_webhooks?slug=cup").await;
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
    }

    async fn post(&self, function: &str, form: &str) -> String {
        let answer = self.admin.post(&format!("/api/{function}"), &format!("slug=cup&{form}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        serde_json::from_str::<Done>(&answer.body).unwrap().sentence
    }

    /// Delivers what is due `ms` from now; returns how many attempts were made.
    async fn step_in(&self, ms: i64) -> usize {
        round::step(&self.app.db, &self.app.state.courier, clock::now().plus(ms)).await.unwrap()
    }

    async fn change(&self, sql: &'static str) {
        let mut tx = self.app.db.begin().await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn waiting(&self) -> i64 {
        self.app.count("select count(*) from webhook_delivery where state = 0").await
    }
}
