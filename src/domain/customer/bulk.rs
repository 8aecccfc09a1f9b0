//! Actions on many customers: which customers, what is done, and the outcome.

use super::filter::{CustomerFilter, TAG_MAX};
use crate::domain::{
    AppError, CustomerId,
    bulk::{Ids, NAMED_MAX},
    contact::parse_line,
    stats::{count, thousands},
};
use serde::{Deserialize, Serialize};

/// The customers that a bulk action changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerSelection {
    /// The ticked rows; at most [`NAMED_MAX`].
    These(Vec<CustomerId>),
    /// All customers that match the filter when the action runs.
    Matching {
        filter: Box<CustomerFilter>,
        /// The unticked rows, which are left out; at most [`NAMED_MAX`].
        except: Vec<CustomerId>,
    },
}

/// A selection, as a form or a script submits it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerSelectionForm {
    /// The ticked customers.
    #[serde(default)]
    pub ids: Ids<CustomerId>,
    /// Selects all customers that match `filter`, without those in `except`, instead of `ids`.
    #[serde(default)]
    pub all: bool,
    #[serde(default)]
    pub filter: CustomerFilter,
    #[serde(default)]
    pub except: Ids<CustomerId>,
}

impl CustomerSelectionForm {
    /// Checks the form. Missing input never means "all".
    ///
    /// # Errors
    /// `Invalid` if nothing is selected, or if too many customers are named one by one.
    pub fn check(self) -> Result<CustomerSelection, AppError> {
        let (ids, except) = (self.ids.in_order(), self.except.in_order());
        if self.all != ids.is_empty() {
            return Err(AppError::invalid("ids", "Tick the customers first, or select all that match."));
        }
        if ids.len() > NAMED_MAX {
            let sentence = "At most 1,000 customers can be selected one by one. Select all that match instead.";
            return Err(AppError::invalid("ids", sentence));
        }
        if except.len() > NAMED_MAX {
            let sentence = "At most 1,000 customers can be left out one by one. Use the filters to leave out more.";
            return Err(AppError::invalid("except", sentence));
        }
        if self.all {
            return Ok(CustomerSelection::Matching { filter: Box::new(self.filter), except });
        }
        Ok(CustomerSelection::These(ids.into_iter().filter(|id| except.binary_search(id).is_err()).collect()))
    }
}

/// What a bulk action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAction {
    /// Asks each for a review now, by the channels and with the reminders of the strategy.
    Request,
    Unsubscribe,
    AddTag,
    RemoveTag,
    Archive,
    Unarchive,
    Delete,
}

impl BulkAction {
    pub const ALL: [Self; 7] =
        [Self::Request, Self::Unsubscribe, Self::AddTag, Self::RemoveTag, Self::Archive, Self::Unarchive, Self::Delete];

    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "Request review",
            Self::Unsubscribe => "Unsubscribe",
            Self::AddTag => "Add tag",
            Self::RemoveTag => "Remove tag",
            Self::Archive => "Archive",
            Self::Unarchive => "Unarchive",
            Self::Delete => "Delete",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Unsubscribe => "unsubscribe",
            Self::AddTag => "add-tag",
            Self::RemoveTag => "remove-tag",
            Self::Archive => "archive",
            Self::Unarchive => "unarchive",
            Self::Delete => "delete",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.slug() == s)
    }

    /// Whether it needs a tag.
    pub fn has_tag(self) -> bool {
        matches!(self, Self::AddTag | Self::RemoveTag)
    }

    /// What follows for the customers.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Request => {
                "Without a choice of your own, they are asked now, by the channels and with the reminders of the Strategy page, \
                 within its schedule."
            }
            Self::Unsubscribe => "They get no more messages, and what is unsent is canceled.",
            Self::AddTag | Self::RemoveTag => "Nothing else about them changes.",
            Self::Archive => "They are hidden from the list and get no more messages, and what is unsent is canceled.",
            Self::Unarchive => "They are in the list again. What was canceled stays canceled.",
            Self::Delete => {
                "Their messages, notes and reviews are deleted with them, for good. Messages that were sent stay sent."
            }
        }
    }

    /// What the button of the question says: `Unsubscribe 12 customers`, `Add tag to 1 customer`.
    pub fn label(self, n: u64) -> String {
        let customers = count(n, "customer");
        match self {
            Self::Request => format!("Ask {customers}"),
            Self::AddTag => format!("Add tag to {customers}"),
            Self::RemoveTag => format!("Remove tag from {customers}"),
            _ => format!("{} {customers}", self.name()),
        }
    }
}

