//! SMTP, against a server that speaks it.

use super::smtp_server::{Answer, At, SmtpServer};
use crate::{
    domain::{MessageId, Timestamp, connection::StopReason, content::Outgoing, message::FailureCode},
    server::{
        delivery::{
            Receipt, Refusal, Transports,
            email::{Email, Sender},
            retry::Class,
            smtp::Smtp,
        },
        store::id::NewId,
    },
};
use std::time::Duration;
use tokio::time::sleep;

const AT: Timestamp = Timestamp(1_795_431_600_000);

fn email(server: &SmtpServer) -> Email {
    let sender = Sender::new("reviews@mail.example.com", "https://reviews.example.com").unwrap();
    Email::smtp(sender, Smtp::new(&server.url).unwrap().with_patience(Duration::from_millis(500)))
}

fn mail() -> Outgoing {
    Outgoing {
        message: Some(MessageId::new()),
        project_slug: "cup".into(),
        project_name: "Cup & Saucer".into(),
        recipient: "ana@example.com".into(),
        recipient_name: "Ana Ruiz".into(),
        subject: "How was it?".into(),
        text: "Hi Ana,\n\nhow was it?".into(),
        html: "<p>Hi Ana</p>".into(),
        unsubscribe_token: Some("t0ken".into()),
    }
}

async fn send(email: &Email) -> Result<Receipt, Refusal> {
    email.send(&mail(), AT).await
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = SmtpServer::start().await;
    let mail = mail();
    let receipt = email(&server).send(&mail, AT).await.unwrap();
    assert_eq!(receipt.text, "250 2.0.0 taken");
    let seen = server.seen();
    assert_eq!(seen.mails.len(), 1);
    let got = &seen.mails[0];
    assert_eq!(got.from, "MAIL FROM:<reviews@mail.example.com>");
    assert_eq!(got.to, ["RCPT TO:<ana@example.com>"]);
    for (name, value) in [
        ("List-Unsubscribe", "<https://reviews.example.com/u/t0ken>".to_owned()),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ("Message-ID", format!("<{}@mail.example.com>", mail.message.unwrap())),
        ("Subject", "How was it?".to_owned()),
        ("Date", "Mon, 23 Nov 2026 11:00:00 +0000".to_owned()),
    ] {
        assert_eq!(got.header(name), Some(value), "{name}");
    }
    assert!(got.header("Content-Type").unwrap().starts_with("multipart/alternative"));
    assert_eq!(got.data.matches("Content-Transfer-Encoding: quoted-printable").count(), 2);
}

/// RUSTSEC-2026-0561: to a server that takes a bare LF for a line end, a dot on a line of its own ends the mail.
#[tokio::test]
async fn nothing_in_a_body_ends_the_mail_early() {
    let server = SmtpServer::start().await;
    let evil = "Hi\n.\nMAIL FROM:<evil@example.com>\nRCPT TO:<victim@example.com>\nDATA\nSubject: x\n\nx\n.\n\r.\rQUIT\r\n.\r\n..\r\n.";
    let mail = Outgoing { text: evil.into(), html: evil.into(), ..mail() };
    let email = email(&server);
    email.send(&mail, AT).await.unwrap();
    email.send(&mail, AT).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.mails.len(), 2);
    for got in &seen.mails {
        assert_eq!(got.to, ["RCPT TO:<ana@example.com>"]);
        assert_eq!(got.data.matches("MAIL FROM:<evil@example.com>").count(), 2);
        assert!(!got.data.replace("\r\n", "").contains(['\r', '\n']), "only CRLF ends lines");
    }
    assert_eq!(seen.commands.iter().filter(|line| line.starts_with("MAIL")).count(), 2);
    assert!(!seen.commands.iter().any(|line| line.contains("victim")));
}

#[tokio::test]
async fn nothing_in_a_header_adds_a_header() {
    let server = SmtpServer::start().await;
    let email = email(&server);
    let evils = [
        "\r\nBcc: v@example.com",
        "\nBcc: v@example.com",
        "\rBcc: v@example.com",
        "\u{85}Bcc: v@example.com",
        "\r\n\r\nBcc: v@example.com",
        "\u{2028}Bcc: v@example.com",
        "=?utf-8?q?=0D=0ABcc:_v@example.com?=",
    ];
    for evil in evils {
        let mail = Outgoing {
            subject: format!("Hi{evil}"),
            recipient_name: format!("Ana{evil}"),
            project_name: format!("Cup{evil}"),
            ..mail()
        };
        email.send(&mail, AT).await.unwrap();
        let refused = email.send(&Outgoing { recipient: format!("ana@example.com{evil}"), ..mail }, AT).await;
        assert!(matches!(refused.unwrap_err().class, Class::Permanent(FailureCode::AddressUnknown)), "{evil:?}");
    }
    let seen = server.seen();
    assert_eq!(seen.mails.len(), evils.len());
    for got in &seen.mails {
        assert_eq!(got.header("Bcc"), None, "{}", got.head());
        assert_eq!(got.head().matches("\r\nSubject: ").count() + usize::from(got.head().starts_with("Subject: ")), 1);
    }
}

