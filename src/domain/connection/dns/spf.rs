//! SPF (RFC 7208): which servers may send for the domain.

use super::{Answer, DnsRecord, Finding, Records, Sender, Subject, Verdict};
use crate::domain::connection::settings::Provider;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// How many lookups a record may cost (RFC 7208, 4.6.4).
const LOOKUPS: usize = 10;
/// How many records are read at most, to count those lookups.
const READ: usize = 25;

/// The names whose TXT records are wanted next: at first the domain's, then those that its record includes.
pub fn wanted(domain: &str, known: &BTreeMap<String, Answer>) -> Vec<String> {
    let mut all = vec![domain.to_owned()];
    let mut at = 0;
    while let Some(name) = all.get(at) {
        let included = known.get(name).and_then(|answer| of(answer.records())).map(included).unwrap_or_default();
        for name in included {
            if !all.contains(&name) && all.len() < READ {
                all.push(name);
            }
        }
        at += 1;
    }
    all.retain(|name| !known.contains_key(name));
    all
}

fn is_spf(record: &str) -> bool {
    let record = record.trim().to_ascii_lowercase();
    record == "v=spf1" || record.starts_with("v=spf1 ")
}

/// The SPF record among others.
fn of(records: &[String]) -> Option<&str> {
    records.iter().map(String::as_str).find(|record| is_spf(record))
}

/// Mechanisms and modifiers in lower case, without the version.
fn terms(record: &str) -> Vec<String> {
    record.split_whitespace().skip(1).map(str::to_ascii_lowercase).collect()
}

/// A mechanism without its qualifier.
fn bare(term: &str) -> &str {
    term.trim_start_matches(['+', '-', '~', '?'])
}

/// The names whose records count as part of this one. A name with macros cannot be looked up without a mail.
fn included(record: &str) -> Vec<String> {
    let name = |term: &String| {
        let term = bare(term);
        let name = term.strip_prefix("include:").or_else(|| term.strip_prefix("redirect="))?;
        (!name.contains('%') && !name.is_empty()).then(|| name.trim_end_matches('.').to_owned())
    };
    terms(record).iter().filter_map(name).collect()
}

/// How many lookups a record costs, with all that it includes, and which includes lead nowhere.
fn cost(record: &str, records: &Records, seen: &mut BTreeSet<String>, void: &mut Vec<String>) -> usize {
    let mut lookups = 0;
    for term in terms(record) {
        let kind = bare(&term).split([':', '/', '=']).next().unwrap_or_default();
        lookups += usize::from(matches!(kind, "include" | "a" | "mx" | "ptr" | "exists" | "redirect"));
    }
    for name in included(record) {
        if !seen.insert(name.clone()) {
            continue;
        }
        match records.txt.get(&name) {
            Some(answer) => match of(answer.records()) {
                Some(record) => lookups += cost(record, records, seen, void),
                None if *answer != Answer::Failed => void.push(name),
                None => {}
            },
            // Beyond what was read there are too many in any case.
            None => lookups += 1,
        }
    }
    lookups
}

/// What the provider wants to be included.
fn include(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Ses => Some("amazonses.com"),
        Provider::SendGrid => Some("sendgrid.net"),
        Provider::Mailgun => Some("mailgun.org"),
        Provider::Postmark => Some("spf.mtasv.net"),
        Provider::Smtp | Provider::Twilio | Provider::ClickSend => None,
    }
}

fn mechanism(sender: &Sender) -> String {
    let Sender { host, provider, .. } = sender;
    match (include(*provider), host.parse::<IpAddr>()) {
        (Some(name), _) => format!("include:{name}"),
        (None, Ok(IpAddr::V4(address))) => format!("ip4:{address}"),
        (None, Ok(IpAddr::V6(address))) => format!("ip6:{address}"),
        // Where nothing is really sent, there is no server.
        (None, Err(_)) if host.is_empty() => "mx".to_owned(),
        (None, Err(_)) => format!("a:{host}"),
    }
}

