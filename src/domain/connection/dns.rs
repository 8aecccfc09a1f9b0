//! Whether the DNS of a sender's domain lets others trust its emails: records in, findings out.

mod dkim;
mod dmarc;
mod spf;

pub use dkim::selectors;
pub use dmarc::names as dmarc_names;
pub use spf::wanted as wanted_for_spf;

use super::settings::Provider;
use crate::domain::LocalTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What **Check my domain** found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainReport {
    pub at: LocalTime,
    /// The name of the person who asked.
    pub by: String,
    pub domain: String,
    pub findings: Vec<Finding>,
}

impl DomainReport {
    /// Which records are missing or wrong: `SPF is to be fixed`, `SPF, DKIM and MX are to be fixed`. None if none is.
    pub fn to_mend(&self) -> Option<String> {
        let is_bad = |finding: &&Finding| matches!(finding.verdict, Verdict::Missing | Verdict::Wrong);
        let bad: Vec<&str> = self.findings.iter().filter(is_bad).map(|finding| finding.subject.name()).collect();
        match bad.as_slice() {
            [] => None,
            [one] => Some(format!("{one} is to be fixed")),
            [most @ .., last] => Some(format!("{} and {last} are to be fixed", most.join(", "))),
        }
    }
}

/// What is known of one kind of record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub subject: Subject,
    pub verdict: Verdict,
    /// The records, each with its name where that is not the domain itself.
    pub found: Vec<String>,
    pub explanation: String,
    /// What to put in the place of what is there, or to add.
    pub record: Option<DnsRecord>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    Spf,
    Dkim,
    Dmarc,
    Mx,
}

impl Subject {
    pub fn name(self) -> &'static str {
        match self {
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "DMARC",
            Self::Mx => "MX",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    Good,
    Missing,
    Wrong,
    /// It could not be looked up, or only the provider can tell.
    Unknown,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::Missing => "Missing",
            Self::Wrong => "Wrong",
            Self::Unknown => "Not known",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }
}

/// A record to be entered where the domain's DNS is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsRecord {
    pub name: String,
    pub kind: String,
    pub value: String,
}

impl DnsRecord {
    fn txt(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), kind: "TXT".into(), value: value.into() }
    }
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// At least one record.
    Found(Vec<String>),
    /// There is no such name, or it has no such record.
    Nothing,
    /// The DNS gave no answer.
    Failed,
}

impl Answer {
    fn records(&self) -> &[String] {
        match self {
            Self::Found(records) => records,
            Self::Nothing | Self::Failed => &[],
        }
    }
}

/// What is judged.
#[derive(Clone, Debug)]
pub struct Sender {
    pub domain: String,
    pub provider: Provider,
    /// The mail server.
    pub host: String,
    /// Of the connection's settings; empty where the provider signs.
    pub selector: String,
    /// The value of `k=` and `p=` that belong to the key that we sign with.
    pub public_key: Option<(&'static str, String)>,
}

/// What the DNS said: TXT records by name, and the domain's MX records ("10 mx.example.com") and addresses.
#[derive(Clone, Debug)]
pub struct Records {
    pub txt: BTreeMap<String, Answer>,
    pub mx: Answer,
    pub addresses: Answer,
}

impl Records {
    fn txt(&self, name: &str) -> &Answer {
        self.txt.get(name).unwrap_or(&Answer::Failed)
    }
}

/// In the order of [`Subject`].
pub fn judge(sender: &Sender, records: &Records) -> Vec<Finding> {
    let spf = spf::judge(sender, records);
    let dkim = dkim::judge(sender, records);
    let dmarc = dmarc::judge(sender, records, &spf, &dkim);
    vec![spf, dkim, dmarc, mx(sender, records)]
}

impl Finding {
    fn new(subject: Subject, verdict: Verdict, explanation: impl Into<String>) -> Self {
        Self { subject, verdict, found: Vec::new(), explanation: explanation.into(), record: None }
    }

    fn having(self, found: &[String]) -> Self {
        Self { found: found.to_vec(), ..self }
    }

    fn proposing(self, record: DnsRecord) -> Self {
        Self { record: Some(record), ..self }
    }

    fn unanswered(subject: Subject, name: &str) -> Self {
        let explanation = format!("The DNS did not answer for {name}. Check again in a minute.");
        Self::new(subject, Verdict::Unknown, explanation)
    }
}

/// Whether bounces and answers can reach the sender. Many servers refuse mail from a domain that takes none.
fn mx(sender: &Sender, records: &Records) -> Finding {
    let domain = &sender.domain;
    let finding = |verdict, explanation: String| Finding::new(Subject::Mx, verdict, explanation);
    match &records.mx {
        Answer::Failed => Finding::unanswered(Subject::Mx, domain),
        Answer::Found(all) if all.iter().any(|mx| mx.split_whitespace().nth(1) == Some(".")) => finding(
            Verdict::Wrong,
            format!("{domain} says that it takes no mail (RFC 7505). Many servers refuse mail from such a domain."),
        )
        .having(all),
        Answer::Found(all) => finding(Verdict::Good, format!("Bounces and answers reach {domain}.")).having(all),
        Answer::Nothing if !records.addresses.records().is_empty() => finding(
            Verdict::Good,
            format!("{domain} has no MX record; its mail goes to the address of the domain itself, which is permitted."),
        ),
        Answer::Nothing => finding(
            Verdict::Missing,
            format!(
                "{domain} takes no mail: bounces and answers are lost, and many servers refuse it as a sender. Ask whoever \
                 keeps your mailboxes for the right value."
            ),
        )
        .proposing(DnsRecord { name: domain.clone(), kind: "MX".into(), value: format!("10 mail.{domain}") }),
    }
}

/// The tags of DKIM and DMARC records: `v=DKIM1; p=…`. Names in lower case, values without white space around.
fn tags(record: &str) -> Vec<(String, String)> {
    let tag = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    record.split(';').filter_map(tag).collect()
}

fn tag<'a>(tags: &'a [(String, String)], name: &str) -> Option<&'a str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests;
