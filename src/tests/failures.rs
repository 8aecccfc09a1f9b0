//! docs/failures.md says what the program does: it is written from the functions that the worker and the pages ask. To write it
//! anew: `WRITE_DOCS=1 cargo test --features ssr --lib failures`.

use crate::{
    domain::{
        Timestamp,
        connection::{Owner, StopReason},
        message::{Channel, FailureCode, Fix},
    },
    server::delivery::{
        faults::{
            self,
            Phase::{Connect, Data, Encrypt, End, Mail, Rcpt, SignIn},
        },
        retry::{self, Class, History, Next},
    },
};
use std::{fmt::Write, path::Path};

const HEAD: &str = "\
# Failures

Why a message fails or a connection is paused, who can mend it, what the page says, and what its button does. `src/domain/message/failure.rs`
and `src/domain/connection.rs` hold the codes and sentences, `src/server/delivery/faults.rs` reads the providers' replies. This file is written
and compared by `src/tests/failures.rs`.
";

const CLICKSEND_HEAD: &str = "
## Answers of ClickSend

ClickSend answers HTTP 200 to a request that it has read, with a status for its message, which decides. There is no key that would make a
repetition harmless, so what leaves open whether the message was taken is not repeated. Source: <https://developers.clicksend.com/docs/rest/v3>,
\"Status Codes\" and \"Application Status Codes\".

| answer | owner | class | source |
|---|---|---|---|
";

/// Replies of mail servers: the step, the reply, and where it is described.
const SMTP: &[(faults::Phase, Option<u16>, &str, &str)] = &[
    (Connect, None, "", "the network"),
    (Connect, Some(554), "", "RFC 5321, 3.1"),
    (Mail, Some(421), "", "RFC 5321, 3.8"),
    (Encrypt, Some(454), "", "RFC 3207, 4"),
    (Encrypt, Some(502), "", "RFC 5321, 4.2.2"),
    (SignIn, Some(454), "4.7.0", "RFC 4954, 4"),
    (SignIn, Some(535), "5.7.8", "RFC 4954, 6"),
    (Mail, Some(530), "5.7.0", "RFC 4954, 6"),
    (Mail, Some(550), "", "RFC 5321, 3.3"),
    (Mail, Some(451), "4.7.0", "Exchange Online"),
    (Mail, Some(451), "4.7.1", "RFC 3463, 3.8"),
    (Mail, Some(553), "5.1.8", "RFC 3463, 3.2"),
    (Mail, Some(550), "5.3.0", "RFC 3463, 3.4"),
    (Mail, Some(550), "5.4.5", "Google"),
    (Mail, Some(550), "5.7.705", "Exchange Online"),
    (Mail, Some(554), "5.7.60", "Exchange Online"),
    (Mail, Some(530), "5.7.57", "Exchange Online"),
    (Mail, Some(554), "5.2.252", "Exchange Online"),
    (Mail, Some(530), "5.7.11", "RFC 5248"),
    (Rcpt, Some(450), "", "RFC 5321, 4.2.3"),
    (Rcpt, Some(450), "4.2.2", "RFC 3463, 3.3"),
    (Rcpt, Some(450), "4.1.8", "Postfix, reject_unknown_sender_domain"),
    (Rcpt, Some(451), "4.7.1", "RFC 6647 (greylisting)"),
    (Rcpt, Some(550), "no such user", "RFC 5321, 4.2.3"),
    (Rcpt, Some(550), "Administrative prohibition", "Exim"),
    (Rcpt, Some(550), "relay not permitted", "Exim"),
    (Rcpt, Some(550), "Sender verify failed", "Exim"),
    (Rcpt, Some(550), "Sandbox subdomains are for test purposes only", "Mailgun"),
    (Rcpt, Some(550), "5.1.1", "RFC 3463, 3.2"),
    (Rcpt, Some(553), "5.1.2", "RFC 3463, 3.2"),
    (Rcpt, Some(501), "5.1.3", "RFC 3463, 3.2"),
    (Rcpt, Some(551), "5.1.6", "RFC 3463, 3.2"),
    (Rcpt, Some(556), "5.1.10", "RFC 7505, 4.2"),
    (Rcpt, Some(550), "5.2.1", "RFC 3463, 3.3"),
    (Rcpt, Some(552), "5.2.2", "RFC 3463, 3.3"),
    (Rcpt, Some(552), "", "RFC 5321, 4.2.3"),
    (Rcpt, Some(550), "5.4.5 Daily user sending limit exceeded", "Google"),
    (Rcpt, Some(550), "5.7.23", "RFC 7372, 3.2"),
    (Rcpt, Some(554), "5.7.1", "RFC 3463, 3.8"),
    (Rcpt, Some(553), "", "RFC 5321, 4.2.3"),
    (Data, Some(503), "5.5.1", "RFC 3463, 3.6"),
    (End, None, "", "RFC 5321, 4.5.3.2.6"),
    (End, Some(552), "5.2.3", "RFC 3463, 3.3"),
    (End, Some(552), "5.3.4", "RFC 3463, 3.4"),
    (End, Some(550), "5.7.26", "RFC 7372, 3.3; Google"),
    (End, Some(554), "5.7.1", "RFC 3463, 3.8"),
    (End, Some(554), "Email address is not verified.", "Amazon SES"),
    (End, Some(554), "Sending paused for this account.", "Amazon SES"),
];

