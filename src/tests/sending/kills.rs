//! Workers that are killed while they are processes of their own, and a database that ends its connections. `make chaos` does
//! these at length, with the release.

use super::{smtp_server::SmtpServer, twilio, world::World};
use crate::{
    domain::{MessageId, Timestamp, message::Channel::Sms},
    server::{
        clock,
        delivery::{
            TransportConfig, Transports, TwilioConfig,
            hosts::Hosts,
            pulse::Pulse,
            worker::{run, step},
        },
        store::{self, queue::LEASE},
    },
};
use std::{
    collections::{HashMap, HashSet},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// The most messages of a connection that a worker has under way.
const IN_FLIGHT: usize = 16;

fn transports(smtp: &str, twilio: &str) -> Transports {
    let twilio = TwilioConfig {
        account_sid: "AC42".into(),
        auth_token: "secret".into(),
        from: "+12075550199".into(),
        base_url: twilio.into(),
    };
    let config = TransportConfig {
        smtp_url: Some(smtp.into()),
        mail_from: "reviews@mail.example.com".into(),
        twilio_url: twilio.base_url.clone(),
        twilio: Some(twilio),
        hosts: Hosts::Any,
        outbox_dir: "unused".into(),
        base_url: "https://reviews.example.com".into(),
    };
    Transports::new(&config, None).unwrap()
}

/// The process that is killed: this test alone, called by [`worker_process`]. Among the others it does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_of_its_own() {
    let setting = |name: &str| std::env::var(format!("KILLS_{name}"));
    let (Ok(database), Ok(smtp), Ok(twilio)) = (setting("DATABASE"), setting("SMTP"), setting("TWILIO")) else {
        return;
    };
    let db = store::open(&database).await.unwrap();
    let (_keep, stop) = watch::channel(false);
    run(db, transports(&smtp, &twilio).into(), stop, Pulse::default()).await;
}

fn worker_process(w: &World, smtp: &str, twilio: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "tests::sending::kills::a_process_of_its_own"]);
    command.env("KILLS_DATABASE", w.url()).env("KILLS_SMTP", smtp).env("KILLS_TWILIO", twilio);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// How often each mail arrived.
fn arrivals(server: &SmtpServer) -> HashMap<MessageId, usize> {
    let mut times = HashMap::new();
    for mail in server.seen().mails {
        let id = mail.header("Message-ID").unwrap();
        *times.entry(MessageId(id[1..].split('@').next().unwrap().parse().unwrap())).or_default() += 1;
    }
    times
}

/// Brings all that is open to its end.
async fn drain(w: &World, transports: &Transports) {
    let mut at = clock::now().plus(LEASE);
    while w.count("state in (0, 1)").await > 0 {
        at = at.plus(2 * Timestamp::MINUTE);
        step(&w.db, transports, at).await.unwrap();
    }
}

/// Every mail arrived, and one that arrived twice is known to have been in doubt.
async fn check(w: &World, ids: &[MessageId], times: &HashMap<MessageId, usize>) -> usize {
    let in_doubt = "select distinct message_id from send_attempt where outcome = 'ambiguous'";
    let in_doubt: Vec<MessageId> = sqlx::query_scalar(in_doubt).fetch_all(w.db.read()).await.unwrap();
    let mut doubled = 0;
    for id in ids {
        let times = times.get(id).copied().unwrap_or(0);
        assert!(times == 1 || times > 1 && in_doubt.contains(id), "{id} arrived {times} times");
        doubled += times - 1;
    }
    doubled
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_and_doubles_only_what_was_in_flight() {
    const KILLS: usize = 3;
    let w = World::new().await;
    let ids = w.many_due(300).await;
    for _ in 0..60 {
        w.due(Sms).await;
    }
    let server = SmtpServer::start().await;
    server.take_time(Duration::from_millis(2));
    let (api, base) = twilio::start().await;
    for n in 1..=KILLS {
        let mut worker = worker_process(&w, &server.url, &base);
        let reached = async {
            while server.seen().mails.len() < n * 70 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(60), reached).await.unwrap();
        worker.kill().unwrap();
        worker.wait().unwrap();
        // As if a minute had passed.
        let mut tx = w.db.begin().await.unwrap();
        sqlx::query("update message set lease_until = 1 where state = 1").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    drain(&w, &transports(&server.url, &base)).await;

    let doubled = check(&w, &ids, &arrivals(&server)).await;
    assert!(doubled <= KILLS * IN_FLIGHT, "{doubled}");
    assert_eq!(w.count("channel = 0 and state <> 2").await, 0);
    // Nobody knows of an SMS in flight, so it is not sent again.
    let texts: Vec<String> = api.texts();
    assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len());
    let unconfirmed = w.count("channel = 1 and state = 3 and failure_code = 'unconfirmed'").await;
    assert_eq!(w.count("channel = 1 and state = 2").await + unconfirmed, 60);
    assert!(texts.len() as i64 >= 60 - unconfirmed);
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_ends_its_connections_loses_nothing() {
    use sqlx::{Connection, Executor, PgConnection};
    let w = World::new().await;
    let ids = w.many_due(300).await;
    let server = SmtpServer::start().await;
    server.take_time(Duration::from_millis(4));
    let (stop, stopped) = watch::channel(false);
    let sending = transports(&server.url, "http://127.0.0.1:1");
    let worker = tokio::spawn(run(w.db.clone(), sending.into(), stopped, Pulse::default()));
    let mut admin = PgConnection::connect(w.url()).await.unwrap();
    for n in 1..=3 {
        while server.seen().mails.len() < n * 50 {
            sleep(Duration::from_millis(5)).await;
        }
        admin
            .execute(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()",
            )
            .await
            .unwrap();
    }
    let going = async {
        while server.seen().mails.len() < 280 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), going).await.unwrap();
    stop.send(true).unwrap();
    worker.await.unwrap();
    drain(&w, &transports(&server.url, "http://127.0.0.1:1")).await;
    check(&w, &ids, &arrivals(&server)).await;
}