/// A bulk action, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkForm {
    #[serde(default)]
    pub action: String,
    /// For an action that needs one.
    #[serde(default)]
    pub tag: String,
    /// That deleting is meant: asked for again, because it cannot be undone.
    #[serde(default)]
    pub confirmed: bool,
}

/// A checked bulk action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkChange {
    pub action: BulkAction,
    /// Empty where the action needs none.
    pub tag: String,
}

impl BulkForm {
    /// # Errors
    /// `Invalid` for an unknown action, an unusable tag, and a deletion that is not confirmed.
    pub fn check(&self) -> Result<BulkChange, AppError> {
        let Some(action) = BulkAction::from_slug(self.action.trim()) else {
            return Err(AppError::invalid("action", "Choose what to do with the selected customers."));
        };
        if action == BulkAction::Delete && !self.confirmed {
            return Err(AppError::invalid(
                "confirmed",
                "To delete customers, confirm that they are to be deleted for good.",
            ));
        }
        if !action.has_tag() {
            return Ok(BulkChange { action, tag: String::new() });
        }
        let tag = parse_line("tag", "The tag", &self.tag, TAG_MAX)?;
        if tag.is_empty() {
            return Err(AppError::invalid("tag", "Write the tag."));
        }
        if tag.contains(',') {
            return Err(AppError::invalid("tag", "A tag contains no comma. Add one tag at a time."));
        }
        Ok(BulkChange { action, tag })
    }
}

/// Why a customer was left as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CustomerSkip {
    /// It was so already: unsubscribed, archived, tagged, …
    Already,
    /// As many tags as a customer can have.
    ManyTags,
    /// One of their messages is being sent.
    BeingSent,
    Unsubscribed,
    Archived,
    /// None of the chosen channels reaches them.
    NoAddress,
    /// Nothing is sent to the address by which they could be reached.
    Suppressed,
    /// Deleted meanwhile, or not in this project.
    Gone,
    /// Listed by an address that no customer has.
    Unknown,
}

/// The outcome of a bulk action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomersOutcome {
    /// How many customers were changed.
    pub done: u64,
    /// How many unsent messages were canceled with it.
    pub canceled: u64,
    /// How many customers were left as they were, by reason; no zero entries.
    pub skipped: Vec<(CustomerSkip, u64)>,
}

impl CustomersOutcome {
    pub fn skip(&mut self, skip: CustomerSkip, n: u64) {
        match self.skipped.iter_mut().find(|(known, _)| *known == skip) {
            Some((_, already)) => *already += n,
            None if n > 0 => self.skipped.push((skip, n)),
            None => {}
        }
    }

    pub fn add(&mut self, other: &Self) {
        self.done += other.done;
        self.canceled += other.canceled;
        for (skip, n) in &other.skipped {
            self.skip(*skip, *n);
        }
    }

    /// `Unsubscribed 12 customers. Canceled 3 messages. 2 skipped: 1 unsubscribed already, 1 deleted meanwhile.`
    pub fn sentence(&self, BulkChange { action, tag }: &BulkChange) -> String {
        let customers = count(self.done, "customer");
        let mut s = match action {
            BulkAction::Request => format!("Asked {customers}."),
            BulkAction::Unsubscribe => format!("Unsubscribed {customers}."),
            BulkAction::AddTag => format!("Tagged {customers} “{tag}”."),
            BulkAction::RemoveTag => format!("Removed the tag “{tag}” from {customers}."),
            BulkAction::Archive => format!("Archived {customers}."),
            BulkAction::Unarchive => format!("Unarchived {customers}."),
            BulkAction::Delete => format!("Deleted {customers}."),
        };
        if self.canceled > 0 {
            s.push_str(&format!(" Canceled {}.", count(self.canceled, "message")));
        }
        if !self.skipped.is_empty() {
            let all: u64 = self.skipped.iter().map(|(_, n)| n).sum();
            let why: Vec<_> =
                self.skipped.iter().map(|(skip, n)| format!("{} {}", thousands(*n), skip.reason(*action))).collect();
            s.push_str(&format!(" {} skipped: {}.", thousands(all), why.join(", ")));
        }
        s
    }
}

