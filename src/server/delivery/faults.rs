//! What a provider's refusal means: one table for SMTP, one for Twilio and one for ClickSend.
//!
//! For SMTP, the enhanced code (RFC 3463, with those of RFC 4954, 7372 and 7504 and of some providers) says most, then the basic
//! code (RFC 5321) with the point at which it came, and last a few words for servers that have no other way to say it. Only what
//! names the recipient may blame an address; all that concerns sign-in, encryption and sender is ours to mend.

use super::retry::Class;
use crate::domain::{
    connection::{Owner, StopReason},
    message::FailureCode,
};

/// How far an SMTP conversation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Connection, greeting, EHLO.
    Connect,
    /// STARTTLS.
    Encrypt,
    SignIn,
    Mail,
    Rcpt,
    /// DATA, and the body but for its end.
    Data,
    /// The end of the data is on its way.
    End,
}

/// The meaning of a negative SMTP reply, or with `reply` None of a connection that broke.
pub fn smtp(phase: Phase, reply: Option<u16>, text: &str) -> Class {
    match reply {
        Some(code @ 400..500) => passing(phase, code, enhanced(text)),
        Some(code) => lasting(phase, code, text),
        None if phase == Phase::End => Class::Ambiguous,
        None => Class::LATER,
    }
}

/// Ours for certain: no message can be to blame.
const fn ours(reason: StopReason) -> Class {
    Class::Account { reason, otherwise: None }
}

/// Ours, unless other messages go out: then it was about this one.
const fn perhaps_ours(reason: StopReason, otherwise: FailureCode) -> Class {
    Class::Account { reason, otherwise: Some(otherwise) }
}

/// Subject and detail of an enhanced code: (1, 1) of 5.1.1.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let first = text.split_whitespace().next()?.trim_matches(|c: char| !c.is_ascii_digit());
    let mut parts = first.split('.').map(str::parse::<u16>);
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        (Ok(2 | 4 | 5), Ok(subject), Ok(detail), None) => Some((subject, detail)),
        _ => None,
    }
}

/// 4xx: it passes by itself.
fn passing(phase: Phase, code: u16, enhanced: Option<(u16, u16)>) -> Class {
    match (phase, enhanced) {
        // RFC 5321, 3.8: the server ends the conversation, for reasons of its own.
        _ if code == 421 => Class::LATER,
        // RFC 4954 and 3207: a server whose sign-in or encryption is out of order.
        (Phase::Encrypt, _) => ours(StopReason::Encryption),
        (Phase::SignIn, _) => ours(StopReason::SignIn),
        // Exchange: "451 4.7.0 Temporary server error", "451 4.7.500 Server busy".
        (Phase::Mail, Some((7, 0 | 500))) => Class::LATER,
        (Phase::Mail, Some((7, _))) => ours(StopReason::Refused),
        // Postfix asks about the sender only at RCPT: "450 4.1.8 <us>: Sender address rejected: Domain not found".
        (_, Some((1, 7 | 8))) => ours(StopReason::Sender),
        // The mailbox: busy, full, not known yet, greylisted.
        (Phase::Rcpt | Phase::End, Some((1 | 2, _))) => Class::RECIPIENT_LATER,
        (Phase::Rcpt, None) if code == 450 => Class::RECIPIENT_LATER,
        _ => Class::LATER,
    }
}

