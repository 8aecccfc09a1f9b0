//! What the page Templates shows, and its address.

use super::{Fault, Placeholder, Wording, fill, pieces};
use crate::domain::{
    LocalTime,
    filter::write_query,
    language::Language,
    message::{Channel, Template},
};
use serde::{Deserialize, Serialize};

/// The most versions of a template that are kept beside the one in force.
pub const HISTORY_MAX: i32 = 30;
/// The number of the text that every project begins with.
pub const DEFAULT: i32 = 0;

/// Which template the page shows. It is serialized as the text that [`Self::to_query`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct TemplateQuery {
    pub template: Template,
    pub channel: Channel,
}

impl Default for TemplateQuery {
    fn default() -> Self {
        Self { template: Template::Request, channel: Channel::Email }
    }
}

impl From<String> for TemplateQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<TemplateQuery> for String {
    fn from(query: TemplateQuery) -> Self {
        query.to_query()
    }
}

impl TemplateQuery {
    /// Reads a query string, with or without the question mark; what cannot be read becomes the default.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match &*name {
                "template" => read.template = Template::from_slug(&value).unwrap_or(read.template),
                "channel" => read.channel = Channel::from_slug(&value).unwrap_or(read.channel),
                _ => {}
            }
        }
        read
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(self) -> String {
        let first = Self::default();
        let mut pairs = Vec::new();
        if self.template != first.template {
            pairs.push(("template", self.template.slug().to_owned()));
        }
        if self.channel != first.channel {
            pairs.push(("channel", self.channel.slug().to_owned()));
        }
        write_query(pairs)
    }

    /// The page's address in the project with this slug.
    pub fn href(self, slug: &str) -> String {
        self.at(slug, "templates")
    }

    /// The address of the email as a customer would see it.
    pub fn preview(self, slug: &str) -> String {
        self.at(slug, "templates/preview")
    }

    fn at(self, slug: &str, page: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/{page}{mark}{query}")
    }

    /// `Request by Email`.
    pub fn name(self) -> String {
        format!("{} by {}", self.template.name(), self.channel.name())
    }
}

/// What the placeholders stand for in a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Whose data it is; None where the project has no customer.
    pub customer: Option<String>,
    pub first_name: String,
    pub project_name: String,
    pub location_name: String,
    pub review_link: String,
    pub unsubscribe_link: String,
}

impl Sample {
    /// A subject, or the text of an SMS, as the customer would read it.
    pub fn fill(&self, source: &str) -> Result<String, Fault> {
        let value = |placeholder| match placeholder {
            Placeholder::FirstName => &*self.first_name,
            Placeholder::ProjectName => &*self.project_name,
            Placeholder::LocationName => &*self.location_name,
            Placeholder::ReviewLink => &*self.review_link,
            Placeholder::UnsubscribeLink => &*self.unsubscribe_link,
        };
        Ok(fill(&pieces(source)?, value))
    }
}

/// What a template said once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    /// 1, 2, …
    pub number: i32,
    pub wording: Wording,
    pub at: LocalTime,
    /// The name of the person who saved it; None once that person is gone.
    pub by: Option<String>,
    /// The version that was restored by it; [`DEFAULT`] for the default.
    pub restored: Option<i32>,
}

impl TemplateVersion {
    /// `Version 3 restores version 1`
    pub fn title(&self) -> String {
        let number = self.number;
        match self.restored {
            None => format!("Version {number}"),
            Some(DEFAULT) => format!("Version {number} restores the default"),
            Some(before) => format!("Version {number} restores version {before}"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatesPage {
    pub query: TemplateQuery,
    pub wording: Wording,
    /// The number of the version in force; [`DEFAULT`] until somebody changes the template.
    pub number: i32,
    pub is_default: bool,
    /// Of the project, and so of its defaults.
    pub language: Language,
    pub sample: Sample,
    /// The newest first, beginning with the one in force.
    pub history: Vec<TemplateVersion>,
    /// What was entered in a form without scripts that was refused.
    pub entered: Option<Wording>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        for template in Template::ALL {
            for channel in Channel::ALL {
                let query = TemplateQuery { template, channel };
                assert_eq!(TemplateQuery::parse(&query.to_query()), query);
                let json = serde_json::to_string(&query).unwrap();
                assert_eq!(serde_json::from_str::<TemplateQuery>(&json).unwrap(), query);
            }
        }
        assert_eq!(TemplateQuery::default().href("p"), "/projects/p/templates");
        assert_eq!(TemplateQuery::parse("?template=x&channel=fax&y=z"), TemplateQuery::default());
        let thanks = TemplateQuery { template: Template::ThanksPositive, channel: Channel::Sms };
        assert_eq!(thanks.href("p"), "/projects/p/templates?template=thanks-positive&channel=sms");
    }
}
