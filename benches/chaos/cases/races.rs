//! Staff change messages over HTTP in the moment in which they are sent.

use crate::{
    Finding, Result, Setting,
    place::{self, Batch, Place},
    sink::Sink,
    worker::{PASSWORD, Worker},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(180);
/// How many people press buttons at a time.
const PEOPLE: usize = 12;

/// In the form of a field for date and time.
fn in_a_year() -> String {
    (chrono::Utc::now() + chrono::Days::new(365)).format("%Y-%m-%dT12%%3A00").to_string()
}

#[derive(Clone)]
struct Staff {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

impl Staff {
    async fn sign_in(place: &Place, base: &str) -> Result<Self> {
        let add = ["user", "add", "--email", "chaos@example.com", "--name", "Chaos", "--project", "chaos1"];
        place.run(&[&add[..], &["--role", "owner", "--password-stdin"]].concat(), PASSWORD)?;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let form = [("email", "chaos@example.com"), ("password", PASSWORD), ("next", "")];
        let answer = http.post(format!("{base}/api/sign_in")).header("origin", base).form(&form).send().await?;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        if cookie.is_empty() {
            return Err(format!("the sign-in gave no cookie: {}", answer.status()).into());
        }
        Ok(Self { cookie: cookie.join("; "), http, base: base.to_owned() })
    }

    /// Whether it was done; false where it was refused because of what became of the message.
    async fn change(&self, what: &str, message: Uuid) -> Result<bool> {
        let form = format!("slug=chaos1&id={message}&at={}", in_a_year());
        let request = self.http.post(format!("{}/api/{what}", self.base)).header("cookie", &self.cookie);
        let request = request.header("origin", &self.base).header("accept", "application/json");
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await?;
        match answer.status().as_u16() {
            200..400 => Ok(true),
            404 | 409 => Ok(false),
            status => Err(format!("{what}: {status} {}", answer.text().await?).into()),
        }
    }
}

/// Each of `ids`, which are due one after another, is changed at about the time at which its turn comes. Returns how many
/// changes were done, and how many messages arrived though theirs was done before.
async fn race(staff: &Staff, sink: &Sink, what: &'static str, ids: Arc<Vec<Uuid>>) -> Result<(usize, usize)> {
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let before = sink.taken() as usize;
    let people: Vec<_> = (0..PEOPLE)
        .map(|_| {
            let (staff, sink, ids, next, done) = (staff.clone(), sink.clone(), ids.clone(), next.clone(), done.clone());
            tokio::spawn(async move {
                let mut changed = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(id) = ids.get(n) else { return Result::Ok(changed) };
                    // The worker has about a hundred at a time: some before it claims this one, some after.
                    let from = n.saturating_sub(fastrand::usize(0..300));
                    let began = Instant::now();
                    while sink.taken() as usize - before + done.load(Ordering::Relaxed) < from {
                        sleep(Duration::from_millis(2)).await;
                        if began.elapsed() > Duration::from_secs(30) {
                            return Err("nothing is sent any more".into());
                        }
                    }
                    if staff.change(what, *id).await? {
                        done.fetch_add(1, Ordering::Relaxed);
                        changed.push((*id, Instant::now()));
                    }
                }
            })
        })
        .collect();
    let mut changed = Vec::new();
    for person in people {
        changed.extend(person.await??);
    }
    // What was under way has arrived.
    sleep(Duration::from_secs(2)).await;
    let late = changed.iter().filter(|(id, at)| match what {
        // What was sent may be deleted.
        "delete_message" => sink.last(*id).is_some_and(|last| last > *at),
        _ => sink.times(*id) > 0,
    });
    let late = late.count();
    Ok((changed.len(), late))
}

pub async fn t8(setting: &Setting) -> Result<Option<Finding>> {
    let place = Place::new(setting, "races").await?;
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(20));
    // The project is there before somebody signs in to it.
    let failed = place.fill(&Batch { failed: true, ..Batch::of(u128::from(setting.times(200, 20))) }).await?;
    let mut first = failed.len() as u128 + 1;
    let (mut worker, base) = Worker::serve(&place, &sink).await?;
    let staff = Staff::sign_in(&place, &base).await?;

    let (mut lost, mut wrong, mut doubled, mut notes) = (0, 0, 0, Vec::new());
    for (what, full) in [("cancel_message", 10_000), ("reschedule_message", 2_000), ("delete_message", 2_000)] {
        let count = setting.times(full, 200);
        let batch = Batch { first, due_in: -60_000, ..Batch::of(u128::from(count)) };
        first += u128::from(count);
        let ids = Arc::new(place.fill(&batch).await?);
        let (done, late) = race(&staff, &sink, what, ids.clone()).await?;
        let due = format!("select count(*) from message where state = 1 or state = 0 and due_at < {}", place::now());
        let began = Instant::now();
        while place.number(&due).await? > 0 && began.elapsed() < PATIENCE {
            sleep(Duration::from_millis(50)).await;
        }
        let arrived = ids.iter().filter(|id| sink.times(**id) > 0).count();
        doubled += ids.iter().map(|id| sink.times(*id).saturating_sub(1)).sum::<usize>();
        wrong += late;
        if what != "delete_message" {
            lost += ids.len() - arrived.min(ids.len()) - (done - late).min(ids.len());
        }
        notes.push(format!("{what}: {done} of {count} done in time"));
    }

    // A double click: one new message.
    let mut second_clicks = 0;
    for id in &failed {
        let (one, two) = tokio::join!(staff.change("resend_message", *id), staff.change("resend_message", *id));
        second_clicks += usize::from(one? && two?);
    }
    let tomorrow = Batch { first, due_in: 24 * 60 * 60_000, ..Batch::of(u128::from(setting.times(200, 20))) };
    let later = place.fill(&tomorrow).await?;
    for id in &later {
        let (one, two) = tokio::join!(staff.change("send_now", *id), staff.change("send_now", *id));
        one?;
        two?;
    }
    let began = Instant::now();
    while failed.iter().chain(&later).any(|id| sink.times(*id) == 0) && began.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(100)).await;
    }
    // Send now waits ten seconds.
    sleep(Duration::from_secs(12)).await;
    for id in failed.iter().chain(&later) {
        lost += usize::from(sink.times(*id) == 0);
        doubled += sink.times(*id).saturating_sub(1);
    }
    notes.push(format!(
        "{} double clicks on Resend: {second_clicks} taken twice; {} on Send now",
        failed.len(),
        later.len()
    ));
    let is_running = worker.is_running()?;
    worker.stop().await?;
    Ok(Some(Finding {
        done: format!("{PEOPLE} people cancel, reschedule and delete over HTTP what is just being sent; double clicks"),
        criterion: "answered as done ⇔ no mail arrives (deleted: none later); a double click sends one",
        lost: lost as u64,
        doubled: doubled as u64,
        recovery: format!("{}; {wrong} arrived in spite of it", notes.join("; ")),
        passed: lost + doubled + wrong + second_clicks == 0 && is_running,
    }))
}