/// 5xx: it does not pass by itself.
fn lasting(phase: Phase, code: u16, text: &str) -> Class {
    match phase {
        // RFC 5321, 3.1: a server that wants nothing of us, such as one that blocks our address.
        Phase::Connect => return ours(StopReason::Refused),
        Phase::Encrypt => return ours(StopReason::Encryption),
        Phase::SignIn => return ours(StopReason::SignIn),
        Phase::Mail | Phase::Rcpt | Phase::Data | Phase::End => {}
    }
    let known = enhanced(text);
    let about_sign_in = matches!(code, 530 | 534 | 535 | 538);
    // Codes that say little: none, an address in some way (whose?), a policy.
    let is_vague = matches!(known, None | Some((1, 0) | (7, 0 | 1))) && !about_sign_in;
    if is_vague
        && phase != Phase::Mail
        && !names_a_mailbox(text)
        && let Some(reason) = by_words(text)
    {
        return perhaps_ours(reason, FailureCode::Rejected);
    }
    if let Some(class) = known.and_then(|code| by_enhanced_code(phase, code)) {
        return class;
    }
    // RFC 4954: sign in first, with a stronger mechanism, encrypted.
    if about_sign_in {
        return ours(StopReason::SignIn);
    }
    if phase == Phase::Mail {
        return ours(by_words(text).unwrap_or(StopReason::Sender));
    }
    Class::Permanent(match code {
        550 if phase == Phase::Rcpt && known.is_none() => {
            if !names_a_mailbox(text) {
                // Exim: "550 Administrative prohibition".
                return perhaps_ours(StopReason::Refused, FailureCode::Rejected);
            }
            FailureCode::AddressUnknown
        }
        // RFC 5321, 4.2.3: exceeded storage allocation. At the end of the data it is the size of the mail, too.
        552 if phase == Phase::Rcpt || is_about_a_mailbox(text) => FailureCode::MailboxFull,
        550..=554 => FailureCode::Rejected,
        _ => FailureCode::Other,
    })
}

fn by_enhanced_code(phase: Phase, code: (u16, u16)) -> Option<Class> {
    use FailureCode::{AddressUnknown, MailboxFull, Other, Rejected, Unauthenticated};
    let permanent = |failure| Some(Class::Permanent(failure));
    match code {
        // RFC 3463: the sender's mailbox or system.
        (1, 7 | 8) => Some(ours(StopReason::Sender)),
        // RFC 4954 and RFC 5248: credentials, mechanism, encryption needed. Microsoft: 5.7.3, 5.7.57 and 5.7.139 not signed in,
        // 5.7.60 and 5.2.252 not permitted to send as this sender.
        (7, 3 | 8 | 9 | 57 | 139) => Some(ours(StopReason::SignIn)),
        (7, 11) => Some(ours(StopReason::Encryption)),
        (7, 60) | (2, 252) => Some(ours(StopReason::Sender)),
        // Google: 5.4.5, the daily limit. Microsoft: 5.7.705 and 5.7.708, the limit of the tenant and its address.
        (4, 5) => Some(ours(StopReason::Quota)),
        (7, 705 | 708) => Some(ours(StopReason::Quota)),
        // RFC 3463: the message is too big.
        (2, 3) | (3, 4) => permanent(Rejected),
        // RFC 3463: the state of the mail system. Sendmail's maps say "553 5.3.0 No such user" of one recipient, too.
        (3, _) if phase == Phase::Mail => Some(ours(StopReason::Refused)),
        (3, _) => Some(perhaps_ours(StopReason::Refused, Rejected)),
        _ if phase == Phase::Mail => None,
        // RFC 3463, 7505 and 7504: mailbox, system, syntax, moved, null MX; mailbox disabled.
        (1, 1 | 2 | 3 | 6 | 10) | (2, 1) => permanent(AddressUnknown),
        (2, 2) => permanent(MailboxFull),
        (1 | 2 | 4 | 6, _) => permanent(Rejected),
        // RFC 7372 and 7505: DKIM, SPF, reverse DNS, several of them (so DMARC), a sender's domain without mail.
        (7, 20..=29) => Some(perhaps_ours(StopReason::Unverified, Unauthenticated)),
        // RFC 3463: not authorized; relaying, a blocked address of ours, or a recipient who takes no mail from outside. After the
        // data, 5.7.1 is how filters refuse what they take for spam.
        (7, _) if phase == Phase::Rcpt => Some(perhaps_ours(StopReason::Refused, Rejected)),
        (7, _) => permanent(Rejected),
        (5, _) => permanent(Other),
        _ => None,
    }
}

