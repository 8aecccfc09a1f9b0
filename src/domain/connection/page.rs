//! What the Connections page shows, and its address.

use super::{
    StoppedConnection,
    dns::DomainReport,
    form::ConnectionForm,
    settings::{Pace, Provider},
};
use crate::domain::{LocalTime, message::Channel};
use serde::{Deserialize, Serialize};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionsPage {
    /// The project's.
    pub version: i64,
    /// Email, then SMS.
    pub channels: Vec<ChannelConnection>,
    /// What was entered in a form that was refused without scripts, but for secrets; returned once.
    pub entered: Option<ConnectionForm>,
}

/// What messages of one channel leave by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelConnection {
    pub channel: Channel,
    /// None for the server's connection, which projects share.
    pub provider: Option<Provider>,
    /// What takes the messages, in words.
    pub way: String,
    /// The address or number that they come from.
    pub sender: String,
    /// When the provider last took a message of any project that uses the connection.
    pub last_sent: Option<LocalTime>,
    /// Why nothing is sent for now.
    pub stopped: Option<StoppedConnection>,
    pub pace: Pace,
    /// How many messages of this project were sent today.
    pub sent_today: u64,
    /// Of a connection of the project's own: when it was last changed, and by whom.
    pub changed: Option<(LocalTime, String)>,
    /// Only for those who may change it.
    pub setup: Option<Setup>,
}

/// What an Admin sees of a channel's connection beside its health.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The values of the form, without secrets; empty where the project has no connection of its own.
    pub form: ConnectionForm,
    /// The revision that a change follows on; 0 where the project has no connection of its own.
    pub revision: i32,
    pub stored: StoredSecrets,
    /// Where the provider is to report to.
    pub webhook: Option<String>,
    pub test: Option<TestReport>,
    pub domain: Option<DomainReport>,
}

/// Which secrets are there. Nobody sees them again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSecrets {
    pub password: bool,
    pub dkim_key: bool,
    pub report: bool,
    /// Whether they cannot be read, because they were encrypted with another key than this server's.
    pub lost: bool,
}

/// What became of a test message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    pub at: LocalTime,
    /// The name of the person.
    pub by: String,
    pub to: String,
    pub is_sent: bool,
    /// What the provider answered, or what broke.
    pub answer: String,
    /// What a refusal means, and what to do about it.
    pub meaning: String,
    /// The server that was asked; empty if none was.
    pub server: String,
    /// What was said, line by line.
    pub dialogue: String,
}

/// The address of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionsQuery {
    /// The provider whose form is shown, where it is another than the connection's.
    pub email: Option<Provider>,
    pub sms: Option<Provider>,
    /// Whether it is asked if the connection of this channel is to be removed.
    pub removing: Option<Channel>,
}

impl ConnectionsQuery {
    /// Unknown values are left out.
    pub fn parse(query: &str) -> Self {
        let mut parsed = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "email" => parsed.email = Provider::from_code(&value).filter(|p| p.channel() == Channel::Email),
                "sms" => parsed.sms = Provider::from_code(&value).filter(|p| p.channel() == Channel::Sms),
                "do" => {
                    let channel = value.strip_prefix("remove-").and_then(Channel::from_slug);
                    parsed.removing = channel;
                }
                _ => {}
            }
        }
        parsed
    }

    pub fn href(&self, slug: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(provider) = self.email {
            query.append_pair("email", provider.code());
        }
        if let Some(provider) = self.sms {
            query.append_pair("sms", provider.code());
        }
        if let Some(channel) = self.removing {
            query.append_pair("do", &format!("remove-{}", channel.slug()));
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/connections{mark}{query}")
    }

    pub fn provider(&self, channel: Channel) -> Option<Provider> {
        match channel {
            Channel::Email => self.email,
            Channel::Sms => self.sms,
        }
    }

    /// With the form of this provider for its channel.
    #[must_use]
    pub fn with(self, provider: Provider) -> Self {
        match provider.channel() {
            Channel::Email => Self { email: Some(provider), ..self },
            Channel::Sms => Self { sms: Some(provider), ..self },
        }
    }

    /// Without the form that the project's connection does not have.
    #[must_use]
    pub fn without(self, channel: Channel) -> Self {
        match channel {
            Channel::Email => Self { email: None, ..self },
            Channel::Sms => Self { sms: None, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_unknown_in_the_address_is_left_out() {
        let query = ConnectionsQuery::parse("email=twilio&sms=ses&do=remove-fax&x=1");
        assert_eq!(query, ConnectionsQuery::default());
        assert_eq!(query.href("cup"), "/projects/cup/connections");
        let query = ConnectionsQuery::parse("email=ses&do=remove-sms");
        assert_eq!((query.email, query.removing), (Some(Provider::Ses), Some(Channel::Sms)));
    }

    proptest! {
        #[test]
        fn addresses_are_read_as_they_are_written(
            email in proptest::option::of(0..5_usize),
            sms in proptest::option::of(5..7_usize),
            removing in proptest::option::of(any::<bool>()),
        ) {
            let query = ConnectionsQuery {
                email: email.map(|i| Provider::ALL[i]),
                sms: sms.map(|i| Provider::ALL[i]),
                removing: removing.map(|email| if email { Channel::Email } else { Channel::Sms }),
            };
            let href = query.href("cup");
            let (_, text) = href.split_once('?').unwrap_or((&href, ""));
            prop_assert_eq!(ConnectionsQuery::parse(text), query);
        }
    }
}
