//! The REST API, through HTTP.

mod asks;
mod customers;
mod document;
mod keys;
mod messages;
mod problems;

use super::support::{Answer, TestApp};
use crate::{
    domain::{
        api_key::{Scope, Scopes},
        role::Role,
    },
    server::{
        auth::session::Token,
        clock,
        store::{api_keys, people},
    },
};
use axum::{body::Body, http::Method};
use serde_json::Value;

/// A client with a key.
pub struct Client<'a> {
    app: &'a TestApp,
    pub key: String,
}

/// An answer with its JSON; null where it has none.
pub struct Said {
    pub answer: Answer,
    pub json: Value,
}

impl Said {
    pub fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    pub fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {}", self.json))
    }

    /// The names of the fields that a problem is about.
    pub fn fields(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["field"].as_str()).collect()
    }

    pub fn ids(&self) -> Vec<String> {
        let data = self.json["data"].as_array().unwrap_or_else(|| panic!("{}", self.json));
        data.iter().filter_map(|one| one["id"].as_str()).map(str::to_owned).collect()
    }
}

impl<'a> Client<'a> {
    /// With a new key of `cup`.
    pub async fn new(app: &'a TestApp, scopes: &[Scope]) -> Self {
        Self::of(app, "cup", scopes).await
    }

    pub async fn of(app: &'a TestApp, slug: &str, scopes: &[Scope]) -> Self {
        let (person, _) = app.person_of(slug, Role::Admin).await;
        let session = crate::server::auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
        let access = people::access(&app.db, &session.hash(), slug, clock::now()).await.unwrap().unwrap();
        let admin = access.viewer.unwrap().admin().unwrap();
        let token = Token::new().unwrap();
        api_keys::add(&admin, "Web shop", Scopes::of(scopes), &token.hash(), clock::now()).await.unwrap();
        Self { app, key: format!("rm_{}", token.as_str()) }
    }

    /// With another key.
    pub fn with(app: &'a TestApp, key: &str) -> Self {
        Self { app, key: key.to_owned() }
    }

    pub async fn get(&self, path: &str) -> Said {
        self.send(Method::GET, path, &[], "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Said {
        self.send(Method::POST, path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// The same with an Idempotency-Key.
    pub async fn once(&self, name: &str, path: &str, body: &Value) -> Said {
        let headers = [("content-type", "application/json"), ("idempotency-key", name)];
        self.send(Method::POST, path, &headers, &body.to_string()).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Said {
        let browser = self.app.stranger();
        let mut request = browser.request(method, &format!("/api/v1{path}"));
        if !self.key.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.key));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = browser.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        let json = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        if answer.status.is_client_error() || answer.status.is_server_error() {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}: {answer:?}");
            assert_eq!(json["status"], answer.status.as_u16(), "{path}: {json}");
        }
        Said { answer, json }
    }
}