pub fn judge(sender: &Sender, records: &Records) -> Finding {
    let domain = &sender.domain;
    let finding = |verdict, explanation: String| Finding::new(Subject::Spf, verdict, explanation);
    let record = |value: String| DnsRecord::txt(domain.clone(), value);
    let answer = records.txt(domain);
    if *answer == Answer::Failed {
        return Finding::unanswered(Subject::Spf, domain);
    }
    let found: Vec<String> = answer.records().iter().filter(|record| is_spf(record)).cloned().collect();
    let wanted = mechanism(sender);
    match found.as_slice() {
        [] => {
            let explanation = "Nothing says which servers may send for this domain, so receivers trust none.";
            finding(Verdict::Missing, explanation.into()).proposing(record(format!("v=spf1 {wanted} ~all")))
        }
        [one] => of_one(sender, records, one, &wanted).having(&found),
        several => {
            let explanation = "There are several SPF records, so none counts (RFC 7208, 3.2). Put one in their place.";
            finding(Verdict::Wrong, explanation.into()).having(&found).proposing(record(merged(several)))
        }
    }
}

fn of_one(sender: &Sender, records: &Records, found: &str, wanted: &str) -> Finding {
    let domain = &sender.domain;
    let finding = |verdict, explanation: String| Finding::new(Subject::Spf, verdict, explanation);
    let propose = |value: String| DnsRecord::txt(domain.clone(), value);
    let all = terms(found);
    if all.iter().any(|term| matches!(term.as_str(), "all" | "+all")) {
        let explanation = "It lets every server of the world send for this domain (+all). End it with ~all.";
        return finding(Verdict::Wrong, explanation.into()).proposing(propose(ending(found, "~all")));
    }
    let mut void = Vec::new();
    let lookups = cost(found, records, &mut BTreeSet::from([domain.clone()]), &mut void);
    if lookups > LOOKUPS {
        let explanation = format!(
            "It takes {lookups} lookups, and receivers stop after {LOOKUPS} (RFC 7208, 4.6.4): it counts as broken. Take out \
             what no longer sends for you."
        );
        return finding(Verdict::Wrong, explanation);
    }
    if let Some(name) = void.first() {
        let explanation = format!("It includes {name}, which has no SPF record: it counts as broken. Take that out.");
        let rest: Vec<&str> =
            found.split_whitespace().filter(|t| !t.to_ascii_lowercase().ends_with(&format!(":{name}"))).collect();
        return finding(Verdict::Wrong, explanation).proposing(propose(rest.join(" ")));
    }
    match include(sender.provider) {
        Some(name) if !includes(found, name, records, &mut BTreeSet::new()) => {
            let provider = sender.provider.name();
            let explanation = format!(
                "It does not name {provider}. That is right only where {provider} has a return path of its own under \
                 your domain; else add it."
            );
            finding(Verdict::Wrong, explanation).proposing(propose(with(found, wanted)))
        }
        Some(_) => finding(Verdict::Good, format!("{} may send for this domain.", sender.provider.name())),
        None => {
            let host = &sender.host;
            let explanation = format!(
                "There is one, and it is in order. Whether it covers the addresses of {host} only its operator knows."
            );
            finding(Verdict::Good, explanation)
        }
    }
}

fn includes(record: &str, name: &str, records: &Records, seen: &mut BTreeSet<String>) -> bool {
    included(record).into_iter().any(|included| {
        included == name
            || seen.insert(included.clone())
                && of(records.txt(&included).records()).is_some_and(|record| includes(record, name, records, seen))
    })
}

fn is_all(term: &str) -> bool {
    bare(term).eq_ignore_ascii_case("all")
}

/// The record with a mechanism before its end.
fn with(record: &str, mechanism: &str) -> String {
    let mut terms: Vec<&str> = record.split_whitespace().collect();
    let end = terms.iter().position(|term| is_all(term) || term.to_ascii_lowercase().starts_with("redirect="));
    terms.insert(end.unwrap_or(terms.len()), mechanism);
    terms.join(" ")
}

/// The record with another end.
fn ending(record: &str, end: &str) -> String {
    let terms: Vec<&str> = record.split_whitespace().filter(|term| !is_all(term)).chain([end]).collect();
    terms.join(" ")
}

/// One record with what all of them say; the strictest end.
fn merged(records: &[String]) -> String {
    let mut terms: Vec<&str> = Vec::new();
    for term in records.iter().flat_map(|record| record.split_whitespace().skip(1)) {
        if !is_all(term) && !terms.contains(&term) {
            terms.push(term);
        }
    }
    let is_strict = records.iter().all(|record| record.to_ascii_lowercase().contains("-all"));
    let end = if is_strict { "-all" } else { "~all" };
    ["v=spf1"].into_iter().chain(terms).chain([end]).collect::<Vec<_>>().join(" ")
}