/// What servers without enhanced codes, or with those that say little, say of our account.
fn by_words(text: &str) -> Option<StopReason> {
    let text = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["sender verify", "sender address", "verified sender", "sender identity", "not verified"]) {
        // Exim, Postfix ("Sender address rejected"), SendGrid, Amazon SES ("Email address is not verified").
        Some(StopReason::Sender)
    } else if says(&["sending paused", "suspended", "sandbox", "account disabled", "account is disabled"]) {
        // Amazon SES ("Sending paused for this account"), Mailgun ("Sandbox subdomains are for test purposes only").
        Some(StopReason::Refused)
    } else if says(&["unauthenticated", "dmarc", "dkim"]) {
        Some(StopReason::Unverified)
    } else if says(&["authenticat", "log in", "login"]) {
        Some(StopReason::SignIn)
    } else if says(&["sending limit", "daily", "hourly", "per hour", "per day", "rate limit"]) {
        Some(StopReason::Quota)
    } else if says(&["relay", "spamhaus", "blacklist", "blocklist", "dnsbl"]) {
        // Postfix, Exim and Sendmail: "relay access denied", "relay not permitted", "relaying denied".
        Some(StopReason::Refused)
    } else {
        None
    }
}

/// Whether it says that there is no such mailbox: "User unknown in relay recipient table", "mailbox unavailable".
fn names_a_mailbox(text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace("ip address", "");
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    says(&["user", "mailbox", "recipient", "address"])
        && says(&["unknown", "not found", "no such", "not exist", "unavailable", "invalid", "disabled"])
        && !text.contains("sender")
}

fn is_about_a_mailbox(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("quota") || text.contains("full") || text.contains("storage")
}

/// The meaning of an answer of Twilio's API other than success: the HTTP status, the error number of its body
/// (<https://www.twilio.com/docs/api/errors>) and the Retry-After header in ms.
pub fn twilio(status: u16, error: Option<u32>, retry_after: Option<i64>) -> Class {
    if matches!(status, 408 | 425 | 429 | 500..=599) {
        return Class::Transient { owner: Owner::Provider, retry_after };
    }
    match (error, status) {
        (Some(21211 | 21217 | 21614 | 30005 | 30006), _) => Class::Permanent(FailureCode::AddressUnknown),
        (Some(21610), _) => Class::Permanent(FailureCode::OptedOut),
        // Filtered by the carrier, blocked.
        (Some(30004 | 30007), _) => Class::Permanent(FailureCode::Rejected),
        // The handset is off or out of reach.
        (Some(30003), _) => Class::Permanent(FailureCode::Unreachable),
        // The sending number is not registered for this traffic.
        (Some(30034), _) => ours(StopReason::Sender),
        // Credentials, no access.
        (Some(20003 | 20006), _) | (None, 401 | 403) => ours(StopReason::SignIn),
        // Account not active, suspended.
        (Some(20005 | 30002), _) => ours(StopReason::Refused),
        (_, 402) => ours(StopReason::Balance),
        (Some(63038), _) => ours(StopReason::Quota),
        // Sender missing, not ours, not for SMS; messaging service not known or without a number.
        (Some(21212 | 21603 | 21660 | 21701 | 21705), _) => ours(StopReason::Sender),
        // The same, or a short code in another country than the recipient's.
        (Some(21606 | 21659 | 21703), _) => perhaps_ours(StopReason::Sender, FailureCode::Account),
        // Trial account that sends to verified numbers only, region not enabled.
        (Some(21408 | 21608), _) => perhaps_ours(StopReason::Refused, FailureCode::Account),
        (_, 401 | 403) => ours(StopReason::SignIn),
        // Not an answer to this message: another account, another address, a proxy in between.
        (Some(20404), _) | (None, 300..=399 | 404 | 405) => perhaps_ours(StopReason::Refused, FailureCode::Other),
        _ => Class::Permanent(FailureCode::Other),
    }
}

