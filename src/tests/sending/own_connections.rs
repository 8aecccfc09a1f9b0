//! Projects with connections of their own: each message leaves by its project's, and what is wrong with one stops no other.

use super::{
    refusal,
    smtp_server::{Answer, At, SmtpServer},
    world::{NOW, World},
};
use crate::{
    domain::{
        ConnectionId, MessageId, ProjectId, Timestamp,
        ask::Ask,
        connection::{
            StopReason,
            form::{ConnectionForm, Secrets},
        },
        message::Channel::{self, Email, Sms},
        status::State,
    },
    server::{
        delivery::{
            pulse::Pulse,
            retry::Class,
            seal::SealingKey,
            worker::{run, step},
        },
        projects, requests,
        store::{
            self,
            connections::{self, Change},
            customers,
            guard::{Admin, Manager, Viewer},
            id::NewId,
            projects::Start,
            queue::stops::stopped,
        },
    },
};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

impl World {
    /// Another project.
    pub async fn shop(&self, slug: &str) -> Manager {
        let mut tx = self.db.begin().await.unwrap();
        let id =
            projects::create(&mut tx, slug, "Bean & Leaf", chrono_tz::Europe::Berlin, Start::Live, NOW).await.unwrap();
        sqlx::query("update project set quiet_sms = 0").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        store::projects::system(&self.db, id).await.unwrap()
    }

    /// Messages of a project that are due at `NOW`.
    pub async fn due_in(&self, shop: &Manager, channel: Channel, count: usize) -> Vec<MessageId> {
        let form = crate::domain::customer::CustomerForm {
            name: "Ben Ortiz".into(),
            email: format!("ben-{}@{}.example.com", MessageId::new(), shop.slug),
            phone: if channel == Channel::Sms { "+12075550188".into() } else { String::new() },
            ..Default::default()
        };
        let customer = customers::add(shop, &form, NOW).await.unwrap();
        let ask = Ask { channels: vec![channel], reminders: vec![], at: None };
        let mut ids = Vec::new();
        for _ in 0..count {
            let request = requests::create(shop, customer, &ask, super::world::BASE, NOW).await.unwrap().id;
            let id: MessageId = sqlx::query_scalar("select id from message where request_id = $1")
                .bind(request)
                .fetch_one(self.db.read())
                .await
                .unwrap();
            ids.push(id);
        }
        ids
    }

    /// Saves as the page does; gives the connection's id.
    pub async fn connect(&self, admin: &Admin, form: &ConnectionForm) -> ConnectionId {
        let checked = form.check().unwrap();
        let before = connections::of_channel(admin, checked.settings.channel()).await.unwrap();
        let (id, follows) = before.map_or((ConnectionId::new(), 0), |before| (before.id, before.revision));
        let sealed = serde_json::to_vec(&checked.secrets).unwrap();
        let change = Change {
            id,
            provider: checked.provider,
            settings: &checked.settings,
            sealed: &self.transports.key.as_ref().unwrap().seal(id, &sealed),
            pace: checked.pace,
            follows,
        };
        connections::save(admin, &change, NOW).await.unwrap();
        id
    }

    pub async fn send_all_at(&self, at: Timestamp) {
        while step(&self.db, &self.transports, at).await.unwrap() > 0 {}
    }

    pub async fn states(&self, ids: &[MessageId]) -> Vec<State> {
        let mut states = Vec::new();
        for id in ids {
            states.push(
                sqlx::query_scalar("select state from message where id = $1")
                    .bind(*id)
                    .fetch_one(self.db.read())
                    .await
                    .unwrap(),
            );
        }
        states
    }
}

pub fn admin(shop: &Manager) -> Admin {
    // Here of the system, which may do all.
    let viewer: &Viewer = shop;
    viewer.clone().admin().unwrap()
}

fn at(server: &SmtpServer) -> ConnectionForm {
    let port = server.url.rsplit_once(':').unwrap().1.trim_end_matches('/').to_owned();
    ConnectionForm {
        provider: "smtp".into(),
        host: "127.0.0.1".into(),
        port,
        security: "none".into(),
        from: "hello@bean.example.com".into(),
        reply_to: "desk@bean.example.com".into(),
        ..ConnectionForm::default()
    }
}

