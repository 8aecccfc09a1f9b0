//! The address of a profile: the customer, what the page shows of them, and which dialog is open.

use crate::domain::{
    CustomerId, MessageId,
    customer::{ProfileQuery, ProfileView},
};
use serde::{Deserialize, Serialize};

/// What is being done on a profile. Each is a dialog that the address opens (`?do=edit`), so that it works as a page
/// of its own without scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    RequestReview,
    Edit,
    /// Edit, with the focus on the email.
    EditEmail,
    /// Edit, with the focus on the phone.
    EditPhone,
    AddReview,
    CancelUnsent,
    /// Unsubscribe; resubscribe where the customer is unsubscribed.
    Unsubscribe,
    /// Resubscribe; says what is allowed where the customer is not unsubscribed here.
    Resubscribe,
    /// Archive; unarchive where the customer is archived.
    Archive,
    Delete,
    /// Erase the person, for good.
    Erase,
}

impl Task {
    const ALL: [Self; 11] = [
        Self::RequestReview,
        Self::Edit,
        Self::EditEmail,
        Self::EditPhone,
        Self::AddReview,
        Self::CancelUnsent,
        Self::Unsubscribe,
        Self::Resubscribe,
        Self::Archive,
        Self::Delete,
        Self::Erase,
    ];

    /// As in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::RequestReview => "request",
            Self::Edit => "edit",
            Self::EditEmail => "edit-email",
            Self::EditPhone => "edit-phone",
            Self::AddReview => "review",
            Self::CancelUnsent => "cancel",
            Self::Unsubscribe => "unsubscribe",
            Self::Resubscribe => "resubscribe",
            Self::Archive => "archive",
            Self::Delete => "delete",
            Self::Erase => "erase",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.slug() == s)
    }

    /// The task of the dialog that a query string, without the question mark, opens.
    pub fn in_query(query: &str) -> Option<Self> {
        let (_, task) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "do")?;
        Self::from_slug(&task)
    }
}

/// An address of one customer's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAddress {
    pub slug: String,
    pub customer: CustomerId,
    pub query: ProfileQuery,
}

impl ProfileAddress {
    pub fn href(&self) -> String {
        self.query.href(&self.slug, self.customer)
    }

    /// Without a query.
    pub fn path(&self) -> String {
        format!("/projects/{}/customers/{}", self.slug, self.customer)
    }

    /// The same with a dialog open. Without the anchor: the page is to stay where it is.
    pub fn task(&self, task: Task) -> String {
        let href = self.at_rest();
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}do={}", task.slug())
    }

    /// The same without a dialog, and without the anchor.
    pub fn at_rest(&self) -> String {
        let mut href = self.href();
        href.truncate(href.find('#').unwrap_or(href.len()));
        href
    }

    /// The other view of the same messages; a marked message stays marked.
    pub fn view(&self, view: ProfileView) -> String {
        Self { query: ProfileQuery { view, ..self.query }, ..self.clone() }.href()
    }

    pub fn page(&self, page: u32) -> String {
        Self { query: ProfileQuery { page, message: None, ..self.query }, ..self.clone() }.href()
    }

    /// One message, marked, in the view that is shown.
    pub fn message(&self, message: MessageId) -> String {
        Self { query: ProfileQuery { message: Some(message), ..self.query }, ..self.clone() }.href()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Fix;

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

    fn address(query: &str) -> ProfileAddress {
        ProfileAddress {
            slug: "harbor".into(),
            customer: ID.parse().unwrap_or(CustomerId(Default::default())),
            query: ProfileQuery::parse(query),
        }
    }

    #[test]
    fn a_dialog_keeps_what_is_shown() {
        let base = format!("/projects/harbor/customers/{ID}");
        assert_eq!(address("").task(Task::Edit), format!("{base}?do=edit"));
        assert_eq!(address("view=list&page=2").task(Task::Delete), format!("{base}?view=list&page=2&do=delete"));
        let marked = address(&format!("message={ID}"));
        assert_eq!(marked.task(Task::Edit), format!("{base}?message={ID}&do=edit"));
        assert_eq!(marked.at_rest(), format!("{base}?message={ID}"));
        assert_eq!(marked.view(ProfileView::List), format!("{base}?view=list&message={ID}#message-{ID}"));
    }

    #[test]
    fn what_helps_against_a_failure_opens_its_dialog() {
        let (customer, message) = (CustomerId(Default::default()), MessageId(Default::default()));
        for (fix, task) in [
            (Fix::EditEmail, Task::EditEmail),
            (Fix::EditPhone, Task::EditPhone),
            (Fix::AskToResubscribe, Task::Resubscribe),
        ] {
            let href = fix.href("harbor", customer, message).unwrap();
            let (path, query) = href.split_once('?').unwrap();
            let address = ProfileAddress { slug: "harbor".into(), customer, query: ProfileQuery::parse(query) };
            assert_eq!((path, Task::in_query(query)), (&*address.path(), Some(task)));
            assert_eq!(address.query.message, Some(message));
        }
    }

    #[test]
    fn tasks_are_read_as_they_are_written() {
        for task in Task::ALL {
            assert_eq!(Task::from_slug(task.slug()), Some(task));
        }
        assert_eq!(Task::from_slug("burn"), None);
        assert_eq!(Task::in_query("view=list&do=edit"), Some(Task::Edit));
        assert_eq!(Task::in_query("view=list"), None);
    }
}
