use super::*;
use FailureCode::{Account, AddressUnknown, MailboxFull, OptedOut, Other, Rejected, Unauthenticated, Unreachable};
use StopReason::{Balance, Encryption, Quota, Refused, Sender, SignIn, Unverified};

const PHASES: [Phase; 7] =
    [Phase::Connect, Phase::Encrypt, Phase::SignIn, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::End];

#[test]
fn what_passes_and_what_breaks() {
    for phase in PHASES {
        for code in [421, 451, 452, 499] {
            let owner = smtp(phase, Some(code), "later").owner();
            let account = matches!(phase, Phase::Encrypt | Phase::SignIn) && code != 421;
            assert_eq!(owner, if account { Owner::Account } else { Owner::Provider }, "{phase:?} {code}");
        }
        let broken = if phase == Phase::End { Class::Ambiguous } else { Class::LATER };
        assert_eq!(smtp(phase, None, "connection reset"), broken, "{phase:?}");
    }
    for (text, class) in [
        ("4.2.0 greylisted", Class::RECIPIENT_LATER),
        ("4.2.2 mailbox full", Class::RECIPIENT_LATER),
        ("mailbox busy", Class::RECIPIENT_LATER),
        ("4.7.1 too fast", Class::LATER),
        ("4.3.1 disk full", Class::LATER),
    ] {
        assert_eq!(smtp(Phase::Rcpt, Some(450), text), class, "{text}");
    }
    for (code, text) in [(421, "4.7.0 too many"), (451, "4.7.0 Temporary server error"), (451, "4.7.500 server busy")] {
        assert_eq!(smtp(Phase::Mail, Some(code), text), Class::LATER, "{text}");
    }
}

#[test]
fn faults_of_our_account_blame_no_message() {
    for (phase, code, text, reason) in [
        (Phase::Connect, 554, "no service for you", Refused),
        (Phase::Connect, 550, "5.7.1 your address is listed", Refused),
        (Phase::Encrypt, 502, "5.5.1 not implemented", Encryption),
        (Phase::SignIn, 535, "5.7.8 bad credentials", SignIn),
        (Phase::SignIn, 504, "unknown mechanism", SignIn),
        (Phase::SignIn, 454, "4.7.0 temporary failure", SignIn),
        (Phase::Mail, 530, "authenticate first", SignIn),
        (Phase::Mail, 530, "5.7.0 authentication required", SignIn),
        (Phase::Mail, 550, "sender not known", Sender),
        (Phase::Mail, 553, "5.1.8 no such domain", Sender),
        (Phase::Mail, 554, "5.7.1 not authorized", Sender),
        (Phase::Mail, 550, "5.4.5 daily limit", Quota),
        (Phase::Mail, 552, "daily limit of messages", Quota),
        (Phase::Mail, 451, "4.7.1 later", Refused),
        (Phase::Rcpt, 530, "authenticate first", SignIn),
        (Phase::Rcpt, 550, "5.4.5 Daily user sending limit exceeded", Quota),
        (Phase::Rcpt, 550, "5.1.8 bad sender", Sender),
        (Phase::Mail, 550, "5.3.0 not now", Refused),
        (Phase::Rcpt, 450, "4.1.8 <us@example.com>: Sender address rejected: Domain not found", Sender),
        (Phase::End, 550, "5.7.60 not permitted to send as this sender", Sender),
        (Phase::End, 554, "5.2.252 SendAsDenied", Sender),
        (Phase::End, 550, "5.7.57 not signed in", SignIn),
    ] {
        let class = smtp(phase, Some(code), text);
        assert_eq!(class, ours(reason), "{phase:?} {code} {text}");
        assert_eq!(class.owner(), Owner::Account);
    }
}

