//! DMARC (RFC 7489): what receivers are to do with mails that neither SPF nor DKIM ties to the domain.

use super::{Answer, DnsRecord, Finding, Records, Sender, Subject, Verdict, tag, tags};
use crate::domain::connection::settings::Provider;

/// Where records are looked for: at the domain, and at those that it is part of.
pub fn names(domain: &str) -> Vec<String> {
    let mut names = vec![format!("_dmarc.{domain}")];
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.').filter(|(_, parent)| parent.contains('.')) {
        names.push(format!("_dmarc.{parent}"));
        rest = parent;
    }
    names.truncate(4);
    names
}

fn is_dmarc(record: &str) -> bool {
    record.trim_start().to_ascii_lowercase().starts_with("v=dmarc1")
}

pub fn judge(sender: &Sender, records: &Records, spf: &Finding, dkim: &Finding) -> Finding {
    let finding = |verdict, explanation: String| Finding::new(Subject::Dmarc, verdict, explanation);
    let domain = &sender.domain;
    let propose =
        DnsRecord::txt(format!("_dmarc.{domain}"), format!("v=DMARC1; p=none; rua=mailto:dmarc-reports@{domain}"));
    for (i, name) in names(domain).iter().enumerate() {
        let answer = records.txt(name);
        if *answer == Answer::Failed {
            return Finding::unanswered(Subject::Dmarc, name);
        }
        let all: Vec<&String> = answer.records().iter().filter(|record| is_dmarc(record)).collect();
        let found: Vec<String> = all.iter().map(|record| format!("{name}: {record}")).collect();
        match all.as_slice() {
            [] => {}
            [record] => return of_record(sender, record, i > 0, spf, dkim, propose).having(&found),
            _ => {
                let explanation = "There are several DMARC records, so none counts. Leave one.";
                return finding(Verdict::Wrong, explanation.into()).having(&found);
            }
        }
    }
    let explanation = "There is none. Gmail, Yahoo and Microsoft ask senders of many mails for one; p=none is enough.";
    finding(Verdict::Missing, explanation.into()).proposing(propose)
}

fn of_record(
    sender: &Sender,
    record: &str,
    is_inherited: bool,
    spf: &Finding,
    dkim: &Finding,
    propose: DnsRecord,
) -> Finding {
    let finding = |verdict, explanation: String| Finding::new(Subject::Dmarc, verdict, explanation);
    let tags = tags(record);
    let policy = tag(&tags, "p").map(str::to_ascii_lowercase);
    let subdomains = tag(&tags, "sp").map(str::to_ascii_lowercase).filter(|_| is_inherited);
    let policy = match subdomains.or(policy).as_deref() {
        Some("none") => "none",
        Some("quarantine") => "quarantine",
        Some("reject") => "reject",
        _ => {
            let explanation = "It has no policy that receivers know: p= must be none, quarantine or reject.";
            return finding(Verdict::Wrong, explanation.into()).proposing(propose);
        }
    };
    let is_strict = |name: &str| tag(&tags, name).is_some_and(|value| value.eq_ignore_ascii_case("s"));
    // The big providers put a return path of theirs into mails, which SPF then speaks of.
    let by_spf = spf.verdict == Verdict::Good && sender.provider == Provider::Smtp;
    let by_dkim = dkim.verdict == Verdict::Good;
    let provider = sender.provider.name();
    if policy != "none" && !by_spf && !by_dkim && dkim.verdict != Verdict::Unknown {
        let fate = if policy == "reject" { "refuse" } else { "put into the spam folder" };
        let explanation = if sender.provider == Provider::Smtp {
            format!("It has receivers {fate} what neither SPF nor DKIM ties to this domain, and now nothing does.")
        } else {
            format!(
                "It has receivers {fate} what is not tied to this domain. {provider} uses a return path of its own, so \
                 only DKIM can do that, and it is not in order."
            )
        };
        return finding(Verdict::Wrong, explanation);
    }
    let what = match policy {
        "none" => "Receivers report and change nothing (p=none), which is enough for bulk senders.",
        "quarantine" => "Receivers put forged mail into the spam folder (p=quarantine).",
        _ => "Receivers refuse forged mail (p=reject).",
    };
    let strict = match (is_strict("adkim"), is_strict("aspf")) {
        (true, _) if sender.selector.is_empty() => {
            format!(" Signatures must be of {} itself, not of a domain below it (adkim=s).", sender.domain)
        }
        (_, true) if sender.provider != Provider::Smtp => {
            format!(" A return path below {} is not enough (aspf=s).", sender.domain)
        }
        _ => String::new(),
    };
    finding(Verdict::Good, format!("{what}{strict}"))
}
