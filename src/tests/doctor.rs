//! What `doctor` finds, in an installation that is well and in broken ones.

use super::{
    database::{self, Fresh},
    sending::smtp_server::{Answer as SmtpAnswer, At, SmtpServer},
    upgrade::older,
};
use crate::{
    domain::connection::dns::Answer,
    server::{
        config::{Config, Settings},
        dns::{Dns, Question},
        doctor::{Finding, Verdict, examine},
    },
};
use axum::{
    Router,
    http::{StatusCode, header::DATE},
    routing::get,
};
use std::{fs, os::unix::fs::PermissionsExt};
use tempfile::TempDir;
use tokio::net::TcpListener;

fn settings(folder: &TempDir, url: &str) -> Settings {
    Settings {
        addr: "127.0.0.1:3000".into(),
        data_dir: folder.path().display().to_string(),
        twilio_base_url: "https://api.twilio.com".into(),
        database_url: Some(url.into()),
        base_url: Some("https://reviews.example.com".into()),
        ..Settings::default()
    }
}

/// A database and a data folder that are well.
async fn well() -> (Fresh, TempDir, Settings) {
    let (fresh, folder) = (database::fresh().await, tempfile::tempdir().unwrap());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let settings = settings(&folder, &fresh.url);
    (fresh, folder, settings)
}

fn quiet() -> Dns {
    Dns::new(|_, _| Answer::Nothing)
}

async fn look(settings: &Settings, dns: &Dns) -> Vec<Finding> {
    examine(&Config::new(settings).unwrap(), dns).await
}

/// The only finding about this.
fn of<'a>(all: &'a [Finding], check: &str) -> &'a Finding {
    let found: Vec<&Finding> = all.iter().filter(|one| one.check == check).collect();
    assert_eq!(found.len(), 1, "{check}: {all:#?}");
    found[0]
}

#[tokio::test]
async fn an_installation_that_is_well_has_no_failure_and_nothing_is_sent() {
    let (_fresh, _folder, mut settings) = well().await;
    let server = SmtpServer::start().await;
    server.offer_sign_in();
    settings.smtp_url = Some(server.url.replace("smtp://", "smtp://user:word@"));
    settings.mail_from = Some("hello@mail.example.com".into());
    let dns = Dns::new(|_, question| match question {
        Question::Mx => Answer::Found(vec!["10 mx.example.com".into()]),
        _ => Answer::Nothing,
    });
    let all = look(&settings, &dns).await;
    for check in ["address", "secret key", "data folder", "database", "counters", "clock of the database", "sending"] {
        assert_eq!(of(&all, check).result, Verdict::Ok, "{all:#?}");
    }
    let integrity = if cfg!(feature = "postgres") { Verdict::Unknown } else { Verdict::Ok };
    assert_eq!(of(&all, "integrity").result, integrity);
    let [mail, sms] = all.iter().filter(|one| one.check == "connection").collect::<Vec<_>>()[..] else {
        panic!("{all:#?}")
    };
    assert_eq!((mail.result, sms.result), (Verdict::Ok, Verdict::Warning));
    assert!(mail.found.contains("signed in") && mail.found.contains("nothing was sent"), "{mail:?}");
    let seen = server.seen();
    assert!(seen.mails.is_empty() && seen.commands.iter().any(|line| line == "QUIT"), "{:?}", seen.commands);
    let records = of(&all, "DNS");
    assert!(
        records.result == Verdict::Warning
            && records.found.contains("mail.example.com")
            && records.found.contains("SPF")
    );
    // Nobody's clock was heard.
    assert_eq!(of(&all, "clock of others").result, Verdict::Unknown);
    assert!(!Config::new(&settings).unwrap().key_file().unwrap().exists(), "looking makes no key");
    assert_eq!(fs::read_dir(&settings.data_dir).unwrap().count(), 0, "looking leaves nothing behind");
    for one in &all {
        assert_eq!(one.advice.is_some(), matches!(one.result, Verdict::Warning | Verdict::Failure), "{one:?}");
        assert_eq!(one.line().lines().count(), 1);
    }
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!((json[0]["check"].as_str(), json[0]["result"].as_str()), (Some("address"), Some("ok")));
}

