//! Reports over the deployment's own connections, which name no project.

use super::{CREDENTIALS, Hook, TOKEN};
use crate::{
    domain::{
        MessageId,
        connection::settings::Provider,
        message::{Channel, EventKind},
        status::{State, Status},
    },
    server::{clock, config::Settings, store::db::Query},
};
use axum::http::StatusCode;
use serde_json::json;

fn twilio(settings: &mut Settings) {
    settings.twilio_account_sid = Some("AC42".into());
    settings.twilio_auth_token = Some(TOKEN.into());
    settings.twilio_from = Some("+12015550199".into());
}

fn postmark(settings: &mut Settings) {
    settings.smtp_url = Some("smtp+starttls://token:token@smtp.postmarkapp.com:587".into());
    settings.mail_from = Some("reviews@example.com".into());
    settings.smtp_report_secret = Some(CREDENTIALS.into());
}

/// A second project, with the same customer.
async fn copy_of_ana(hook: &Hook, slug: &str) {
    let project = hook.app.project(slug).await;
    let mut query = Query::new(
        "insert into customer (project_id, id, name, email, phone, search_text, created_at)
         select ",
    );
    query.push_bind(project.project).push(", id, name, email, phone, search_text, created_at from customer limit 1");
    let mut tx = hook.app.db.begin().await.unwrap();
    query.build().execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_report_finds_its_message_among_all_projects() {
    let hook = Hook::of_deployment(Provider::Twilio, twilio).await;
    hook.app.project("another").await;
    let sent = hook.app.sent("Ana Ruiz", Channel::Sms, 0).await;
    hook.name(sent.message, "SM1").await;
    // By our own id, and by the provider's.
    hook.take(&hook.status("SM1", "delivered", "", Some(sent.message))).await;
    assert!(hook.app.timeline(sent.message).await.contains(&(EventKind::Delivered, false)));
    hook.take(&hook.status("SM1", "undelivered", "30005", None)).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Failed, State::Failed));
    let before = hook.fingerprint().await;
    hook.take(&hook.status("SM9", "delivered", "", Some(MessageId(uuid::Uuid::nil())))).await;
    let mut forged = hook.status("SM1", "delivered", "", Some(sent.message));
    forged.headers[1].1 = "AAAA".into();
    assert_eq!(hook.send(&forged).await.status, StatusCode::FORBIDDEN);
    assert_eq!(hook.fingerprint().await, before, "about nobody's message, or from nobody we know");
}

#[tokio::test]
async fn stop_counts_in_each_project_that_sends_from_the_number() {
    let hook = Hook::of_deployment(Provider::Twilio, twilio).await;
    let sent = hook.app.sent("Ana Ruiz", Channel::Sms, 1).await;
    copy_of_ana(&hook, "second").await;
    hook.app.project("third").await;
    let number: String =
        sqlx::query_scalar("select phone from customer limit 1").fetch_one(hook.app.db.read()).await.unwrap();
    let help = hook.take(&hook.text("SM0", &number, "help")).await;
    assert!(help.body.contains("<Message>"));
    assert!(hook.app.timeline(sent.message).await.contains(&(EventKind::Answered, false)), "it answers the last SMS");
    let answer = hook.take(&hook.text("SM1", &number, "STOP")).await;
    assert_eq!(answer.body.matches("<Message>").count(), 1, "{}", answer.body);
    assert_eq!(hook.app.count("select count(*) from customer where unsubscribed_at is not null").await, 2);
    assert_eq!(hook.app.count("select count(*) from suppression").await, 2);
    assert_eq!(hook.app.count("select count(*) from message where state = 4").await, 1);
    hook.take(&hook.text("SM2", &number, "START")).await;
    assert_eq!(hook.app.count("select count(*) from customer where unsubscribed_at is not null").await, 0);
}

#[tokio::test]
async fn the_mail_servers_provider_reports_where_a_secret_is_set() {
    let hook = Hook::of_deployment(Provider::Postmark, postmark).await;
    let sent = hook.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let bounce = json!({
        "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "TypeCode": 1, "MessageID": "883953f4",
        "Metadata": { "message": sent.message }, "Email": super::ANA, "BouncedAt": clock::now().utc().to_rfc3339(),
        "Description": "The server was unable to deliver your message", "Details": "smtp;550 5.1.1 no such user",
    });
    hook.take(&hook.signed(&bounce)).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Failed, State::Failed));
    // Another provider's address is not that of this connection; and without a secret nobody is believed.
    let other = Hook { provider: Provider::Twilio, ..Hook::of_deployment(Provider::Postmark, postmark).await };
    assert_eq!(other.send(&other.status("SM1", "delivered", "", None)).await.status, StatusCode::NOT_FOUND);
    let silent = Hook::of_deployment(Provider::Postmark, |_| {}).await;
    assert_eq!(silent.send(&silent.signed(&bounce)).await.status, StatusCode::NOT_FOUND);
}