impl CustomerSkip {
    /// The words after a number: `2 unsubscribed already`.
    pub fn reason(self, action: BulkAction) -> &'static str {
        match (self, action) {
            (Self::Already, BulkAction::Unsubscribe) => "unsubscribed already",
            (Self::Already, BulkAction::AddTag) => "with this tag already",
            (Self::Already, BulkAction::RemoveTag) => "without this tag",
            (Self::Already, BulkAction::Archive) => "archived already",
            (Self::Already, BulkAction::Unarchive) => "not archived",
            (Self::Already | Self::Gone, _) => "deleted meanwhile",
            (Self::ManyTags, _) => "with 20 tags already, the most there can be",
            (Self::BeingSent, _) => "with a message that is being sent",
            (Self::Unsubscribed, _) => "unsubscribed",
            (Self::Archived, _) => "archived",
            (Self::NoAddress, _) => "without an address for the chosen channels",
            (Self::Suppressed, _) => "with a suppressed address",
            (Self::Unknown, _) => "not among your customers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

    fn form(fields: serde_json::Value) -> Result<CustomerSelection, AppError> {
        serde_json::from_value::<CustomerSelectionForm>(fields).unwrap().check()
    }

    #[test]
    fn what_is_left_out_is_never_all() {
        let id: CustomerId = ID.parse().unwrap();
        assert_eq!(form(json!({"ids": [ID, ID]})), Ok(CustomerSelection::These(vec![id])));
        for wrong in [json!({}), json!({"ids": " , "}), json!({"filter": "tag=vip"}), json!({"all": true, "ids": ID})] {
            assert!(form(wrong.clone()).unwrap_err().for_field("ids").is_some(), "{wrong}");
        }
        let filter = Box::new(CustomerFilter::parse("tag=vip"));
        let expected = CustomerSelection::Matching { filter, except: vec![id] };
        assert_eq!(form(json!({"all": true, "filter": "tag=vip", "except": ID})), Ok(expected));
        assert!(serde_json::from_value::<CustomerSelectionForm>(json!({"all": true, "filter": "status=x"})).is_err());
        let many = |n: u128| Ids((0..n).map(|i| CustomerId(uuid::Uuid::from_u128(i))).collect());
        for (n, is_ok) in [(1_000, true), (1_001, false)] {
            let named = CustomerSelectionForm { ids: many(n), ..Default::default() };
            let left_out = CustomerSelectionForm { all: true, except: many(n), ..Default::default() };
            assert_eq!((named.check().is_ok(), left_out.check().is_ok()), (is_ok, is_ok));
        }
    }

    #[test]
    fn an_action_is_checked() {
        let check =
            |action: &str, tag: &str, confirmed| BulkForm { action: action.into(), tag: tag.into(), confirmed }.check();
        for action in BulkAction::ALL {
            assert_eq!(check(action.slug(), " vip ", true).unwrap().action, action);
        }
        assert_eq!(check("add-tag", " vip ", false).unwrap().tag, "vip");
        assert_eq!(check("archive", "vip", false).unwrap().tag, "");
        for (action, tag, field) in [
            ("", "", "action"),
            ("erase", "", "action"),
            ("delete", "", "confirmed"),
            ("add-tag", " ", "tag"),
            ("add-tag", "a,b", "tag"),
        ] {
            assert!(check(action, tag, false).unwrap_err().for_field(field).is_some(), "{action}");
        }
    }

    #[test]
    fn the_result_says_how_many_and_why_not() {
        let mut outcome = CustomersOutcome { done: 1_200, canceled: 3, ..Default::default() };
        outcome.skip(CustomerSkip::Gone, 0);
        outcome.add(&CustomersOutcome { done: 1, canceled: 0, skipped: vec![(CustomerSkip::Already, 2)] });
        let change = |action| BulkChange { action, tag: "vip".into() };
        assert_eq!(
            outcome.sentence(&change(BulkAction::Unsubscribe)),
            "Unsubscribed 1,201 customers. Canceled 3 messages. 2 skipped: 2 unsubscribed already."
        );
        let one = CustomersOutcome { done: 1, ..Default::default() };
        assert_eq!(one.sentence(&change(BulkAction::AddTag)), "Tagged 1 customer “vip”.");
        assert_eq!(BulkAction::RemoveTag.label(12), "Remove tag from 12 customers");
        assert_eq!(BulkAction::Delete.label(1), "Delete 1 customer");
    }
}