/// Answers of Twilio's API: the HTTP status and the error number.
const TWILIO: &[(u16, Option<u32>)] = &[
    (400, Some(21211)),
    (400, Some(21217)),
    (400, Some(21614)),
    (400, Some(30005)),
    (400, Some(30006)),
    (400, Some(21610)),
    (400, Some(30003)),
    (400, Some(30004)),
    (400, Some(30007)),
    (400, Some(30034)),
    (401, Some(20003)),
    (401, Some(20006)),
    (403, Some(20005)),
    (400, Some(30002)),
    (402, None),
    (400, Some(63038)),
    (400, Some(21212)),
    (400, Some(21603)),
    (400, Some(21606)),
    (400, Some(21659)),
    (400, Some(21660)),
    (400, Some(21701)),
    (400, Some(21703)),
    (400, Some(21705)),
    (400, Some(21408)),
    (400, Some(21608)),
    (404, Some(20404)),
    (302, None),
    (401, None),
    (403, None),
    (400, None),
    (408, None),
    (429, Some(20429)),
    (500, None),
];

/// Answers of ClickSend's API: the HTTP status, the status of the message or the request, and where it is described.
const CLICKSEND: &[(u16, Option<&str>, &str)] = &[
    (200, Some("INVALID_RECIPIENT"), APPLICATION),
    (200, Some("EMPTY_MESSAGE"), APPLICATION),
    (200, Some("INSUFFICIENT_CREDIT"), APPLICATION),
    (200, Some("MISSING_CREDENTIALS"), APPLICATION),
    (200, Some("INVALID_CREDENTIALS"), APPLICATION),
    (200, Some("ACCOUNT_NOT_ACTIVATED"), APPLICATION),
    (200, Some("INVALID_SENDER_ID"), APPLICATION),
    (200, Some("COUNTRY_NOT_ENABLED"), "not described; seen in answers"),
    (200, Some("MISSING_REQUIRED_FIELDS"), APPLICATION),
    (200, Some("TOO_MANY_RECIPIENTS"), APPLICATION),
    (200, Some("INVALID_SCHEDULE"), APPLICATION),
    (200, Some("ALREADY_EXISTS"), APPLICATION),
    (200, Some("THROTTLED"), APPLICATION),
    (200, Some("INTERNAL_ERROR"), APPLICATION),
    (200, Some("SOMETHING_IS_WRONG"), APPLICATION),
    (200, None, "not described"),
    (302, None, "not described"),
    (400, None, "Status Codes"),
    (401, None, "Status Codes"),
    (402, None, "RFC 9110, 15.5.3"),
    (403, None, "Status Codes"),
    (404, None, "Status Codes"),
    (405, None, "Status Codes"),
    (408, None, "RFC 9110, 15.5.9"),
    (429, None, "Status Codes"),
    (500, None, "Status Codes"),
    (503, None, "RFC 9110, 15.6.4"),
];
const APPLICATION: &str = "Application Status Codes";

fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Recipient => "recipient",
        Owner::Content => "content",
        Owner::Account => "account",
        Owner::Provider => "provider",
    }
}

fn class(class: Class) -> String {
    match class {
        Class::Transient { .. } => "transient: tried again".into(),
        Class::Permanent(code) => format!("permanent: `{}`", code.code()),
        Class::Ambiguous => "ambiguous: an email once more, an SMS `unconfirmed`".into(),
        Class::Account { reason, otherwise: None } => format!("account: paused, `{}`", reason.code()),
        Class::Account { reason, otherwise: Some(code) } => {
            format!("account: paused, `{}`; where others go out `{}`", reason.code(), code.code())
        }
    }
}

/// From what kind of answers a message fails so.
fn class_of(code: FailureCode) -> &'static str {
    let at = Timestamp(0);
    let last = History { attempts: retry::ENOUGH, first_attempt: at.plus(-retry::GIVE_UP), was_ambiguous: true };
    let fails = |class| retry::next(class, Channel::Sms, last, at, 1.0) == Some(Next::Fail(code));
    if fails(Class::Ambiguous) {
        "ambiguous"
    } else if fails(Class::LATER) {
        "transient, for a day of attempts"
    } else {
        "permanent"
    }
}

/// The sources of a failure code among the replies of the other tables.
fn sources(code: FailureCode) -> String {
    let is_so = |class| match class {
        Class::Permanent(failure) => failure == code,
        Class::Account { otherwise, .. } => otherwise == Some(code),
        Class::Ambiguous => code == FailureCode::Unconfirmed,
        Class::Transient { .. } => false,
    };
    let smtp = SMTP.iter().filter(|(phase, reply, text, _)| is_so(faults::smtp(*phase, *reply, text)));
    let smtp = smtp.map(|(phase, reply, text, _)| match (phase, reply) {
        (End, None) => "no answer after the end of the data".into(),
        _ => reply_words(*reply, text),
    });
    let twilio = TWILIO.iter().filter(|(status, error)| is_so(faults::twilio(*status, *error, None)));
    let twilio = twilio.map(|(status, error)| twilio_words(*status, *error));
    let clicksend = CLICKSEND.iter().filter(|(http, status, _)| is_so(faults::clicksend(*http, *status, None)));
    let clicksend = clicksend.map(|(http, status, _)| clicksend_words(*http, *status));
    let mut all: Vec<String> = smtp.chain(twilio).chain(clicksend).collect();
    all.dedup();
    match (code, all.is_empty()) {
        (FailureCode::Unreachable, _) => "no answer, or 4xx".into(),
        (_, false) => all.join(", "),
        (_, true) => panic!("{code:?} has no source"),
    }
}

fn reply_words(reply: Option<u16>, text: &str) -> String {
    match reply {
        None => "no answer".into(),
        Some(reply) if text.is_empty() => reply.to_string(),
        Some(reply) => format!("{reply} {text}"),
    }
}

fn twilio_words(status: u16, error: Option<u32>) -> String {
    error.map_or_else(|| format!("HTTP {status}"), |error| format!("Twilio {error}"))
}

fn clicksend_words(http: u16, status: Option<&str>) -> String {
    status.map_or_else(|| format!("ClickSend HTTP {http}"), |status| format!("ClickSend {status}"))
}