#[tokio::test]
async fn one_connection_serves_many_mails_and_refused_ones_too() {
    let server = SmtpServer::start().await;
    let email = email(&server);
    for _ in 0..5 {
        send(&email).await.unwrap();
    }
    server.answer(At::Rcpt, Answer::Reply("550 5.1.1 no such user"));
    assert!(send(&email).await.is_err());
    send(&email).await.unwrap();
    assert_eq!((server.seen().mails.len(), server.seen().connections), (6, 1));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_made_anew() {
    let server = SmtpServer::start().await;
    server.hang_up_after(1);
    let email = email(&server);
    for _ in 0..3 {
        send(&email).await.unwrap();
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((server.seen().mails.len(), server.seen().connections), (3, 3));
}

#[tokio::test]
async fn refusals_mean_what_they_say_at_every_point() {
    use At::*;
    let permanent = |code| Class::Permanent(code);
    let ours = |reason| Class::Account { reason, otherwise: None };
    let cases = [
        (Greeting, "421 4.7.0 later", Class::LATER),
        (Greeting, "554 go away", ours(StopReason::Refused)),
        (Mail, "421 closing", Class::LATER),
        (Mail, "451 later", Class::LATER),
        (Mail, "550 sender unknown", ours(StopReason::Sender)),
        (Rcpt, "421 closing", Class::LATER),
        (Rcpt, "450 greylisted", Class::RECIPIENT_LATER),
        (Rcpt, "452 too many", Class::LATER),
        (Rcpt, "550 5.1.1 no such user", permanent(FailureCode::AddressUnknown)),
        (Rcpt, "552 5.2.2 over quota", permanent(FailureCode::MailboxFull)),
        (Rcpt, "550 5.4.5 daily limit", ours(StopReason::Quota)),
        (Rcpt, "553 not allowed", permanent(FailureCode::Rejected)),
        (
            Rcpt,
            "554 5.7.1 blocked",
            Class::Account { reason: StopReason::Refused, otherwise: Some(FailureCode::Rejected) },
        ),
        (Data, "451 later", Class::LATER),
        (Data, "554 no", permanent(FailureCode::Rejected)),
        (End, "421 closing", Class::LATER),
        (End, "452 4.3.1 disk full", Class::LATER),
        (End, "550 5.7.1 spam", permanent(FailureCode::Rejected)),
        (End, "552 over quota", permanent(FailureCode::MailboxFull)),
        (End, "554 spam", permanent(FailureCode::Rejected)),
    ];
    for (at, reply, class) in cases {
        let server = SmtpServer::start().await;
        server.answer(at, Answer::Reply(reply));
        let email = email(&server);
        let refusal = send(&email).await.unwrap_err();
        assert_eq!(refusal.class, class, "{at:?} {reply}: {refusal:?}");
        assert_eq!(refusal.text, reply);
        assert_eq!(refusal.code.as_deref(), Some(&reply[..3]));
        send(&email).await.unwrap();
        assert_eq!(server.seen().mails.len(), 1);
    }
}

#[tokio::test]
async fn a_break_before_the_end_is_harmless_and_after_it_ambiguous() {
    use At::*;
    for how in [Answer::HangUp, Answer::Silence] {
        for (at, class) in [
            (Greeting, Class::LATER),
            (Mail, Class::LATER),
            (Rcpt, Class::LATER),
            (Data, Class::LATER),
            (End, Class::Ambiguous),
        ] {
            let server = SmtpServer::start().await;
            server.answer(at, how.clone());
            let refusal = send(&email(&server)).await.unwrap_err();
            assert_eq!(refusal.class, class, "{at:?} {how:?}: {refusal:?}");
        }
    }
    // It broke before the end, but we had written the end already: we cannot know.
    let server = SmtpServer::start().await;
    server.answer(Body, Answer::HangUp);
    assert_eq!(send(&email(&server)).await.unwrap_err().class, Class::Ambiguous);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_later() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for url in [format!("smtp://{address}"), "smtp://nowhere.invalid:25".to_owned()] {
        let sender = Sender::new("reviews@example.com", "https://reviews.example.com").unwrap();
        let email = Email::smtp(sender, Smtp::new(&url).unwrap().with_patience(Duration::from_secs(5)));
        let refusal = send(&email).await.unwrap_err();
        assert_eq!(refusal.class, Class::LATER, "{refusal:?}");
    }
}

#[tokio::test]
async fn a_server_without_what_we_need_is_a_matter_of_settings() {
    let server = SmtpServer::start().await;
    for (scheme, reason) in [
        ("smtp+starttls://", StopReason::Encryption),
        ("smtps://", StopReason::Encryption),
        ("smtp://user:secret@", StopReason::SignIn),
    ] {
        // Installs the provider of TLS, as the server does.
        let _ = Transports::memory("http://localhost").unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sender = Sender::new("reviews@example.com", "https://reviews.example.com").unwrap();
        let smtp = Smtp::new(&server.url.replace("smtp://", scheme)).unwrap();
        let refusal = send(&Email::smtp(sender, smtp)).await.unwrap_err();
        assert_eq!(refusal.class, Class::Account { reason, otherwise: None }, "{refusal:?}");
        assert!(!refusal.text.contains("secret"));
    }
    assert!(server.seen().mails.is_empty());
}

/// Each step may take its time; the whole of the conversation may take longer.
#[tokio::test]
async fn a_server_that_is_slow_at_every_step_gets_its_mails() {
    let server = SmtpServer::start().await;
    server.take_time(Duration::from_millis(300));
    let sender = Sender::new("reviews@mail.example.com", "https://reviews.example.com").unwrap();
    let email = Email::smtp(sender, Smtp::new(&server.url).unwrap().with_patience(Duration::from_millis(900)));
    send(&email).await.unwrap();
    assert_eq!(server.seen().mails.len(), 1);
}
