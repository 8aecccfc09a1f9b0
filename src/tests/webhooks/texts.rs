//! SMS of customers: opting out and in, help, and everything else.

use super::{Answer, Hook};
use crate::{
    domain::{
        connection::settings::Provider,
        message::{Channel, EventKind},
        role::Role,
    },
    server::{clock, store::suppressions},
};

async fn number(hook: &Hook) -> String {
    sqlx::query_scalar("select phone from customer").fetch_one(hook.app.db.read()).await.unwrap()
}

fn says(answer: &Answer) -> bool {
    assert!(answer.header("content-type").starts_with("text/xml"), "{}", answer.header("content-type"));
    assert!(answer.body.contains("<Response>") && answer.body.ends_with("</Response>"), "{}", answer.body);
    answer.body.contains("<Message>")
}

async fn counts(hook: &Hook) -> (i64, i64, i64) {
    (
        hook.app.count("select count(*) from customer where unsubscribed_at is not null").await,
        hook.app.count("select count(*) from suppression where channel = 1 and reason = 0").await,
        hook.app.count("select count(*) from message where state = 4 and cancel_cause = 1").await,
    )
}

#[tokio::test]
async fn stop_in_any_spelling_stops_everything_and_is_confirmed_once() {
    for text in [
        "STOP",
        "stop please",
        " Stop! ",
        "arret",
        "ARRÊT",
        "opt out",
        "Unsubscribe me",
        "END",
        "td",
        "cancel",
        "revoke",
    ] {
        let (hook, sent) = Hook::with_sent(Provider::Twilio, 2).await;
        let from = number(&hook).await;
        let first = hook.take(&hook.text("SM1", &from, text)).await;
        assert!(
            says(&first) && first.body.contains("Cup &amp; Saucer: You are unsubscribed"),
            "{text}: {}",
            first.body
        );
        assert_eq!(counts(&hook).await, (1, 1, 2), "{text}");
        // The same again, and once more in other words.
        for call in [hook.text("SM1", &from, text), hook.text("SM2", &from, "STOP")] {
            assert!(!says(&hook.take(&call).await), "{text}");
        }
        assert!(hook.app.timeline(sent.message).await.contains(&(EventKind::Unsubscribed, false)));
    }
}

#[tokio::test]
async fn start_takes_back_what_stop_did_and_nothing_else() {
    let (hook, sent) = Hook::with_sent(Provider::Twilio, 1).await;
    let from = number(&hook).await;
    assert!(!says(&hook.take(&hook.text("SM0", &from, "start")).await), "there is nothing to start");
    hook.take(&hook.text("SM1", &from, "stop")).await;
    let answer = hook.take(&hook.text("SM2", &from, "UNSTOP")).await;
    assert!(says(&answer) && answer.body.contains("again"), "{}", answer.body);
    let (unsubscribed, suppressed, canceled) = counts(&hook).await;
    assert_eq!((unsubscribed, suppressed, canceled), (0, 0, 1), "what was canceled stays so");
    assert!(hook.app.timeline(sent.message).await.contains(&(EventKind::Resubscribed, false)));
    // Whoever unsubscribed by a link before stays so.
    let operator = hook.app.member(Role::Operator).await;
    operator.post("/api/set_unsubscribed", &format!("slug=cup&id={}&on=true", sent.customer)).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    hook.take(&hook.text("SM3", &from, "stop")).await;
    hook.take(&hook.text("SM4", &from, "start")).await;
    assert_eq!(counts(&hook).await, (1, 0, 1));
    // An address that staff suppressed stays so.
    let manager = hook.app.system("cup").await;
    suppressions::add(&manager, Channel::Sms, &from, "", clock::now()).await.unwrap();
    for (sid, text) in [("SM5", "stop"), ("SM6", "start")] {
        assert!(!says(&hook.take(&hook.text(sid, &from, text)).await));
    }
    assert_eq!(hook.app.count("select count(*) from suppression where reason = 2").await, 1);
}

#[tokio::test]
async fn where_twilio_answers_we_are_silent() {
    let (hook, _) = Hook::with_sent(Provider::Twilio, 1).await;
    let from = number(&hook).await;
    for (sid, text, kind) in [("SM1", "Bitte aufhören", "STOP"), ("SM2", "los", "START"), ("SM3", "Hilfe", "HELP")] {
        let fields = [
            ("MessageSid", sid),
            ("SmsStatus", "received"),
            ("From", from.as_str()),
            ("To", "+12015550199"),
            ("Body", text),
            ("OptOutType", kind),
        ];
        assert!(!says(&hook.take(&hook.twilio(&fields, None)).await), "{kind}");
        if kind == "STOP" {
            assert_eq!(counts(&hook).await, (1, 1, 1));
        }
    }
    assert_eq!(counts(&hook).await, (0, 0, 1));
}

#[tokio::test]
async fn help_is_answered_and_other_texts_are_kept_for_people() {
    let (hook, sent) = Hook::with_sent(Provider::Twilio, 1).await;
    let from = number(&hook).await;
    let help = hook.text("SM1", &from, "Help?");
    let answer = hook.take(&help).await;
    assert!(says(&answer) && answer.body.contains("Reply STOP"), "{}", answer.body);
    assert!(!says(&hook.take(&help).await));
    assert!(!says(&hook.take(&hook.text("SM2", &from, "Great coffee! <b>\u{0}Thanks & bye")).await));
    assert_eq!(counts(&hook).await, (0, 0, 0));
    let viewer = hook.app.member(Role::Viewer).await;
    let detail = viewer.get(&format!("/api/load_message?slug=cup&id={}", sent.message)).await;
    assert!(detail.body.contains("by SMS: Great coffee! <b>Thanks & bye"), "{}", detail.body);
}

#[tokio::test]
async fn a_number_that_nobody_has_is_suppressed_all_the_same() {
    let (hook, _) = Hook::with_sent(Provider::Twilio, 1).await;
    assert!(says(&hook.take(&hook.text("SM1", "+12015550777", "STOP")).await));
    assert_eq!(counts(&hook).await, (0, 1, 0));
    assert_eq!(hook.app.count("select count(*) from suppression where address = '+12015550777'").await, 1);
    hook.take(&hook.text("SM2", "+12015550777", "hello?")).await;
    // A short code or a name is no number.
    hook.take(&hook.text("SM3", "TWILIO", "STOP")).await;
    assert_eq!(hook.app.count("select count(*) from suppression").await, 1);
}

#[tokio::test]
async fn a_customer_is_answered_in_the_language_of_the_project() {
    let (hook, _) = Hook::with_sent(Provider::Twilio, 1).await;
    let from = number(&hook).await;
    let manager = hook.app.member(Role::Manager).await;
    for (n, (language, help, stop, start)) in [
        ("de", "Wir fragen Sie per SMS", "Sie sind abgemeldet", "Sie erhalten wieder"),
        ("fr", "nous vous demandons par SMS", "vous ne recevrez plus", "vous recevrez de nouveau"),
        ("es", "le preguntamos por SMS", "su baja queda registrada", "va a recibir de nuevo"),
    ]
    .into_iter()
    .enumerate()
    {
        manager.post("/api/save_language", &format!("slug=cup&language={language}")).await;
        for (word, words) in [("HELP", help), ("STOP", stop), ("START", start)] {
            let answer = hook.take(&hook.text(&format!("SM{n}{word}"), &from, word)).await;
            assert!(says(&answer) && answer.body.contains(words), "{language} {word}: {}", answer.body);
        }
    }
}
