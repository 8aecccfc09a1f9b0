//! A project's own connection to ClickSend: what each answer makes of the message and of the connection.

use super::{
    super::{
        own_connections::admin,
        world::{NOW, World},
    },
    Api, KEY, of_message, start,
};
use crate::{
    domain::{
        Timestamp,
        connection::{StopReason, form::ConnectionForm},
        message::Channel::Sms,
        status::State,
    },
    server::store::{guard::Manager, messages, queue::stops::stopped},
};

fn form() -> ConnectionForm {
    ConnectionForm {
        provider: "clicksend".into(),
        user: "bean-api".into(),
        api_key: KEY.into(),
        from: "Bean".into(),
        ..ConnectionForm::default()
    }
}

/// A project whose SMS leave by ClickSend.
async fn connected() -> (World, Manager, Api) {
    let (api, base) = start().await;
    let mut w = World::new().await;
    w.transports.clicksend_url = base;
    let bean = w.shop("bean").await;
    w.connect(&admin(&bean), &form()).await;
    (w, bean, api)
}

#[tokio::test]
async fn a_projects_sms_leave_by_its_connection_with_our_id_and_leave_no_secret_behind() {
    let (w, bean, api) = connected().await;
    let (own, shared) = (w.due_in(&bean, Sms, 1).await, w.due(Sms).await);
    let answer = of_message("INVALID_RECIPIENT").replace("queued", "for +12075550188 of bean-api queued");
    api.answer(200, answer, None);
    w.send_all_at(NOW).await;
    assert_eq!(w.stored(shared).await.state, State::Sent, "over the server's own");
    let (_, body) = api.requests().remove(0);
    assert_eq!(body["messages"][0]["custom_string"], own[0].to_string());
    assert_eq!(api.requests().len(), 1);

    let detail = messages::detail(&bean, own[0]).await.unwrap();
    let attempt = &detail.attempts[0];
    assert_eq!(attempt.code.as_deref(), Some("INVALID_RECIPIENT"));
    let dialogue = attempt.dialogue.as_deref().unwrap();
    let words: Vec<_> = dialogue.lines().map(|line| line.split_once(" ms  ").unwrap().1).collect();
    assert!(words[0].starts_with("POST 127.0.0.1:") && words[0].ends_with("/v3/sms/send"), "{dialogue}");
    assert_eq!(words[1], "HTTP 200 OK");
    assert!(words[2].contains(r#""status":"INVALID_RECIPIENT""#) && words[2].contains("of b… queued"), "{dialogue}");
    for secret in [KEY, "bean-api", "2075550188", "Hi Ana", "Basic"] {
        assert!(!attempt.for_provider(own[0]).contains(secret), "{secret}: {dialogue}");
    }
    let provider: String = sqlx::query_scalar("select provider from send_attempt where message_id = $1")
        .bind(own[0])
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(provider, "clicksend");
}

/// What becomes of the message and of the connection.
#[tokio::test]
async fn each_answer_has_its_consequence_for_message_and_connection() {
    let failed = |code: &'static str| (State::Failed, Some(code));
    let waits = (State::Scheduled, None);
    for (status, body, message, stop) in [
        (200, of_message("SUCCESS"), (State::Sent, None), None),
        (200, of_message("INVALID_RECIPIENT"), failed("address-unknown"), None),
        (200, of_message("EMPTY_MESSAGE"), failed("rejected"), None),
        (200, of_message("THROTTLED"), failed("unconfirmed"), None),
        (200, of_message("SOMETHING_IS_WRONG"), failed("unconfirmed"), None),
        (200, of_message("INSUFFICIENT_CREDIT"), waits, Some(StopReason::Balance)),
        (200, of_message("INVALID_CREDENTIALS"), waits, Some(StopReason::SignIn)),
        (200, of_message("ACCOUNT_NOT_ACTIVATED"), waits, Some(StopReason::Refused)),
        // Perhaps of this message: the connection is not paused for one.
        (200, of_message("INVALID_SENDER_ID"), waits, None),
        (200, of_message("COUNTRY_NOT_ENABLED"), waits, None),
        (200, "silence is golden".into(), failed("unconfirmed"), None),
        (401, "{}".into(), waits, Some(StopReason::SignIn)),
        (402, "{}".into(), waits, Some(StopReason::Balance)),
        (429, "{}".into(), waits, None),
        (500, "{}".into(), failed("unconfirmed"), None),
        (503, "{}".into(), waits, None),
    ] {
        let (w, bean, api) = connected().await;
        let id = w.due_in(&bean, Sms, 1).await[0];
        api.answer(status, body.clone(), None);
        w.send_all_at(NOW).await;
        let stored = w.stored_of(&bean, id).await;
        assert_eq!((stored.state, stored.failure_code.as_deref()), message, "{status} {body}");
        let stops = stopped(&w.db).await.unwrap();
        assert_eq!(stops.first().map(|stop| stop.reason), stop, "{status} {body}");
        assert!(stops.iter().all(|stop| stop.project == Some(bean.project)));
        assert_eq!(api.requests().len(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn an_empty_account_pauses_it_until_it_is_topped_up() {
    let (w, bean, api) = connected().await;
    let own = w.due_in(&bean, Sms, 4).await;
    api.answer(200, of_message("INSUFFICIENT_CREDIT"), None);
    w.send_all_at(NOW).await;
    let sent = w.states(&own).await.into_iter().filter(|state| *state == State::Sent).count();
    assert!(stopped(&w.db).await.unwrap().iter().all(|stop| stop.reason == StopReason::Balance));
    let asked = api.requests().len();
    assert!(asked < 4 + 1 && sent < 4, "{asked} asked, {sent} sent");
    assert_eq!(w.count("attempts > 0 and state = 0").await, 0, "no message lost an attempt");
    for minute in 1..20 {
        w.send_all_at(NOW.plus(minute * Timestamp::MINUTE)).await;
    }
    assert_eq!(w.states(&own).await, [State::Sent; 4]);
    assert!(stopped(&w.db).await.unwrap().is_empty());
}

#[tokio::test]
async fn ten_times_unavailable_pauses_it_and_no_message_is_lost() {
    let (w, bean, api) = connected().await;
    let own = w.due_in(&bean, Sms, 12).await;
    for _ in 0..200 {
        api.answer(503, "{}", None);
    }
    for second in 0..60 {
        w.send_all_at(NOW.plus(second * Timestamp::SECOND)).await;
    }
    assert_eq!(w.states(&own).await, [State::Scheduled; 12]);
    assert_eq!(stopped(&w.db).await.unwrap()[0].reason, StopReason::Down);
    assert!(api.requests().len() <= 16, "{}", api.requests().len());
}

#[tokio::test]
async fn its_pace_is_kept() {
    let (w, bean, api) = connected().await;
    w.connect(&admin(&bean), &ConnectionForm { per_day: "3".into(), ..form() }).await;
    let own = w.due_in(&bean, Sms, 5).await;
    for second in 0..10 {
        w.send_all_at(NOW.plus(second * Timestamp::SECOND)).await;
    }
    assert_eq!(api.requests().len(), 3);
    assert_eq!(w.states(&own).await.into_iter().filter(|state| *state == State::Sent).count(), 3);
}
