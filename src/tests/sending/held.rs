//! Messages that are due and must wait for a cause that passes: a pause, trial mode, the reputation guard. They go out by themselves
//! once it is gone, where they are still wanted.

use super::{
    refusal,
    world::{NOW, World, claim_all},
};
use crate::{
    domain::{
        MessageId, RequestId, Timestamp,
        message::{
            Channel::{self, Email, Sms},
            FailureCode, Hold,
        },
        status::State,
    },
    server::{
        delivery::{
            pulse::Pulse,
            retry::Class,
            worker::{run, step},
        },
        store::{
            guard::{Admin, Viewer},
            id::NewId,
            messages,
            queue::{
                self, lanes,
                results::{Intent, write},
            },
            reputation::{self, Counts},
            sending::{self, release},
            steering, touch,
        },
    },
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

impl World {
    pub async fn set(&self, sql: &'static str) {
        let mut tx = self.db.begin().await.unwrap();
        touch(&mut tx, self.project).await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub fn admin(&self) -> Admin {
        let viewer: Viewer = (**self.manager).clone();
        viewer.admin().unwrap()
    }

    async fn due_to(&self, email: &str) -> MessageId {
        let customer = self.customer("Ana Ruiz", email, "").await;
        let request = self.ask(customer, &[Email], 0).await;
        self.messages(request).await[0]
    }

    async fn hold_of(&self, id: MessageId) -> Option<Hold> {
        messages::row(&self.manager, id).await.unwrap().hold
    }

    /// Why it goes out when it does, and why not yet.
    pub async fn why(&self, id: MessageId) -> String {
        messages::detail(&self.manager, id).await.unwrap().waiting.unwrap_or_default()
    }

    async fn step_at(&self, at: Timestamp) -> usize {
        step(&self.db, &self.transports, at).await.unwrap()
    }

    async fn step_all(&self, at: Timestamp) {
        while self.step_at(at).await > 0 {}
    }
}

#[tokio::test]
async fn a_paused_project_sends_nothing_until_it_is_resumed() {
    let w = World::new().await;
    let ids = w.many_due(3).await;
    let sms = w.due(Sms).await;
    assert_eq!(sending::set_paused(&w.manager, true, NOW).await, Ok(true));
    assert_eq!(sending::set_paused(&w.manager, true, NOW).await, Ok(false));
    assert_eq!(w.step_at(NOW.plus(Timestamp::HOUR)).await, 0);
    assert_eq!(
        (w.memory.calls(), w.hold_of(ids[0]).await, w.hold_of(sms).await),
        (0, Some(Hold::Paused), Some(Hold::Paused))
    );
    assert!(w.why(ids[0]).await.contains(" Held: sending is paused for the project."), "{}", w.why(ids[0]).await);
    assert!(lanes::due(&w.db, NOW.plus(Timestamp::HOUR)).await.unwrap().is_empty(), "it costs the worker nothing");
    // They are as they were, and may be canceled.
    assert_eq!(w.count("state = 0 and hold = 0 and attempts = 0 and version = 0").await, 4);
    steering::cancel(&w.manager, ids[2], false, NOW).await.unwrap();
    assert_eq!(sending::set_paused(&w.manager, false, NOW).await, Ok(true));
    w.step_all(NOW.plus(Timestamp::HOUR)).await;
    assert_eq!((w.memory.sent().len(), w.count("state = 4").await), (3, 1));
    assert_eq!(w.hold_of(ids[0]).await, None);
}

#[tokio::test]
async fn no_attempt_begins_once_the_pause_is_answered() {
    let w = World::new().await;
    w.many_due(2).await;
    let jobs = claim_all(&w.db, NOW).await.unwrap().jobs;
    sending::set_paused(&w.manager, true, NOW).await.unwrap();
    let intents: Vec<_> = jobs.iter().map(|job| Intent { lease: job.lease, started: NOW, provider: "test" }).collect();
    assert_eq!(write(&w.db, &[], &intents).await.unwrap().begun, [false, false]);
    let leases: Vec<_> = jobs.iter().map(|job| job.lease).collect();
    queue::release_held(&w.db, &leases).await.unwrap();
    assert_eq!(w.count("state = 0 and attempts = 0 and first_attempt_at is null").await, 2);
    // Without a pause, nothing is put back.
    sending::set_paused(&w.manager, false, NOW).await.unwrap();
    let jobs = claim_all(&w.db, NOW).await.unwrap().jobs;
    let leases: Vec<_> = jobs.iter().map(|job| job.lease).collect();
    queue::release_held(&w.db, &leases).await.unwrap();
    assert_eq!(w.count("state = 1").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stops_for_a_pause_and_goes_on_after_it() {
    let mut w = World::new().await;
    w.many_due(60).await;
    let gate = w.memory.hold();
    let transports = {
        let (spare, _) = crate::server::delivery::Transports::memory(super::world::BASE).unwrap();
        Arc::new(std::mem::replace(&mut w.transports, spare))
    };
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(run(w.db.clone(), transports, stopped, Pulse::default()));
    let until = async |what: &(dyn Fn() -> bool + Sync)| {
        timeout(Duration::from_secs(20), async {
            while !what() {
                sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .unwrap();
    };
    let memory = w.memory.clone();
    until(&|| memory.calls() > 0).await;
    sending::set_paused(&w.manager, true, NOW).await.unwrap();
    let begun = w.memory.calls();
    gate.add_permits(1_000);
    sleep(Duration::from_millis(1_200)).await;
    // A call that was recorded just before the pause may follow.
    let calls = w.memory.calls();
    assert!(calls <= begun + 32 && calls < 60, "{begun} {calls}");
    assert_eq!(w.count("state = 1").await, 0, "what was claimed is put back");
    assert_eq!(w.count("state = 2").await as usize, calls);
    sending::set_paused(&w.manager, false, NOW).await.unwrap();
    until(&|| memory.calls() == 60).await;
    stop.send(true).unwrap();
    timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
    assert_eq!(w.count("state = 2").await, 60);
}

#[tokio::test]
async fn a_trial_sends_to_members_and_guests_alone() {
    let w = World::new().await;
    w.set("update project set trial = 1").await;
    w.set("insert into person (id, email, name, created_at) select id, 'mia@example.com', 'Mia', 0 from project").await;
    w.set("insert into membership (project_id, person_id, role) select id, id, 4 from project").await;
    let member = w.due_to("Mia@Example.com").await;
    let (guest, stranger) = (w.due_to("gus@example.com").await, w.due_to("sue@example.com").await);
    let number = w.due(Sms).await;
    sending::set_guests(&w.admin(), &["gus@example.com".into()], NOW).await.unwrap();
    w.step_all(NOW).await;
    assert_eq!([w.stored(member).await.state, w.stored(guest).await.state], [State::Sent; 2]);
    assert_eq!(w.count("state = 0 and hold = 1").await, 2);
    assert_eq!(w.hold_of(stranger).await, Some(Hold::Trial));
    assert!(w.why(stranger).await.contains("Held: the project is in trial mode"));
    assert!(lanes::due(&w.db, NOW).await.unwrap().is_empty(), "held messages cost the worker nothing");
    let trial = sending::trial(&w.manager).await.unwrap();
    assert_eq!(
        (trial.held, trial.members, trial.guests),
        (2, vec!["mia@example.com".into()], vec!["gus@example.com".into()])
    );

    // Who joins the guests gets what was held.
    let guests = ["gus@example.com".to_owned(), "+12075550100".to_owned()];
    assert_eq!(sending::set_guests(&w.admin(), &guests, NOW).await, Ok(1));
    w.step_all(NOW).await;
    assert_eq!(w.stored(number).await.state, State::Sent);
    assert_eq!(w.stored(stranger).await.state, State::Scheduled);
}

#[tokio::test]
async fn going_live_releases_what_is_still_wanted() {
    let w = World::new().await;
    w.set("update project set trial = 1").await;
    let mut held = Vec::new();
    for n in 0..5 {
        held.push(w.due_to(&format!("ana{n}@example.com")).await);
    }
    w.step_all(NOW).await;
    assert_eq!(w.count("hold = 1").await, 5);
    steering::cancel(&w.manager, held[0], false, NOW).await.unwrap();
    w.set("update customer set unsubscribed_at = 1 where email = 'ana1@example.com'").await;
    assert_eq!(sending::go_live(&w.admin()).await, Ok(4));
    w.step_all(NOW).await;
    assert_eq!((w.count("state = 2").await, w.count("state = 4").await, w.memory.sent().len()), (3, 2, 3));
    assert_eq!(release::leftovers(&w.db).await.unwrap(), 0);
}

#[tokio::test]
async fn a_release_that_was_cut_short_is_taken_up_again() {
    let w = World::new().await;
    w.set("update project set trial = 1").await;
    w.many_due(4).await;
    w.step_all(NOW).await;
    w.set("update project set trial = 0").await;
    assert_eq!(w.step_at(NOW).await, 0);
    assert_eq!(release::leftovers(&w.db).await.unwrap(), 4);
    w.step_all(NOW).await;
    assert_eq!(w.count("state = 2").await, 4);
    // A member who was added by other means is found, too.
    w.set("update project set trial = 1").await;
    w.due_to("mia@example.com").await;
    w.step_all(NOW).await;
    assert_eq!((w.count("hold = 1").await, release::leftovers(&w.db).await.unwrap()), (1, 0));
    w.set("insert into person (id, email, name, created_at) select id, 'mia@example.com', 'Mia', 0 from project").await;
    w.set("insert into membership (project_id, person_id, role) select id, id, 4 from project").await;
    assert_eq!(release::leftovers(&w.db).await.unwrap(), 1);
}

/// Held for a month, a request and its reminders do not go out together.
#[tokio::test]
async fn what_was_held_long_keeps_its_order_and_its_gaps() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "").await;
    let request: RequestId = w.ask(ana, &[Email], 2).await;
    let ids = w.messages(request).await;
    sending::set_paused(&w.manager, true, NOW).await.unwrap();
    let later = NOW.plus(30 * Timestamp::DAY);
    w.step_all(later).await;
    sending::set_paused(&w.manager, false, later).await.unwrap();
    w.step_all(later).await;
    assert_eq!(w.stored(ids[0]).await.state, State::Sent);
    let (first, second) = (w.stored(ids[1]).await, w.stored(ids[2]).await);
    assert_eq!((first.state, second.state), (State::Scheduled, State::Scheduled));
    let gap = first.due_at.0 - later.0 - 3 * Timestamp::DAY / 2;
    assert!((0..Timestamp::MINUTE).contains(&gap), "half of what was planned: {gap}");
    assert!(second.due_at > first.due_at);
    assert_eq!(w.count("delay = 3").await, 2);
    // The request took a moment to go out, by which the gap counts.
    w.step_all(first.due_at.plus(Timestamp::MINUTE)).await;
    assert_eq!(w.stored(ids[1]).await.state, State::Sent);
    assert_eq!(w.stored(ids[2]).await.state, State::Scheduled);
    let mut at = first.due_at;
    while w.stored(ids[2]).await.state == State::Scheduled {
        at = at.plus(6 * Timestamp::HOUR);
        w.step_all(at).await;
    }
    assert!(at.0 - first.due_at.0 >= 3 * Timestamp::DAY / 2 - Timestamp::MINUTE);
    // What staff send themselves waits for nothing.
    let request = w.ask(ana, &[Email], 1).await;
    let ids = w.messages(request).await;
    w.change(ids[0], "due_at = 9000000000000").await;
    let put = steering::send_now(&w.manager, ids[1], NOW).await.unwrap();
    w.step_all(put.due).await;
    assert_eq!(w.stored(ids[1]).await.state, State::Sent);
}

/// Each to an address of its own: one that came back is suppressed.
async fn bounce(w: &World, count: usize) {
    for _ in 0..count {
        let email = format!("{}@example.com", MessageId::new());
        let customer = w.customer("Bea Unknown", &email, "").await;
        w.memory.refuse(refusal(Class::Permanent(FailureCode::AddressUnknown), "550 5.1.1 no such user"));
        w.ask(customer, &[Email], 0).await;
        w.step_all(NOW).await;
    }
}

#[tokio::test]
async fn too_many_bounces_hold_the_channel_until_staff_resume_it_at_a_pace() {
    let w = World::new().await;
    w.many_due(100).await;
    w.step_all(NOW).await;
    bounce(&w, 5).await;
    assert!(reputation::held(&w.manager).await.unwrap().is_empty(), "5 of 105 are below the limit");
    bounce(&w, 1).await;
    let held = reputation::held(&w.manager).await.unwrap();
    assert_eq!((held.len(), held[0].seen.bounced, held[0].seen.messages), (1, 6, 106));
    let notice = held[0].sentence(w.manager.today(NOW)).unwrap();
    assert!(
        notice.starts_with("Email is held since today 12:0") && notice.contains("6 of 106 messages bounced"),
        "{notice}"
    );

    let id = w.due_to("ana@example.com").await;
    let sms = w.due(Sms).await;
    w.step_all(NOW.plus(Timestamp::HOUR)).await;
    assert_eq!((w.stored(id).await.state, w.stored(sms).await.state), (State::Scheduled, State::Sent));
    assert_eq!(w.hold_of(id).await, Some(Hold::Reputation));

    assert!(reputation::resume(&w.manager, Sms, None, NOW).await.is_err(), "the guard never held it");
    reputation::resume(&w.manager, Email, Some(60), NOW).await.unwrap();
    assert!(reputation::held(&w.manager).await.unwrap().is_empty());
    w.due_to("cay@example.com").await;
    let claim = claim_all(&w.db, NOW).await.unwrap();
    let starts: Vec<_> = claim.jobs.iter().map(|job| job.start.unwrap().0 - NOW.0).collect();
    assert_eq!(starts, [250, 1_300]);
    // It counts anew.
    let standing = reputation::of_channels(&w.manager, NOW).await.unwrap();
    assert_eq!((standing[0].seen.messages, standing[0].per_minute), (0, Some(60)));
    assert!(standing[0].resumed.is_some());
}

#[tokio::test]
async fn complaints_hold_the_channel_too_and_the_worker_judges_by_itself() {
    let w = World::new().await;
    let note = async |messages: u32, complained: u32| {
        let mut counts = Counts::default();
        counts.add(w.project, Email, NOW, |seen| {
            seen.messages += messages;
            seen.complained += complained;
        });
        let mut tx = w.db.begin_in(w.project).await.unwrap();
        reputation::note(&mut tx, counts).await.unwrap();
        tx.commit().await.unwrap();
    };
    note(900, 1).await;
    assert!(reputation::held(&w.manager).await.unwrap().is_empty(), "one complaint is an accident");
    note(0, 1).await;
    assert_eq!(reputation::held(&w.manager).await.unwrap().len(), 1);
    reputation::resume(&w.manager, Email, None, NOW).await.unwrap();

    // As a report that was counted by other means.
    w.set("insert into reputation (project_id, channel, hour, messages, bounced) select id, 1, 498731, 100, 20 from project").await;
    let hour = |hour: i64| Timestamp(hour * Timestamp::HOUR);
    reputation::judge_all(&w.db, hour(498_731).plus(Timestamp::DAY * 8)).await.unwrap();
    assert!(reputation::held(&w.manager).await.unwrap().is_empty(), "what is older than a week counts no more");
    let left: i64 = sqlx::query_scalar("select count(*) from reputation").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(left, 0);
    w.set("insert into reputation (project_id, channel, hour, messages, bounced) select id, 1, 498731, 100, 20 from project").await;
    reputation::judge_all(&w.db, hour(498_732)).await.unwrap();
    assert_eq!(reputation::held(&w.manager).await.unwrap()[0].channel, Channel::Sms);
}
