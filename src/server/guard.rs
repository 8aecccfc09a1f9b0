//! Who may do it is in the signature: the only way to a project's data leads through one of these values.
//!
//! `auth` makes them from a session and its membership; the worker and the public pages, which act for the system, make
//! their own with [`Viewer::system`].

use crate::domain::{LocalTime, ProjectId, Timestamp, UserId, role::Role};
use crate::server::store::Db;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::ops::Deref;

/// May read one project.
#[derive(Clone)]
pub struct Viewer {
    pub(in crate::server) db: Db,
    pub project: ProjectId,
    pub slug: String,
    pub project_name: String,
    pub zone: Tz,
    /// None where the system acts.
    pub user: Option<UserId>,
    pub user_name: String,
    pub user_email: String,
    pub role: Role,
}

/// May also ask, steer single messages and change customers.
#[derive(Clone)]
pub struct Operator(Viewer);

/// May also act on many messages at once.
#[derive(Clone)]
pub struct Manager(Operator);

impl Viewer {
    /// The system acting in a project: the worker, a customer's own link, an import.
    pub(crate) fn system(db: Db, project: ProjectId, slug: String, project_name: String, zone: Tz) -> Manager {
        let viewer = Self {
            db,
            project,
            slug,
            project_name,
            zone,
            user: None,
            user_name: String::new(),
            user_email: String::new(),
            role: Role::Owner,
        };
        Manager(Operator(viewer))
    }

    /// None where the role is not enough.
    pub fn operator(self) -> Option<Operator> {
        (self.role >= Role::Operator).then_some(Operator(self))
    }

    /// None where the role is not enough.
    pub fn manager(self) -> Option<Manager> {
        (self.role >= Role::Manager).then_some(Manager(Operator(self)))
    }

    /// Who stands in a timeline; none for the system.
    pub fn actor(&self) -> Option<&str> {
        self.user.is_some().then_some(&self.user_name)
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

/// Days since 1970-01-01.
pub fn day_number(date: NaiveDate) -> i32 {
    (date - NaiveDate::default()).num_days() as i32
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
