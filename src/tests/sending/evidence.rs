//! What an attempt leaves for the provider's support: the server, the time and the dialogue, and nothing of the customer's.

use super::{
    refusal,
    smtp_server::{Answer, At, SmtpServer},
    world::{BASE, NOW, World},
};
use crate::{
    domain::{
        MessageId,
        message::{
            Attempt, AttemptOutcome,
            Channel::{Email, Sms},
        },
    },
    server::{
        delivery::{
            email::{Email as EmailTransport, Sender},
            evidence,
            retry::Class,
            smtp::Smtp,
            worker::step,
        },
        store::{messages, queue},
    },
};
use std::time::Duration;

const PASSWORD: &str = "s3cret-password";

fn email(url: &str) -> EmailTransport {
    let sender = Sender::new("reviews@mail.example.com", BASE).unwrap();
    EmailTransport::smtp(sender, Smtp::new(url).unwrap().with_patience(Duration::from_millis(500)))
}

async fn attempts(w: &World, id: MessageId) -> Vec<Attempt> {
    messages::detail(&w.manager, id).await.unwrap().attempts
}

/// The words of each line, without its time.
fn lines(attempt: &Attempt) -> Vec<String> {
    let dialogue = attempt.dialogue.as_deref().unwrap();
    let line = |line: &str| {
        let (ms, words) = line.split_once(" ms  ").unwrap();
        ms.trim().parse::<u64>().unwrap();
        words.to_owned()
    };
    dialogue.lines().map(line).collect()
}

#[tokio::test]
async fn a_mail_that_was_deferred_and_then_sent_has_two_dialogues() {
    let server = SmtpServer::start().await;
    server.offer_sign_in();
    server.answer(At::SignIn, Answer::Reply("235 2.7.0 welcome s3cret-password AHVzZXIAczNjcmV0LXBhc3N3b3Jk"));
    server.answer(At::Rcpt, Answer::Reply("450 4.2.0 <Ana.Ruiz@example.com>: ana.ruiz is greylisted"));
    server.answer(At::End, Answer::Reply("250 2.0.0 Ok: queued as 4bXkYz1abc"));
    let mut w = World::new().await;
    w.transports.email = email(&server.url.replace("smtp://", &format!("smtp://sam:{PASSWORD}@")));
    let ana = w.customer("Ana Ruiz", "ana.ruiz@example.com", "").await;
    let request = w.ask(ana, &[Email], 0).await;
    let id = w.messages(request).await[0];
    assert_eq!(attempts(&w, id).await, []);

    step(&w.db, &w.transports, NOW).await.unwrap();
    let due = w.stored(id).await.due_at;
    step(&w.db, &w.transports, due).await.unwrap();
    let all = attempts(&w, id).await;
    let [first, second] = all.as_slice() else { panic!("{all:?}") };
    let address = server.url.strip_prefix("smtp://").unwrap();
    assert_eq!((first.number, first.outcome), (1, AttemptOutcome::Deferred));
    assert_eq!((second.number, second.outcome), (2, AttemptOutcome::Sent));
    assert_eq!(first.code.as_deref(), Some("450"));
    for attempt in &all {
        assert_eq!(attempt.server.as_deref(), Some(address));
        assert!(attempt.took.is_some_and(|ms| (0..5_000).contains(&ms)), "{attempt:?}");
    }
    for (attempt, due) in [(first, NOW), (second, due)] {
        assert!((0..5_000).contains(&(attempt.started.at.0 - due.0)), "{attempt:?}");
    }

    let size = |lines: &[String]| lines.iter().find(|line| line.ends_with(" bytes")).unwrap().clone();
    let connecting = format!("Connecting to {address}");
    assert_eq!(
        lines(first),
        [
            &*connecting,
            "Connected",
            "S: (greeting and EHLO) 250 test, 8BITMIME, AUTH PLAIN",
            "C: AUTH PLAIN",
            "S: 235 2.7.0 welcome … …",
            "C: MAIL FROM:<reviews@mail.example.com>",
            "S: 250 ok",
            "C: RCPT TO:<a…@example.com>",
            "S: 450 4.2.0 <a…@example.com>: a… is greylisted",
        ]
    );
    let second = lines(second);
    assert_eq!(
        second,
        [
            &*format!("Using an open connection to {address}"),
            "C: MAIL FROM:<reviews@mail.example.com>",
            "S: 250 ok",
            "C: RCPT TO:<a…@example.com>",
            "S: 250 ok",
            "C: DATA",
            "S: 354 go on",
            &*size(&second),
            "S: 250 2.0.0 Ok: queued as 4bXkYz1abc",
        ]
    );
    for attempt in &all {
        let copied = attempt.for_provider(id);
        assert!(copied.contains(&id.to_string()) && copied.contains(address), "{copied}");
        for secret in [PASSWORD, "ana.ruiz", "Ana", "AHVzZXIA", "/r/"] {
            assert!(!copied.contains(secret), "{secret}: {copied}");
        }
    }
}