#[tokio::test]
async fn what_is_wrong_with_folders_and_keys_is_named() {
    let (_fresh, folder, settings) = well().await;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("secret.key"), "no key").unwrap();
    fs::set_permissions(folder.path().join("secret.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let all = look(&settings, &quiet()).await;
    assert!(of(&all, "data folder").line().contains("chmod o="), "{all:#?}");
    assert!(of(&all, "secret key").line().contains("chmod 600"), "{all:#?}");
    fs::set_permissions(folder.path().join("secret.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let all = look(&settings, &quiet()).await;
    assert_eq!(of(&all, "secret key").result, Verdict::Failure);
    let nowhere = Settings { data_dir: folder.path().join("nowhere").display().to_string(), ..settings.clone() };
    assert_eq!(of(&look(&nowhere, &quiet()).await, "data folder").result, Verdict::Warning);
    let file = Settings { data_dir: folder.path().join("secret.key").display().to_string(), ..settings };
    assert_eq!(of(&look(&file, &quiet()).await, "data folder").result, Verdict::Failure);
}

#[tokio::test]
async fn what_is_wrong_with_the_database_is_named() {
    let (fresh, folder, given) = well().await;
    let mut tx = fresh.db.begin().await.unwrap();
    let drift = "insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked) values ($1, 0, $1, 0, 0, 1, 5, 0, 0)";
    sqlx::query(drift).bind(uuid::Uuid::from_u128(7)).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let counters = of(&look(&given, &quiet()).await, "counters").clone();
    assert!(counters.result == Verdict::Failure && counters.line().contains("counters repair"), "{counters:?}");

    let old = older(15).await;
    let behind = of(&look(&settings(&folder, &old.url), &quiet()).await, "database").clone();
    assert!(behind.result == Verdict::Warning && behind.found.contains("its schema is 15"), "{behind:?}");
    let mut connection = crate::server::store::dialect::look(&old.url).await.unwrap().unwrap();
    let last: i64 =
        sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut connection).await.unwrap();
    assert_eq!(last, 15, "looking updates nothing");

    let empty = database::empty().await;
    let none = of(&look(&settings(&folder, &empty.url), &quiet()).await, "database").clone();
    assert_eq!(none.result, Verdict::Warning, "{none:?}");

    let elsewhere =
        if cfg!(feature = "postgres") { "postgres://x:x@127.0.0.1:1/none" } else { "sqlite:/dev/null/none.db" };
    let unreached = of(&look(&settings(&folder, elsewhere), &quiet()).await, "database").clone();
    let expected = if cfg!(feature = "postgres") { Verdict::Failure } else { Verdict::Warning };
    assert_eq!(unreached.result, expected, "{unreached:?}");
}

#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn a_damaged_database_is_a_failure() {
    let (fresh, _folder, settings) = well().await;
    fresh.db.close().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0x5a);
    fs::write(file, bytes).unwrap();
    let all = look(&settings, &quiet()).await;
    assert!(
        all.iter().any(|one| one.result == Verdict::Failure && ["integrity", "database"].contains(&one.check)),
        "{all:#?}"
    );
}

/// An SMS provider that tells this state of the account, by this clock.
async fn sms_provider(status: StatusCode, body: &'static str, date: &'static str) -> String {
    let answer = get(move || async move { (status, [(DATE, date)], body) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/2010-04-01/Accounts/AC1.json", answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn providers_say_whether_they_know_us_and_what_time_it_is() {
    let (_fresh, _folder, mut settings) = well().await;
    settings.twilio_account_sid = Some("AC1".into());
    settings.twilio_auth_token = Some("secrettoken".into());
    settings.twilio_from = Some("+12075550100".into());
    let sms = |all: &[Finding]| all.iter().rfind(|one| one.check == "connection").unwrap().clone();
    let old = "Sat, 01 Jan 2022 00:00:00 GMT";

    settings.twilio_base_url = sms_provider(StatusCode::OK, r#"{"status":"active"}"#, old).await;
    let all = look(&settings, &quiet()).await;
    assert!(sms(&all).result == Verdict::Ok && sms(&all).found.contains("the account is active"), "{all:#?}");
    assert_eq!(of(&all, "clock of others").result, Verdict::Failure, "one of the clocks is years off");

    settings.twilio_base_url = sms_provider(StatusCode::OK, r#"{"status":"suspended"}"#, old).await;
    assert_eq!(sms(&look(&settings, &quiet()).await).result, Verdict::Failure);

    let refused = r#"{"code":20003,"message":"Authenticate","status":401}"#;
    settings.twilio_base_url = sms_provider(StatusCode::UNAUTHORIZED, refused, old).await;
    let found = sms(&look(&settings, &quiet()).await);
    assert!(found.result == Verdict::Failure && found.line().contains("user name and password"), "{found:?}");
    assert!(!found.line().contains("secrettoken"));

    let server = SmtpServer::start().await;
    server.answer(At::Greeting, SmtpAnswer::Reply("554 go away"));
    settings.smtp_url = Some(server.url.clone());
    settings.mail_from = Some("hello@mail.example.com".into());
    let all = look(&settings, &Dns::new(|_, _| Answer::Failed)).await;
    let mail = all.iter().find(|one| one.check == "connection").unwrap();
    assert!(mail.result == Verdict::Failure && mail.found.contains("554 go away"), "{mail:?}");
    assert!(of(&all, "DNS").line().contains("/etc/resolv.conf"));
}