#[test]
fn what_may_be_about_the_message_is_so_where_others_go_out() {
    for (phase, code, text, reason, otherwise) in [
        (Phase::Rcpt, 554, "5.7.1 relay access denied", Refused, Rejected),
        (Phase::Rcpt, 550, "relay not permitted", Refused, Rejected),
        (Phase::Rcpt, 550, "Sender verify failed", Sender, Rejected),
        (Phase::Rcpt, 550, "Administrative prohibition", Refused, Rejected),
        (Phase::Rcpt, 550, "IP address unavailable for you", Refused, Rejected),
        (Phase::Rcpt, 550, "Sandbox subdomains are for test purposes only", Refused, Rejected),
        (Phase::Rcpt, 550, "5.1.0 <us@example.com>: Sender address rejected: user unknown", Sender, Rejected),
        (Phase::Rcpt, 553, "5.7.1 <us@example.com>: Sender address rejected: not owned by us", Sender, Rejected),
        (Phase::Rcpt, 553, "5.3.0 No such user", Refused, Rejected),
        (Phase::End, 554, "Message rejected: Email address is not verified.", Sender, Rejected),
        (Phase::End, 554, "Sending paused for this account.", Refused, Rejected),
        (Phase::End, 550, "5.7.1 Unauthenticated email is not accepted: DMARC", Unverified, Rejected),
        (Phase::Rcpt, 550, "blocked by zen.spamhaus.org", Refused, Rejected),
        (Phase::Rcpt, 550, "authentication is required", SignIn, Rejected),
        (Phase::Rcpt, 550, "over your daily limit", Quota, Rejected),
        (Phase::Rcpt, 550, "5.7.23 SPF validation failed", Unverified, Unauthenticated),
        (Phase::End, 550, "5.7.26 sender is unauthenticated", Unverified, Unauthenticated),
    ] {
        let class = smtp(phase, Some(code), text);
        assert_eq!(class, perhaps_ours(reason, otherwise), "{phase:?} {code} {text}");
    }
}

#[test]
fn only_what_names_the_recipient_blames_an_address() {
    for (phase, code, text, failure, owner) in [
        (Phase::Rcpt, 550, "no such user", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 550, "5.1.1 no such user", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 550, "User unknown in relay recipient table", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 550, "5.1.1 User unknown in relay recipient table", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 550, "Requested action not taken: mailbox unavailable", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 550, "#5.1.1 no such user", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 553, "5.1.2 no such domain", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 501, "5.1.3 bad syntax", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 551, "5.1.6 has moved", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 556, "5.1.10 null MX", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 550, "5.2.1 disabled", AddressUnknown, Owner::Recipient),
        (Phase::Rcpt, 552, "too much", MailboxFull, Owner::Recipient),
        (Phase::Rcpt, 550, "5.2.2 over quota", MailboxFull, Owner::Recipient),
        (Phase::Rcpt, 550, "5.1.0 refused", Rejected, Owner::Content),
        (Phase::Rcpt, 551, "not local", Rejected, Owner::Content),
        (Phase::Rcpt, 553, "not permitted", Rejected, Owner::Content),
        (Phase::Rcpt, 554, "refused", Rejected, Owner::Content),
        (Phase::Rcpt, 550, "5.4.1 access denied", Rejected, Owner::Content),
        (Phase::End, 554, "5.7.1 looks like spam", Rejected, Owner::Content),
        (Phase::End, 550, "looks like spam", Rejected, Owner::Content),
        (Phase::End, 550, "5.1.1 no such user", AddressUnknown, Owner::Recipient),
        (Phase::End, 552, "5.2.2 over quota", MailboxFull, Owner::Recipient),
        (Phase::End, 552, "mailbox is full", MailboxFull, Owner::Recipient),
        (Phase::End, 552, "too long", Rejected, Owner::Content),
        (Phase::End, 552, "5.3.4 too big", Rejected, Owner::Content),
        (Phase::Data, 554, "no", Rejected, Owner::Content),
        (Phase::Data, 503, "bad sequence", Other, Owner::Recipient),
        (Phase::Data, 503, "5.5.1 bad sequence", Other, Owner::Recipient),
    ] {
        let class = smtp(phase, Some(code), text);
        assert_eq!((class, class.owner()), (Class::Permanent(failure), owner), "{phase:?} {code} {text}");
    }
}