#[tokio::test]
async fn the_words_that_staff_read_do_not_name_the_customer_either() {
    let server = SmtpServer::start().await;
    server.answer(At::Rcpt, Answer::Reply("550 5.1.1 <Ana@example.com>: no user ana, call 12075550100"));
    let mut w = World::new().await;
    w.transports.email = email(&server.url);
    let id = w.due(Email).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let seen = messages::detail(&w.manager, id).await.unwrap();
    let words = Some("550 5.1.1 <a…@example.com>: no user a…, call 1…00");
    assert_eq!(seen.failure_text.as_deref(), words);
    assert_eq!(seen.timeline.last().unwrap().detail.as_deref(), words);
    assert_eq!(seen.attempts[0].text.as_deref(), words);
}

#[tokio::test]
async fn a_server_that_refuses_hangs_up_or_is_gone_leaves_its_dialogue() {
    let server = SmtpServer::start().await;
    server.hang_up_after(1);
    let mut w = World::new().await;
    w.transports.email = email(&server.url);
    let [first, second, third] = w.many_due(3).await[..] else { panic!() };
    for id in [first, second, third] {
        w.change(id, "due_at = due_at + 3600000").await;
    }
    let send = async |id: MessageId| {
        w.change(id, "due_at = 0").await;
        step(&w.db, &w.transports, NOW).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        lines(attempts(&w, id).await.last().unwrap())
    };
    send(first).await;
    let anew = send(second).await;
    assert!(anew[0].starts_with("Using an open connection"), "{anew:?}");
    assert!(anew.iter().any(|line| line == "The server had closed the connection"), "{anew:?}");
    assert!(anew.iter().any(|line| line.starts_with("Connecting to")), "{anew:?}");
    assert_eq!(anew.last().unwrap(), "S: 250 2.0.0 taken");
    server.answer(At::End, Answer::HangUp);
    let broken = send(third).await;
    assert!(broken.last().unwrap().starts_with("The connection to the mail server broke"), "{broken:?}");
    assert_eq!(attempts(&w, third).await[0].outcome, AttemptOutcome::Ambiguous);
}

#[tokio::test]
async fn a_long_dialogue_is_cut_in_the_middle() {
    let words = "ä long answer of a server that has much to say ".repeat(20);
    let reply: &'static str =
        Box::leak(format!("{}550 5.1.1 no such user", format!("550-{words}\r\n").repeat(9)).into());
    let server = SmtpServer::start().await;
    server.answer(At::Rcpt, Answer::Reply(reply));
    let mut w = World::new().await;
    w.transports.email = email(&server.url);
    let id = w.due(Email).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let dialogue = attempts(&w, id).await[0].dialogue.clone().unwrap();
    assert_eq!(dialogue.chars().count(), evidence::MOST);
    assert!(dialogue.contains("Connecting to") && dialogue.contains("left out"), "{dialogue}");
    assert!(dialogue.ends_with("no such user"), "{dialogue}");
}

#[tokio::test]
async fn what_goes_into_the_outbox_says_so_and_who_was_lost_says_nothing() {
    let w = World::new().await;
    let id = w.due(Sms).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let attempt = &attempts(&w, id).await[0];
    assert_eq!((attempt.server.as_deref(), attempt.outcome), (Some("outbox"), AttemptOutcome::Sent));
    let lost = w.due(Email).await;
    super::begin(&w, NOW).await;
    assert_eq!(attempts(&w, lost).await[0].outcome, AttemptOutcome::UnderWay);
    assert_eq!(attempts(&w, lost).await[0].took, None);
    step(&w.db, &w.transports, NOW.plus(queue::LEASE + 1)).await.unwrap();
    let attempt = &attempts(&w, lost).await[0];
    assert_eq!((attempt.outcome, attempt.server.as_deref()), (AttemptOutcome::Ambiguous, None));
    assert!(attempt.text.as_deref().unwrap().starts_with("The sending process ended"));
}

#[tokio::test]
async fn the_last_twenty_are_shown_with_their_numbers() {
    let w = World::new().await;
    let id = w.due(Email).await;
    for _ in 0..23 {
        w.memory.refuse(refusal(Class::LATER, "451 later"));
    }
    for _ in 0..23 {
        w.change(id, "due_at = 0").await;
        step(&w.db, &w.transports, NOW).await.unwrap();
    }
    let numbers: Vec<u32> = attempts(&w, id).await.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, (4..=23).collect::<Vec<_>>());
}