#[tokio::test]
async fn each_project_sends_over_its_own_connection_or_the_deployments() {
    let (w, server) = (World::new().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    w.connect(&admin(&bean), &at(&server)).await;
    let (own, shared) = (w.due_in(&bean, Email, 3).await, w.due(Email).await);
    let sms = w.due_in(&bean, Sms, 1).await;
    w.send_all_at(NOW).await;
    assert_eq!(w.states(&own).await, [State::Sent; 3]);
    assert_eq!(w.stored(shared).await.state, State::Sent);
    // It has none of its own for SMS.
    assert_eq!(w.states(&sms).await, [State::Sent]);
    let mails = server.seen().mails;
    assert_eq!(mails.len(), 3);
    assert!(mails[0].from.contains("<hello@bean.example.com>"), "{}", mails[0].from);
    assert!(mails[0].header("Reply-To").unwrap().contains("desk@bean.example.com"));
    let by: Vec<_> = w.memory.sent().into_iter().filter_map(|mail| mail.message).collect();
    assert!(by.len() == 2 && by.contains(&shared) && by.contains(&sms[0]));
    let provider: String = sqlx::query_scalar("select provider from send_attempt where message_id = $1")
        .bind(own[0])
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(provider, "smtp");
}

#[tokio::test]
async fn a_wrong_password_stops_that_project_alone_and_the_right_one_ends_it() {
    let (w, server) = (World::new().await, SmtpServer::start().await);
    server.offer_sign_in();
    let bean = w.shop("bean").await;
    let form = ConnectionForm { user: "bean".into(), password: "wrong".into(), ..at(&server) };
    let id = w.connect(&admin(&bean), &form).await;
    for _ in 0..20 {
        server.answer(At::SignIn, Answer::Reply("535 5.7.8 bad credentials\r\n"));
    }
    let (own, shared, sms) = (w.due_in(&bean, Email, 12).await, w.many_due(12).await, w.due_in(&bean, Sms, 2).await);
    w.send_all_at(NOW).await;
    assert_eq!(w.states(&own).await, [State::Scheduled; 12]);
    assert_eq!(w.states(&shared).await, [State::Sent; 12]);
    assert_eq!(w.states(&sms).await, [State::Sent; 2]);
    let stops = stopped(&w.db).await.unwrap();
    assert_eq!(stops.len(), 1);
    assert_eq!((stops[0].connection, stops[0].project, stops[0].reason), (id, Some(bean.project), StopReason::SignIn));
    assert_eq!(projects::paused(&w.db, &bean, NOW).await.unwrap().len(), 1);
    assert!(projects::paused(&w.db, &w.manager, NOW).await.unwrap().is_empty(), "staff of others see nothing of it");
    assert_eq!(w.count("attempts > 0 and state = 0").await, 0, "no message lost an attempt");

    // New settings: at once, with the same worker's knowledge.
    w.connect(&admin(&bean), &ConnectionForm { user: String::new(), password: String::new(), ..form }).await;
    assert!(stopped(&w.db).await.unwrap().is_empty());
    // What was asked with the former ones and is answered now stops nothing.
    store::queue::stops::save(&w.db, &stops[0], 1).await.unwrap();
    assert!(stopped(&w.db).await.unwrap().is_empty());
    w.send_all_at(NOW.plus(Timestamp::SECOND)).await;
    assert_eq!(w.states(&own).await, [State::Sent; 12]);
    assert_eq!(server.seen().mails.len(), 12);
}

/// The worker's own breaker, and what it has cached, follow the settings without a restart.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_worker_takes_new_settings_with_the_next_message() {
    let (w, broken, server) = (World::new().await, SmtpServer::start().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    for _ in 0..100 {
        broken.answer(At::Mail, Answer::Reply("550 5.1.8 sender not known\r\n"));
    }
    w.connect(&admin(&bean), &at(&broken)).await;
    let own = w.due_in(&bean, Email, 5).await;
    let World { db, transports, .. } = w;
    let transports = std::sync::Arc::new(transports);
    let (stop, is_stopped) = watch::channel(false);
    let worker = tokio::spawn(run(db.clone(), transports.clone(), is_stopped, Pulse::default()));
    let until = async |what: &str, condition: &'static str| {
        for _ in 0..400 {
            let mut query = store::db::Query::new("select count(*) from ");
            query.push(condition);
            let n: i64 = query.build_query_scalar().fetch_one(db.read()).await.unwrap();
            if n > 0 {
                return;
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("{what} did not come");
    };
    until("the pause", "stopped_connection").await;
    let before = connections::of_channel(&bean, Email).await.unwrap().unwrap();
    let checked = at(&server).check().unwrap();
    let sealed = serde_json::to_vec(&Secrets::default()).unwrap();
    let change = Change {
        id: before.id,
        provider: checked.provider,
        settings: &checked.settings,
        sealed: &transports.key.as_ref().unwrap().seal(before.id, &sealed),
        pace: checked.pace,
        follows: before.revision,
    };
    connections::save(&admin(&bean), &change, NOW).await.unwrap();
    until("the fifth mail", "(select count(*) as n from message where state = 2) done where n = 5").await;
    assert_eq!(server.seen().mails.len(), own.len());
    assert!(stopped(&db).await.unwrap().is_empty());
    stop.send(true).unwrap();
    worker.await.unwrap();
}

#[tokio::test]
async fn what_waits_for_a_removed_connection_leaves_by_the_deployments() {
    let (w, server) = (World::new().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    server.answer(At::Mail, Answer::Reply("550 5.1.8 sender not known\r\n"));
    w.connect(&admin(&bean), &at(&server)).await;
    let own = w.due_in(&bean, Email, 1).await;
    w.send_all_at(NOW).await;
    assert_eq!(stopped(&w.db).await.unwrap().len(), 1);
    connections::remove(&admin(&bean), Email).await.unwrap();
    assert!(connections::remove(&admin(&bean), Email).await.is_err());
    assert!(stopped(&w.db).await.unwrap().is_empty());
    w.send_all_at(NOW.plus(Timestamp::SECOND)).await;
    assert_eq!(w.states(&own).await, [State::Sent]);
    assert_eq!((w.memory.sent().len(), server.seen().mails.len()), (1, 0));
}

#[tokio::test]
async fn another_secret_key_pauses_and_loses_nothing() {
    let (mut w, server) = (World::new().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    w.connect(&admin(&bean), &at(&server)).await;
    let own = w.due_in(&bean, Email, 8).await;
    let right = w.transports.key.replace(SealingKey::parse("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap());
    w.send_all_at(NOW).await;
    let stops = stopped(&w.db).await.unwrap();
    assert_eq!(stops.len(), 1);
    assert_eq!(stops[0].reason, StopReason::Settings);
    assert!(stops[0].words.contains("SECRET_KEY"), "{}", stops[0].words);
    assert_eq!(w.count("state = 0 and attempts = 0").await, 8);
    w.transports.key = right;
    w.send_all_at(NOW.plus(Timestamp::MINUTE)).await;
    w.send_all_at(NOW.plus(Timestamp::MINUTE + 1)).await;
    assert_eq!(w.states(&own).await, [State::Sent; 8]);
}

/// Each may fill half of what is left: 16, 8, 4 of 32 places.
#[tokio::test(flavor = "multi_thread")]
async fn slow_connections_leave_places_to_the_others() {
    let w = World::new().await;
    let mut slow = Vec::new();
    for slug in ["one", "two", "three"] {
        let (shop, server) = (w.shop(slug).await, SmtpServer::start().await);
        server.take_time(Duration::from_millis(400));
        w.connect(&admin(&shop), &at(&server)).await;
        w.due_in(&shop, Email, 60).await;
        slow.push(server);
    }
    // Due last.
    let fast = w.many_due(20).await;
    let began = std::time::Instant::now();
    let (stop, is_stopped) = watch::channel(false);
    let World { db, transports, memory, .. } = w;
    let worker = tokio::spawn(run(db, std::sync::Arc::new(transports), is_stopped, Pulse::default()));
    while memory.sent().len() < fast.len() && began.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(memory.sent().len(), fast.len());
    let slow_ones: usize = slow.iter().map(|server| server.seen().mails.len()).sum();
    assert!(slow_ones < 90, "{slow_ones} of 180 slow ones went before the last fast one");
    stop.send(true).unwrap();
    worker.abort();
}

#[tokio::test]
async fn limits_are_kept_and_two_changes_at_once_conflict() {
    let (w, server) = (World::new().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    let form = ConnectionForm { per_minute: "600".into(), per_day: "10,000".into(), ..at(&server) };
    let id = w.connect(&admin(&bean), &form).await;
    let saved = connections::of_channel(&bean, Email).await.unwrap().unwrap();
    assert_eq!((saved.pace.per_minute, saved.pace.per_day, saved.revision), (Some(600), Some(10_000), 1));
    let change = Change {
        id,
        provider: saved.provider,
        settings: &saved.settings,
        sealed: &saved.sealed,
        pace: saved.pace,
        follows: 1,
    };
    connections::save(&admin(&bean), &change, NOW).await.unwrap();
    assert!(connections::save(&admin(&bean), &change, NOW).await.is_err(), "the revision is 2 by now");
    let stranger = ConnectionId::new();
    let other = Change { id: stranger, follows: 2, ..change };
    assert!(connections::save(&admin(&bean), &other, NOW).await.is_err(), "another id is another connection");
    assert!(connections::by_id(&w.db, id).await.unwrap().is_some_and(|found| found.project == bean.project));
    assert!(connections::by_id(&w.db, stranger).await.unwrap().is_none());
    let none: Option<ProjectId> = connections::of_channel(&w.manager, Email).await.unwrap().map(|c| c.project);
    assert_eq!(none, None, "nobody else's");
}

/// A provider that is down in one project opens the breaker of that connection alone.
#[tokio::test]
async fn a_breaker_is_of_one_connection() {
    let (w, server) = (World::new().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    w.connect(&admin(&bean), &at(&server)).await;
    for _ in 0..200 {
        server.answer(At::Greeting, Answer::Reply("421 not now\r\n"));
    }
    let (own, shared) = (w.due_in(&bean, Email, 40).await, w.many_due(5).await);
    w.memory.refuse(refusal(Class::LATER, "421 busy"));
    for second in 0..60 {
        w.send_all_at(NOW.plus(second * Timestamp::SECOND)).await;
    }
    assert!(server.seen().connections <= 13, "{}", server.seen().connections);
    assert_eq!(w.states(&own).await, [State::Scheduled; 40]);
    let sent = w.states(&shared).await.into_iter().filter(|state| *state == State::Sent).count();
    assert!(sent >= 4, "{sent}");
    let reasons: Vec<_> = stopped(&w.db).await.unwrap().into_iter().map(|s| (s.project, s.reason)).collect();
    assert_eq!(reasons, [(Some(bean.project), StopReason::Down)]);
}

#[tokio::test]
async fn mails_are_signed_where_the_connection_has_a_key() {
    let (w, server) = (World::new().await, SmtpServer::start().await);
    let bean = w.shop("bean").await;
    let key = include_str!("../../server/delivery/dkim/test.pem");
    let form = ConnectionForm { dkim_selector: "s1".into(), dkim_key: key.into(), ..at(&server) };
    w.connect(&admin(&bean), &form).await;
    w.due_in(&bean, Email, 1).await;
    w.send_all_at(NOW).await;
    let mails = server.seen().mails;
    let signature = mails[0].header("DKIM-Signature").unwrap();
    for part in ["d=bean.example.com", "s=s1", "a=rsa-sha256"] {
        assert!(signature.contains(part), "{signature}");
    }
    let signed: String = signature.split("h=").nth(1).unwrap().split(';').next().unwrap().split_whitespace().collect();
    for name in [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "MIME-Version",
        "Content-Type",
    ] {
        assert!(signed.split(':').any(|one| one == name), "{name} in {signed}");
    }
    if let Ok(file) = std::env::var("KEEP_SIGNED_MAIL") {
        std::fs::write(file, &mails[0].data).unwrap();
    }
}
