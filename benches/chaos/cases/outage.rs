//! A provider that is down.

use crate::{
    Finding, Result, Setting, Tally,
    place::{Batch, Place},
    sink::{At, Sink},
    worker::Worker,
};
use std::time::Duration;
use tokio::time::sleep;

pub async fn t11(setting: &Setting) -> Result<Option<Finding>> {
    const MAILS: u128 = 10_000;
    let time = setting.lasting(600, 40);
    // Ten that find it out, and one each 30 s.
    let most = 10 + time.as_secs() / 30;
    let place = Place::new(setting, "outage").await?;
    let sink = Sink::start().await?;
    sink.say(At::Greeting, "421 4.3.2 not now");
    let ids = place.fill(&Batch::of(MAILS)).await?;
    let worker = Worker::start(&place, &sink)?;
    sleep(time).await;
    let asked = u64::from(sink.conversations());
    let touched = place.number("select count(*) from message where attempts > 0").await?;
    let waiting = place.states().await?.scheduled;
    sink.take_all();
    let took = place.idle(Duration::from_secs(180)).await?;
    worker.stop().await?;
    let failed = place.states().await?.failed;
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!("the provider answers 421 for {} s with {MAILS} due", time.as_secs()),
        criterion: "≤ 30 probes in 10 min, attempts of 10 messages at most used up; then all go out within 3 min",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!(
            "asked {asked} times (at most {most}); {touched} messages with an attempt, {waiting} waiting, {failed} failed; all sent {:.0} s after it was back",
            took.as_secs_f64()
        ),
        passed: asked <= most
            && touched <= 10
            && failed == 0
            && waiting == MAILS as i64
            && tally.lost + tally.doubled == 0,
    }))
}
