//! Permission is in the signature: the only way to a project's data leads through one of these values.
//!
//! Rust cannot open a constructor to one sibling module, so the constructors are open to the store alone, and three of its
//! functions call them: `people::access`, by which `auth` gets a member's guard for the token of a live session,
//! `api_keys::access`, which gives one for a key of the REST API, and `Letter::system`, by which the public pages act for a
//! customer. The fields can be read everywhere and changed nowhere,
//! so that no guard can be made out of another.

use super::Db;
use crate::domain::{LocalTime, ProjectId, Timestamp, UserId, language::Language, role::Role};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::ops::Deref;

/// Who acts, and in which project.
#[derive(Clone, Debug)]
pub struct Actor {
    pub project: ProjectId,
    pub slug: String,
    pub project_name: String,
    pub zone: Tz,
    /// In which customers are spoken to.
    pub language: Language,
    /// None where the system acts, or another system by a key.
    pub user: Option<UserId>,
    /// Of the person, or what is shown in its place for a key; empty where the system acts.
    pub user_name: String,
    pub user_email: String,
    pub role: Role,
    /// The project's version when the access was looked up: whatever is read later is at least as new.
    pub version: i64,
    /// When the access was looked up: what is due by then shows why it waits.
    pub at: Timestamp,
}

/// What a guard knows of its project.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct StoredProject {
    pub id: ProjectId,
    pub slug: String,
    pub name: String,
    pub time_zone: String,
    pub language: Language,
}

/// May read one project.
#[derive(Clone)]
pub struct Viewer {
    pub(super) db: Db,
    actor: Actor,
}

/// May also ask for reviews, steer single messages and change customers.
#[derive(Clone)]
pub struct Operator(Viewer);

/// May also act on many messages at once.
#[derive(Clone)]
pub struct Manager(Operator);

/// May also change connections to providers.
#[derive(Clone)]
pub struct Admin(Manager);

impl Viewer {
    /// A member of the project, whose session was looked up, or a key of it.
    pub(super) fn member(db: Db, actor: Actor) -> Self {
        Self { db, actor }
    }

    /// None where the role is not enough.
    pub fn operator(self) -> Option<Operator> {
        (self.role >= Role::Operator).then_some(Operator(self))
    }

    /// None where the role is not enough.
    pub fn manager(self) -> Option<Manager> {
        (self.role >= Role::Manager).then_some(Manager(Operator(self)))
    }

    /// None where the role is not enough.
    pub fn admin(self) -> Option<Admin> {
        (self.role >= Role::Admin).then_some(Admin(Manager(Operator(self))))
    }

    /// The name that a timeline shows; none for the system.
    pub fn shown_name(&self) -> Option<&str> {
        (!self.user_name.is_empty()).then_some(&self.user_name)
    }

    pub fn local(&self, at: Timestamp) -> LocalTime {
        at.local(&self.zone)
    }

    pub fn today(&self, now: Timestamp) -> NaiveDate {
        self.local(now).date()
    }

    /// `message.day` of an instant: days since 1970-01-01 in the project's zone.
    pub fn day(&self, at: Timestamp) -> i32 {
        day_number(self.local(at).date())
    }
}

impl Manager {
    /// The system acting in a project, for a customer who follows a link.
    pub(super) fn system(db: Db, project: StoredProject) -> Self {
        let actor = Actor {
            project: project.id,
            slug: project.slug,
            project_name: project.name,
            zone: project.time_zone.parse().unwrap_or(Tz::UTC),
            language: project.language,
            user: None,
            user_name: String::new(),
            user_email: String::new(),
            role: Role::Owner,
            version: 0,
            at: Timestamp(i64::MAX),
        };
        Self(Operator(Viewer { db, actor }))
    }
}

/// Days since 1970-01-01.
pub fn day_number(date: NaiveDate) -> i32 {
    (date - NaiveDate::default()).num_days() as i32
}

impl Deref for Viewer {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl Deref for Operator {
    type Target = Viewer;
    fn deref(&self) -> &Viewer {
        &self.0
    }
}

impl Deref for Manager {
    type Target = Operator;
    fn deref(&self) -> &Operator {
        &self.0
    }
}

impl Deref for Admin {
    type Target = Manager;
    fn deref(&self) -> &Manager {
        &self.0
    }
}
