//! Tells members by email of reviews with one or two stars. The review page knows nothing of it: whoever leaves few stars sees what all
//! others see.

use super::{
    clock,
    delivery::Transports,
    store::{
        Db,
        reviews::low::{self, Told},
    },
};
use crate::domain::{AppResult, Timestamp, content::Outgoing, customer::review_href};
use chrono_tz::Tz;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

/// The pause between two looks for what is due.
const PAUSE: Duration = Duration::from_secs(5);
/// How often an email is tried. The pauses between double, from two minutes on: the last try is four hours after the first.
const TRIES: i32 = 8;

/// Over what the emails go.
#[derive(Clone)]
pub struct Way {
    pub transports: Arc<Transports>,
    /// Whether this server sends emails by itself. Where it does not, nobody is told.
    pub is_open: bool,
    /// The public origin, for links.
    pub base_url: String,
}

/// Works until the process is told to stop.
pub async fn run(db: Db, way: Way, mut stop: watch::Receiver<bool>) {
    loop {
        let done = tokio::select! {
            done = all(&db, &way) => done,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "members could not be told of reviews with few stars; trying again");
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn all(db: &Db, way: &Way) -> AppResult<()> {
    while step(db, way, db.time().await?.unwrap_or_else(clock::now)).await? {}
    Ok(())
}

/// Sends one email that is due. False where none is.
pub async fn step(db: &Db, way: &Way, now: Timestamp) -> AppResult<bool> {
    let Some(claimed) = low::claim(db, now).await? else { return Ok(false) };
    let told = if way.is_open { low::told(db, &claimed).await? } else { None };
    let Some(told) = told else {
        low::end(db, &claimed).await?;
        return Ok(true);
    };
    match way.transports.email.send(&mail(&told, &way.base_url), now).await {
        Ok(_) => low::end(db, &claimed).await?,
        Err(refusal) if claimed.attempts >= TRIES => {
            tracing::warn!(reason = %refusal.text, "a member could not be told of a review with few stars");
            low::end(db, &claimed).await?;
        }
        Err(_) => {
            low::put_off(db, &claimed, now.plus(Timestamp::MINUTE << claimed.attempts.clamp(1, TRIES))).await?;
        }
    }
    Ok(true)
}

fn mail(told: &Told, base_url: &str) -> Outgoing {
    let zone: Tz = told.time_zone.parse().unwrap_or(Tz::UTC);
    let (name, stars, project) = (&told.customer_name, told.rating.words(), &told.project_name);
    let name = if name.is_empty() { "A customer" } else { name };
    let when = told.created_at.local(&zone).full();
    let said = if told.text.is_empty() { "They wrote nothing.".to_owned() } else { format!("“{}”", told.text) };
    let review = review_href(&told.slug, told.customer_id, told.review_id);
    let slug = &told.slug;
    Outgoing {
        project_slug: told.slug.clone(),
        project_name: told.project_name.clone(),
        recipient: told.email.clone(),
        subject: format!("{name} left {stars} for {project}"),
        text: format!(
            "{name} left {stars} for {project} on {when}.\n\n{said}\n\nThe review on the customer's profile:\n\
             {base_url}{review}\n\nWhat nobody has dealt with yet:\n{base_url}/projects/{slug}/attention\n\n\
             Your account says whether you get these emails:\n{base_url}/projects/{slug}/account\n"
        ),
        ..Outgoing::default()
    }
}