fn written() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("\n## Messages that failed\n\n");
    out.push_str("| code | channel | owner | class | sentence | what to do | fix | source |\n|---|---|---|---|---|---|---|---|\n");
    for code in FailureCode::ALL {
        let (email, sms) = (Channel::Email, Channel::Sms);
        let texts = |channel| (code.reason(channel), code.advice(channel), code.fix(channel));
        let rows = if texts(email) == texts(sms) {
            vec![("both", email)]
        } else {
            vec![(email.name(), email), (sms.name(), sms)]
        };
        for (name, channel) in rows {
            let (reason, advice, fix) = texts(channel);
            let _ = writeln!(
                out,
                "| `{}` | {name} | {} | {} | {reason} | {advice} | {} | {} |",
                code.code(),
                owner(code.owner()),
                class_of(code),
                fix.label(),
                sources(code),
            );
        }
    }
    out.push_str("\nWhat the fixes do:\n\n");
    for fix in Fix::ALL {
        let does = match fix {
            Fix::EditEmail => {
                "opens the customer's form with the focus on the email; saving offers to resend the message"
            }
            Fix::EditPhone => "the same with the phone",
            Fix::AskToResubscribe => {
                "opens the profile's form to resubscribe, and says that consent is needed and no message may ask for it"
            }
            Fix::OpenConnection => "leads to the project's connections",
            Fix::ChangeText => {
                "shows the text as it was sent: it cannot be changed, the template's counts for later messages"
            }
            Fix::Resend => "queues the message again, to the customer's present address",
        };
        let _ = writeln!(out, "- **{}** {does}.", fix.label());
    }
    out.push_str(
        "\nA message is not resent to an address that does not exist, nor to one that opted out, unsubscribed or is archived.\n",
    );
    out.push_str("\n## Connections that are paused\n\nNo message fails or loses an attempt meanwhile.\n\n");
    out.push_str("| code | owner | class | sentence | what to do | fix |\n|---|---|---|---|---|---|\n");
    for reason in StopReason::ALL {
        let class = if reason.owner() == Owner::Provider { "transient, ten in a row" } else { "account" };
        let _ = writeln!(
            out,
            "| `{}` | {} | {class} | The provider {}. | {} | {} |",
            reason.code(),
            owner(reason.owner()),
            reason.clause(),
            reason.advice().unwrap_or("Wait: it is tried again by itself."),
            Fix::OpenConnection.label(),
        );
    }
    out.push_str("\n## Replies of mail servers\n\nThe enhanced code says most, then the basic code with the step at which it came, and last a few words.\n\n");
    out.push_str("| step | reply | owner | class | source |\n|---|---|---|---|---|\n");
    for (phase, reply, text, source) in SMTP {
        let found = faults::smtp(*phase, *reply, text);
        let step = match phase {
            Connect => "connecting",
            Encrypt => "STARTTLS",
            SignIn => "AUTH",
            Mail => "MAIL",
            Rcpt => "RCPT",
            Data => "DATA",
            End => "end of the data",
        };
        let (reply, owner) = (reply_words(*reply, text), owner(found.owner()));
        let _ = writeln!(out, "| {step} | {reply} | {owner} | {} | {source} |", class(found));
    }
    out.push_str("\n## Answers of Twilio\n\nSource: <https://www.twilio.com/docs/api/errors>.\n\n");
    out.push_str("| answer | owner | class |\n|---|---|---|\n");
    for (status, error) in TWILIO {
        let found = faults::twilio(*status, *error, None);
        let _ = writeln!(out, "| {} | {} | {} |", twilio_words(*status, *error), owner(found.owner()), class(found));
    }
    out.push_str(CLICKSEND_HEAD);
    for (http, status, source) in CLICKSEND {
        let found = faults::clicksend(*http, *status, None);
        let (answer, owner) = (clicksend_words(*http, *status), owner(found.owner()));
        let _ = writeln!(out, "| {answer} | {owner} | {} | {source} |", class(found));
    }
    out
}

#[test]
fn the_table_of_failures_is_what_the_program_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/failures.md");
    let written = written();
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == written, "docs/failures.md is out of date: WRITE_DOCS=1 cargo test --features ssr --lib failures");
}