#[test]
fn what_is_reported_of_a_mail_that_was_taken() {
    for (words, failure) in [
        ("smtp; 550 5.1.1 <jane@example.com>... User unknown", AddressUnknown),
        ("smtp; 550-5.1.1 The email account that you tried to reach does not exist", AddressUnknown),
        ("5.1.1", AddressUnknown),
        ("5.1.1 550 no such user", AddressUnknown),
        ("550 No such user here", AddressUnknown),
        ("552 5.2.2 over quota", MailboxFull),
        ("452 4.2.2 over quota", MailboxFull),
        ("451 4.4.1 timed out", Unreachable),
        ("4.4.7", Unreachable),
        ("554 5.7.1 looks like spam", Rejected),
        ("550 5.7.26 DMARC", Unauthenticated),
        ("5.7.1", Rejected),
        ("", Other),
        ("the server has said nothing in 1234 ways", Other),
    ] {
        assert_eq!(reported(words, Other), failure, "{words}");
    }
    assert_eq!(reported("500 unknown recipient", AddressUnknown), AddressUnknown, "the provider knows better");
}

#[test]
fn answers_of_twilio() {
    for (status, error, class) in [
        (400, Some(21211), Class::Permanent(AddressUnknown)),
        (400, Some(21614), Class::Permanent(AddressUnknown)),
        (400, Some(21610), Class::Permanent(OptedOut)),
        (400, Some(30007), Class::Permanent(Rejected)),
        (400, None, Class::Permanent(Other)),
        (400, Some(21612), Class::Permanent(Other)),
        (404, Some(20404), perhaps_ours(Refused, Other)),
        (401, Some(20003), ours(SignIn)),
        (401, None, ours(SignIn)),
        (403, None, ours(SignIn)),
        (403, Some(20005), ours(Refused)),
        (402, None, ours(Balance)),
        (400, Some(21212), ours(Sender)),
        (400, Some(21606), perhaps_ours(Sender, Account)),
        (400, Some(21659), perhaps_ours(Sender, Account)),
        (400, Some(21703), perhaps_ours(Sender, Account)),
        (400, Some(63038), ours(Quota)),
        (400, Some(21608), perhaps_ours(Refused, Account)),
        (302, None, perhaps_ours(Refused, Other)),
    ] {
        assert_eq!(twilio(status, error, None), class, "{status} {error:?}");
    }
    for status in [408, 429, 500, 502, 503] {
        let later = Class::Transient { owner: Owner::Provider, retry_after: Some(7_000) };
        assert_eq!(twilio(status, Some(20429), Some(7_000)), later);
    }
}

#[test]
fn answers_of_clicksend() {
    for (status, message, class) in [
        (200, Some("INVALID_RECIPIENT"), Class::Permanent(AddressUnknown)),
        (400, Some("INVALID_RECIPIENT"), Class::Permanent(AddressUnknown)),
        (200, Some("EMPTY_MESSAGE"), Class::Permanent(Rejected)),
        (200, Some("INSUFFICIENT_CREDIT"), ours(Balance)),
        (200, Some("MISSING_CREDENTIALS"), ours(SignIn)),
        (200, Some("INVALID_CREDENTIALS"), ours(SignIn)),
        (200, Some("ACCOUNT_NOT_ACTIVATED"), ours(Refused)),
        (200, Some("INVALID_SENDER_ID"), perhaps_ours(Sender, Account)),
        (200, Some("COUNTRY_NOT_ENABLED"), perhaps_ours(Refused, Account)),
        (200, Some("MISSING_REQUIRED_FIELDS"), perhaps_ours(Refused, Other)),
        (200, Some("THROTTLED"), Class::Ambiguous),
        (429, Some("THROTTLED"), Class::Ambiguous),
        (200, Some("INTERNAL_ERROR"), Class::Ambiguous),
        (200, Some("of a later version"), Class::Ambiguous),
        (200, None, Class::Ambiguous),
        (302, None, perhaps_ours(Refused, Other)),
        (400, Some("BAD_REQUEST"), perhaps_ours(Refused, Other)),
        (401, Some("UNAUTHORIZED"), ours(SignIn)),
        (402, None, ours(Balance)),
        (403, Some("FORBIDDEN"), perhaps_ours(Refused, Account)),
        (404, Some("NOT_FOUND"), perhaps_ours(Refused, Other)),
        (500, Some("INTERNAL_SERVER_ERROR"), Class::Ambiguous),
        (504, None, Class::Ambiguous),
    ] {
        assert_eq!(clicksend(status, message, None), class, "{status} {message:?}");
    }
    for status in [408, 429, 503] {
        let later = Class::Transient { owner: Owner::Provider, retry_after: Some(7_000) };
        assert_eq!(clicksend(status, Some("TOO_MANY_REQUESTS"), Some(7_000)), later);
    }
}
