//! DKIM (RFC 6376): whether there is a key that signatures can be verified with.

use super::{Answer, DnsRecord, Finding, Records, Sender, Subject, Verdict, tag, tags};
use crate::domain::connection::settings::Provider;

/// The bytes of an RSA key of 1,024 bits in a record, and of one of 2,048.
const SHORTEST: usize = 155;
const USUAL: usize = 280;

/// The names under which keys are looked for, without the domain.
pub fn selectors(sender: &Sender) -> Vec<&str> {
    if !sender.selector.is_empty() {
        return vec![&sender.selector];
    }
    match sender.provider {
        Provider::SendGrid => vec!["s1", "s2"],
        Provider::Mailgun => vec!["k1", "mx", "smtp", "pic", "krs", "mailo", "email"],
        // Theirs are made for each domain.
        Provider::Ses | Provider::Postmark | Provider::Twilio | Provider::ClickSend => Vec::new(),
        Provider::Smtp => vec!["default", "mail", "dkim", "s1", "selector1", "selector2", "google", "k1"],
    }
}

/// Where the provider shows what to enter.
fn instructions(provider: Provider) -> &'static str {
    match provider {
        Provider::Ses => {
            "Amazon SES makes three names of its own for each domain: its console says under Identities, DKIM, which CNAME \
             records to add, and whether it has verified them."
        }
        Provider::Postmark => {
            "Postmark makes a name of its own for each domain: it says under Sender Signatures, DNS Settings, which record \
             to add, and whether it has verified it."
        }
        Provider::SendGrid => {
            "SendGrid says under Sender Authentication which CNAME records (s1 and s2) to add, and whether it has verified \
             them."
        }
        Provider::Mailgun => "Mailgun says under Sending, Domain settings, DNS records which record to add.",
        Provider::Smtp | Provider::Twilio | Provider::ClickSend => {
            "If your mail server signs, ask its operator for the selector and enter it above. If it does not, enter a \
             selector and a key above, and we sign."
        }
    }
}

pub fn judge(sender: &Sender, records: &Records) -> Finding {
    let finding = |verdict, explanation: String| Finding::new(Subject::Dkim, verdict, explanation);
    let tried = selectors(sender);
    let name = |selector: &str| format!("{selector}._domainkey.{}", sender.domain);
    let answers: Vec<(String, &Answer)> =
        tried.iter().map(|selector| name(selector)).map(|name| (name.clone(), records.txt(&name))).collect();
    let mut found = answers.iter().filter(|(_, answer)| !answer.records().is_empty());
    if let Some((name, answer)) = found.next() {
        return of_key(sender, name, answer.records());
    }
    match answers.as_slice() {
        [] => finding(Verdict::Unknown, instructions(sender.provider).into()),
        [(name, Answer::Failed), ..] => Finding::unanswered(Subject::Dkim, name),
        [(name, _)] => {
            let missing =
                finding(Verdict::Missing, format!("There is no key under {name}, so no signature can be verified."));
            match &sender.public_key {
                Some((kind, key)) => missing.proposing(DnsRecord::txt(name.clone(), value(kind, key))),
                None => missing,
            }
        }
        _ => {
            let explanation = format!(
                "No key was found under the usual names ({}). {}",
                tried.join(", "),
                instructions(sender.provider)
            );
            finding(Verdict::Missing, explanation)
        }
    }
}

fn value(kind: &str, key: &str) -> String {
    format!("v=DKIM1; k={kind}; p={key}")
}

fn of_key(sender: &Sender, name: &str, records: &[String]) -> Finding {
    let found: Vec<String> = records.iter().map(|record| format!("{name}: {record}")).collect();
    let finding = |verdict, explanation: String| Finding::new(Subject::Dkim, verdict, explanation).having(&found);
    let ours = sender.public_key.as_ref().map(|(kind, key)| DnsRecord::txt(name, value(kind, key)));
    let wrong = |explanation: &str| {
        let finding = finding(Verdict::Wrong, explanation.to_owned());
        ours.clone().map_or_else(|| finding.clone(), |record| finding.clone().proposing(record))
    };
    let [record] = records else {
        return wrong("There are several records under this name, so none counts. Leave one.");
    };
    let tags = tags(record);
    if tag(&tags, "v").is_some_and(|version| version != "DKIM1") {
        return wrong("The record does not begin with v=DKIM1.");
    }
    let key: String = tag(&tags, "p").unwrap_or_default().split_whitespace().collect();
    let kind = tag(&tags, "k").unwrap_or("rsa");
    if tag(&tags, "p").is_none() {
        return wrong("The record has no key (p=).");
    }
    if key.is_empty() {
        return wrong("The key was revoked (p= is empty): every signature with it is refused.");
    }
    if tag(&tags, "h").is_some_and(|hashes| !hashes.split(':').any(|hash| hash.trim() == "sha256")) {
        return wrong("The record permits only hashes that nobody accepts any more (h=); sha256 must be among them.");
    }
    if let Some((_, our_key)) = &sender.public_key
        && *our_key != key
    {
        return wrong("This key is not the one that we sign with: signatures would be refused.");
    }
    let bytes = key.trim_end_matches('=').len() * 3 / 4;
    if kind == "rsa" && bytes < SHORTEST {
        return wrong("The key is shorter than 1,024 bits: receivers ignore its signatures.");
    }
    let more = match kind {
        "rsa" if bytes < USUAL => " It has 1,024 bits; 2,048 are usual now.",
        "ed25519" => " Some receivers do not verify Ed25519 yet; an RSA key reaches all.",
        _ => "",
    };
    let testing = if tag(&tags, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        " It says that it is only being tested (t=y): take that out."
    } else {
        ""
    };
    finding(Verdict::Good, format!("Signatures can be verified with the key under {name}.{more}{testing}"))
}
