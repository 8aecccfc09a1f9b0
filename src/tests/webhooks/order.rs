//! Reports arrive late, twice and in any order: what results is the same.

use super::{
    ANA, Hook,
    effects::{bounce, simple},
};
use crate::{
    domain::{
        MessageId, Timestamp,
        connection::settings::Provider,
        message::{Channel, EventKind},
        status::{Signal, State, Status},
    },
    server::{
        clock,
        demo::chance::Chance,
        store::{
            db::Query,
            tracking::{self, Hit},
        },
    },
};
use serde_json::json;

/// What can happen to a mail after it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happening {
    Delivered,
    Bounced,
    Complained,
    Opened,
    Clicked,
}

use Happening::{Bounced, Clicked, Complained, Delivered, Opened};

/// State, status, delivered, opened or not, clicked or not, failed, complained, and the failure's code.
type Facts = (State, Status, Option<i64>, i32, i32, Option<i64>, Option<i64>, Option<String>);

async fn facts(hook: &Hook, message: MessageId) -> Facts {
    let mut query = Query::new(
        "select state, status, delivered_at, case when opened_at is null then 0 else 1 end,
            case when clicked_at is null then 0 else 1 end, failed_at, complained_at, failure_code
         from message where id = ",
    );
    query.push_bind(message);
    query.build_query_as().fetch_one(hook.app.db.read()).await.unwrap()
}

async fn happen(hook: &Hook, message: MessageId, token: &str, what: Happening, at: Timestamp) {
    let hit = async |signal| {
        let letter = tracking::letter(&hook.app.db, token).await.unwrap().unwrap();
        let hit = Hit { letter, signal, machine: None, name: None, at };
        tracking::record(&hook.app.db, &[hit]).await.unwrap();
    };
    let id = format!("{what:?} {message}");
    match what {
        Delivered => drop(hook.take(&hook.signed(&json!([simple("delivered", &id, message, at)]))).await),
        Bounced => drop(hook.take(&hook.signed(&json!([bounce(&id, message, at)]))).await),
        Complained => drop(hook.take(&hook.signed(&json!([simple("spamreport", &id, message, at)]))).await),
        Opened => hit(Signal::Opened).await,
        Clicked => hit(Signal::Clicked).await,
    }
}

/// Each thing has its own time, whenever it is reported.
fn time_of(base: Timestamp, what: Happening) -> Timestamp {
    base.plus(Timestamp::MINUTE * (1 + what as i64))
}

#[tokio::test]
async fn a_hundred_orders_give_one_state() {
    let mut chance = Chance::new(42);
    let base = Timestamp(clock::now().0 / 1000 * 1000).plus(-30 * Timestamp::MINUTE);
    for set in [
        &[Delivered, Opened, Clicked, Bounced, Complained][..],
        &[Delivered, Bounced],
        &[Delivered, Opened, Bounced],
        &[Bounced, Complained],
        &[Opened, Complained, Delivered],
    ] {
        let (hook, _) = Hook::with_sent(Provider::SendGrid, 0).await;
        let mut results: Vec<(Facts, i64)> = Vec::new();
        for n in 0..20 {
            let (message, token) = another(&hook, n).await;
            let mut order = set.to_vec();
            for at in (1..order.len()).rev() {
                order.swap(at, chance.between(0, at as i64 + 1) as usize);
            }
            // Some come twice.
            order.push(*chance.pick(set));
            for what in &order {
                happen(&hook, message, &token, *what, time_of(base, *what)).await;
            }
            let suppressed = hook.app.count("select cast(coalesce(max(reason), -1) as bigint) from suppression").await;
            results.push((facts(&hook, message).await, suppressed));
            clear(&hook).await;
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{set:?}: {results:#?}");
    }
}

/// Another sent message to the same customer.
pub async fn another(hook: &Hook, n: i64) -> (MessageId, String) {
    let (message, token, sent) = (
        crate::server::store::id::NewId::new(),
        format!("token-{n}-{}", hook.connection),
        clock::now().plus(-Timestamp::HOUR),
    );
    let _: MessageId = message;
    let mut tx = hook.app.db.begin().await.unwrap();
    let mut query = Query::new(
        "insert into message (seq, project_id, id, customer_id, request_id, channel, template, recipient, state, status,
            scheduled_at, due_at, sent_at, day, attempts, generation, first_attempt_at, created_at)
         select max(seq) + 1, project_id, ",
    );
    query
        .push_bind(message)
        .push(", customer_id, request_id, channel, 0, recipient, 2, 1, ")
        .push_bind(sent)
        .push(", ");
    query
        .push_bind(sent)
        .push(", ")
        .push_bind(sent)
        .push(", max(day), 1, 1, ")
        .push_bind(sent)
        .push(", ")
        .push_bind(sent);
    query.push(" from message group by project_id, customer_id, request_id, channel, recipient");
    query.build().execute(&mut *tx).await.unwrap();
    let mut query = Query::new("insert into tracking_token (token, project_id, message_id) select ");
    query.push_bind(token.clone()).push(", project_id, id from message where id = ").push_bind(message);
    query.build().execute(&mut *tx).await.unwrap();
    let mut query = Query::new(
        "insert into message_content (project_id, message_id, subject, text, html) select project_id, id, '', '', '' from message where id = ",
    );
    query.push_bind(message);
    query.build().execute(&mut *tx).await.unwrap();
    let mut query = Query::new(
        "insert into send_attempt (project_id, message_id, generation, started_at, outcome, provider)
         select project_id, id, 1, sent_at, 'sent', 'sendgrid' from message where id = ",
    );
    query.push_bind(message);
    query.build().execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    (message, token)
}

async fn clear(hook: &Hook) {
    let mut tx = hook.app.db.begin().await.unwrap();
    Query::new("delete from suppression").build().execute(&mut *tx).await.unwrap();
    Query::new("update customer set unsubscribed_at = null").build().execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_failure_after_an_open_stays_in_the_timeline_and_changes_nothing_else() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 1).await;
    let base = clock::now().plus(-30 * Timestamp::MINUTE);
    happen(&hook, sent.message, &sent.token, Opened, base).await;
    happen(&hook, sent.message, &sent.token, Bounced, base.plus(Timestamp::MINUTE)).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Opened, State::Sent));
    let timeline = hook.app.timeline(sent.message).await;
    assert!(timeline.contains(&(EventKind::Failed, false)));
    assert_eq!(hook.app.count("select count(*) from suppression").await, 0);
    assert_eq!(hook.app.count("select count(*) from message where state = 0").await, 1);
    assert_eq!(ANA, "ana.ruiz@example.com");
    assert_eq!(hook.provider.channel(), Channel::Email);
}
