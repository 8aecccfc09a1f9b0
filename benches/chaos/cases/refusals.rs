//! What follows from each answer of a provider, and faults of our own account.

use crate::{
    Finding, Result, Setting, Tally,
    place::{self, Batch, By, Place},
    sink::{Answer, At, Sink},
    twilio::{self, Twilio},
    worker::Worker,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// What is to follow for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// It is tried again within 30 s, or not before so many seconds.
    Retry(i64),
    /// It fails, with this code.
    Fail(&'static str),
    /// The connection is paused for this reason, and the message is as it was.
    Pause(&'static str),
    /// It may be the account's fault: the message is as it was, and waits for others to be tried.
    Suspect,
    /// Nobody knows whether it arrived.
    Doubt,
}

use At::{Data, End, Greeting, Mail, Rcpt, SignIn};
use Then::{Doubt, Fail, Pause, Retry, Suspect};

const SMTP: [(At, &str, Then); 30] = [
    (Greeting, "421 4.3.2 later", Retry(0)),
    (Greeting, "554 5.7.1 go away", Pause("refused")),
    (Greeting, "", Retry(0)),
    (SignIn, "535 5.7.8 wrong password", Pause("sign-in")),
    (SignIn, "454 4.7.0 out of order", Pause("sign-in")),
    (Mail, "421 4.7.0 later", Retry(0)),
    (Mail, "451 later", Retry(0)),
    (Mail, "452 4.3.1 no room", Retry(0)),
    (Mail, "550 sender refused", Pause("sender")),
    (Mail, "553 5.1.8 sender unknown", Pause("sender")),
    (Mail, "554 5.7.1 sender refused", Pause("sender")),
    (Mail, "", Retry(0)),
    (Rcpt, "421 later", Retry(0)),
    (Rcpt, "450 4.2.1 greylisted", Retry(0)),
    (Rcpt, "451 later", Retry(0)),
    (Rcpt, "452 4.2.2 full", Retry(0)),
    (Rcpt, "550 5.1.1 no such user", Fail("address-unknown")),
    (Rcpt, "550 5.4.5 daily limit", Suspect),
    (Rcpt, "552 5.2.2 over quota", Fail("mailbox-full")),
    (Rcpt, "553 5.1.3 bad address", Fail("address-unknown")),
    (Rcpt, "554 5.7.1 blocked", Suspect),
    (Rcpt, "", Retry(0)),
    (Data, "451 later", Retry(0)),
    (Data, "554 no", Fail("rejected")),
    (Data, "", Retry(0)),
    (End, "421 closing", Retry(0)),
    (End, "452 4.3.1 no room", Retry(0)),
    (End, "552 5.3.4 too big", Fail("rejected")),
    (End, "554 5.7.1 spam", Fail("rejected")),
    (End, "", Doubt),
];

const TWILIO: [(u16, &str, Option<u32>, Then); 8] = [
    (429, r#"{"code":20429,"message":"Too many"}"#, Some(600), Retry(600)),
    (500, "oops", None, Retry(0)),
    (503, "{}", Some(120), Retry(120)),
    (400, r#"{"code":21211,"message":"Invalid 'To'"}"#, None, Fail("address-unknown")),
    (400, r#"{"code":21610,"message":"Unsubscribed"}"#, None, Fail("opted-out")),
    (400, r#"{"code":30007,"message":"Filtered"}"#, None, Fail("rejected")),
    (401, r#"{"code":20003,"message":"Authenticate"}"#, None, Pause("sign-in")),
    (400, r#"{"code":20005,"message":"Account not active"}"#, None, Pause("refused")),
];

/// One message for each answer; the table of what follows.
pub async fn t10(setting: &Setting) -> Result<Option<Finding>> {
    let place = Place::new(setting, "refusals").await?;
    let mut wrong = Vec::new();
    let mut number = 0;
    for (at, words, then) in SMTP {
        number += 1;
        let sink = Sink::start().await?;
        sink.offer_sign_in();
        let answer = if words.is_empty() { Answer::HangUp } else { Answer::Say(words.to_owned()) };
        sink.answer(move |here, _| (here == at).then(|| answer.clone()));
        let url = sink.url().replace("smtp://", "smtp://user:secret@");
        let found = answered(&place, number, By::Email, &[("SMTP_URL", &url)]).await?;
        if !fits(then, &found) {
            wrong.push(format!("{at:?} {words:?}: {found:?}, not {then:?}"));
        }
    }
    let plain = Sink::start().await?;
    for (url, then) in [
        ("smtp://nowhere.invalid".to_owned(), Retry(0)),
        ("smtp://127.0.0.1:1".to_owned(), Retry(0)),
        (plain.url().replace("smtp://", "smtps://"), Pause("encryption")),
        (plain.url().replace("smtp://", "smtp+starttls://"), Pause("encryption")),
        (plain.url().replace("smtp://", "smtp://user:secret@"), Pause("sign-in")),
    ] {
        number += 1;
        let found = answered(&place, number, By::Email, &[("SMTP_URL", &url)]).await?;
        if !fits(then, &found) {
            wrong.push(format!("{}: {found:?}, not {then:?}", url.split(':').next().unwrap_or_default()));
        }
    }
    let twilio = Twilio::start().await?;
    for (status, body, retry_after, then) in TWILIO {
        number += 1;
        twilio.answer(twilio::Answer { status, body, retry_after });
        let found = answered(&place, number, By::Sms, &twilio.settings()).await?;
        if !fits(then, &found) {
            wrong.push(format!("Twilio {status} {body}: {found:?}, not {then:?}"));
        }
    }
    wrong.iter().for_each(|line| eprintln!("T10: {line}"));
    Ok(Some(Finding {
        done: format!(
            "{number} answers: 4xx, 5xx and broken connections at each point of SMTP, no server, no TLS; Twilio's"
        ),
        criterion: "each is tried again within 30 s or as asked, fails, pauses the connection, or is in doubt, as the table in the case says",
        lost: 0,
        doubled: 0,
        recovery: if wrong.is_empty() { "all as in the table".to_owned() } else { wrong.join("; ").replace('|', "/") },
        passed: wrong.is_empty(),
    }))
}

#[derive(Debug, sqlx::FromRow)]
struct Found {
    state: i16,
    attempts: i32,
    due_at: i64,
    failure_code: Option<String>,
    outcome: String,
    at: i64,
    #[sqlx(default)]
    stop: Option<String>,
}

fn fits(then: Then, found: &Found) -> bool {
    let Found { state, attempts, due_at, failure_code, outcome, at, stop } = found;
    let wait = due_at - at;
    let is_as_before = *state == 0 && *attempts == 0 && outcome == "returned";
    match then {
        Retry(seconds) => {
            let latest = (seconds * 1_000).max(30_000);
            *state == 0
                && *attempts == 1
                && (seconds * 1_000..=latest).contains(&wait)
                && outcome == "deferred"
                && stop.is_none()
        }
        Fail(code) => *state == 3 && failure_code.as_deref() == Some(code) && outcome == "failed" && stop.is_none(),
        Pause(reason) => is_as_before && stop.as_deref() == Some(reason),
        Suspect => is_as_before,
        Doubt => *state == 0 && *attempts == 1 && outcome == "ambiguous" && wait >= 10 * place::MINUTE,
    }
}

/// What became of one message whose provider answers so.
async fn answered(place: &Place, number: u128, by: By, settings: &[(&str, &str)]) -> Result<Found> {
    place.execute("delete from message").await?;
    place.execute("delete from stopped_connection").await?;
    place.fill(&Batch { first: number, by, ..Batch::of(1) }).await?;
    let worker = Worker::with(place, settings)?;
    let began = Instant::now();
    while place.number("select count(*) from send_attempt where outcome is not null").await? == 0 {
        if began.elapsed() > Duration::from_secs(40) {
            return Err(format!("no result of {settings:?}").into());
        }
        sleep(Duration::from_millis(20)).await;
    }
    // A stop is written after the result that tells of it.
    sleep(Duration::from_millis(100)).await;
    worker.kill()?;
    let sql = "select m.state, m.attempts, m.due_at, m.failure_code, a.outcome, a.finished_at as at
        from message m join send_attempt a on a.project_id = m.project_id and a.message_id = m.id order by a.generation limit 1";
    let found: Found = sqlx::query_as(sql).fetch_one(&place.db).await?;
    Ok(Found { stop: place.stop().await?, ..found })
}

/// A fault of our own account with fifty mails waiting, and its end.
pub async fn account(setting: &Setting) -> Result<Option<Finding>> {
    const MAILS: u128 = 50;
    let time = setting.lasting(20, 3);
    let faults: [(&str, At, &str, &str); 7] = [
        ("550 at MAIL FROM", Mail, "550 5.1.8 sender refused", "smtp://"),
        ("554 at MAIL FROM", Mail, "554 5.7.1 sender refused", "smtp://"),
        ("550 5.4.5 at RCPT", Rcpt, "550 5.4.5 Daily user sending limit exceeded", "smtp://"),
        ("535 at AUTH", SignIn, "535 5.7.8 wrong password", "smtp://user:secret@"),
        ("no AUTH", End, "", "smtp://user:secret@"),
        ("no STARTTLS", End, "", "smtp+starttls://"),
        ("554 greeting", Greeting, "554 5.7.1 your address is blocked", "smtp://"),
    ];
    let (mut all, mut notes, mut passed) = (Tally::default(), Vec::new(), true);
    for (name, at, words, scheme) in faults {
        let place = Place::new(setting, "account").await?;
        let sink = Sink::start().await?;
        if name == "535 at AUTH" {
            sink.offer_sign_in();
        }
        if !words.is_empty() {
            sink.say(at, words);
        }
        let ids = place.fill(&Batch::of(MAILS)).await?;
        let url = sink.url().replace("smtp://", scheme);
        let worker = Worker::with(&place, &[("SMTP_URL", &url)])?;
        sleep(time).await;
        let untouched = place.number("select count(*) from message where state = 0 and attempts = 0").await?;
        let (states, stop, asked) = (place.states().await?, place.stop().await?, sink.conversations());
        worker.stop().await?;
        // Mended, and started anew.
        sink.take_all();
        let worker = Worker::start(&place, &sink)?;
        place.idle(Duration::from_secs(120)).await?;
        worker.stop().await?;
        let tally = Tally::of(&place, &sink, &ids).await?;
        let is_good = states.failed == 0
            && states.canceled == 0
            && untouched >= MAILS as i64 - 1
            && stop.is_some()
            && tally.lost + tally.doubled == 0
            && place.states().await?.sent == MAILS as i64;
        passed &= is_good;
        all.add(tally);
        let stop = stop.unwrap_or_else(|| "not".to_owned());
        notes.push(format!("{name}: paused ({stop}), asked {asked} times{}", if is_good { "" } else { " – WRONG" }));
    }
    Ok(Some(Finding {
        done: format!(
            "{} faults of our account for {} s, {MAILS} mails due each; mended, started anew",
            faults.len(),
            time.as_secs()
        ),
        criterion: "none fails, none loses an attempt, the connection is paused with the reason; all go out once it is mended",
        lost: all.lost,
        doubled: all.doubled,
        recovery: notes.join("; "),
        passed,
    }))
}