/// The meaning of an answer of ClickSend's API other than success: the HTTP status, the status of the message or else of the
/// request, and the Retry-After header in ms. Both kinds of status are described, with their sentences, under "Status Codes" and
/// "Application Status Codes" (<https://developers.clicksend.com/docs/rest/v3>). The HTTP status of a request that was read is
/// 200, whatever became of the message. There is no key that would make a repetition harmless: what does not say that the
/// message was not taken is [`Class::Ambiguous`].
pub fn clicksend(http: u16, status: Option<&str>, retry_after: Option<i64>) -> Class {
    use FailureCode::{Account, AddressUnknown, Other, Rejected};
    match (status, http) {
        // The same text went to the same number just before; ours name the message in their link, so it was this one.
        (Some("THROTTLED"), _) => Class::Ambiguous,
        // RFC 9110, 15.5.9 and 15.6.4, RFC 8470, 5.2 and ClickSend's description of 429: the request was not served.
        (_, 408 | 425 | 429 | 503) => Class::Transient { owner: Owner::Provider, retry_after },
        (_, 500..=599) => Class::Ambiguous,
        (Some("INVALID_RECIPIENT"), _) => Class::Permanent(AddressUnknown),
        (Some("EMPTY_MESSAGE"), _) => Class::Permanent(Rejected),
        (Some("INSUFFICIENT_CREDIT"), _) => ours(StopReason::Balance),
        (Some("MISSING_CREDENTIALS" | "INVALID_CREDENTIALS"), _) => ours(StopReason::SignIn),
        (Some("ACCOUNT_NOT_ACTIVATED"), _) => ours(StopReason::Refused),
        // Which senders are permitted depends on the recipient's country, too.
        (Some("INVALID_SENDER_ID"), _) => perhaps_ours(StopReason::Sender, Account),
        // The recipient's country is not enabled for the account. Not among the described ones; others have met it.
        (Some("COUNTRY_NOT_ENABLED"), _) => perhaps_ours(StopReason::Refused, Account),
        // About parts of a request that ours does not have, or always has.
        (Some("MISSING_REQUIRED_FIELDS" | "TOO_MANY_RECIPIENTS" | "INVALID_SCHEDULE" | "ALREADY_EXISTS"), _) => {
            perhaps_ours(StopReason::Refused, Other)
        }
        // INTERNAL_ERROR, SOMETHING_IS_WRONG, what is not described, no status.
        (_, 200..=299) => Class::Ambiguous,
        (_, 401) => ours(StopReason::SignIn),
        // RFC 9110, 15.5.3.
        (_, 402) => ours(StopReason::Balance),
        // "it has been refused or access is not allowed": the message or the account.
        (_, 403) => perhaps_ours(StopReason::Refused, Account),
        // Not an answer to this message: another address, a proxy in between, a request that is not understood.
        _ => perhaps_ours(StopReason::Refused, Other),
    }
}

/// What a message failed of whose class this is; None if it may still go out.
pub fn failure_of(class: Class) -> Option<FailureCode> {
    match class {
        Class::Permanent(failure) | Class::Account { otherwise: Some(failure), .. } => Some(failure),
        Class::Account { otherwise: None, .. } => Some(FailureCode::Account),
        Class::Transient { .. } | Class::Ambiguous => None,
    }
}

/// The meaning of a mail's failure that a provider reports after it has taken the mail, from the words of the recipient's server;
/// `otherwise` where these say nothing.
pub fn reported(words: &str, otherwise: FailureCode) -> FailureCode {
    let is_enhanced = |word: &&str| enhanced(word).is_some();
    let is_reply = |word: &&str| word.len() == 3 && matches!(word.parse(), Ok(400..=599_u16));
    let parts: Vec<&str> = words.split(|c: char| c.is_whitespace() || matches!(c, ';' | '-')).collect();
    let known = parts.iter().copied().find(is_enhanced);
    let passes = known.is_some_and(|code| code.trim_start_matches('#').starts_with('4'));
    let reply = parts.iter().copied().find(is_reply).and_then(|word| word.parse().ok());
    let reply = match (reply, known) {
        (Some(reply), _) => reply,
        (None, Some(_)) => 550,
        (None, None) => return otherwise,
    };
    let text = format!("{} {words}", known.unwrap_or_default());
    match smtp(Phase::Rcpt, Some(reply), text.trim()) {
        // The provider has tried for long enough.
        Class::Transient { .. } if known.and_then(enhanced) == Some((2, 2)) => FailureCode::MailboxFull,
        Class::Transient { .. } => FailureCode::Unreachable,
        _ if passes => FailureCode::Unreachable,
        class => failure_of(class).filter(|failure| *failure != FailureCode::Other).unwrap_or(otherwise),
    }
}

#[cfg(test)]
mod tests;
