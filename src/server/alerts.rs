//! What holds up the sending of a project at this moment, in sentences for its staff: what holds messages, messages that wait
//! though nothing does, a database that takes no writes. Every page shows them and follows them live.

use super::{
    AppState, projects,
    store::{guard::Viewer, observe, sending, webhooks_out},
};
use crate::domain::{
    AppResult, Timestamp,
    message::Channel,
    project::Alert,
    role::Role,
    stats::{count, thousands},
    webhook::OffCause,
};
use reqwest::Url;

/// How long a message may be due before we say that nothing is sent. A worker takes it within a second; one that has died is replaced
/// within minutes.
const LATE: i64 = 5 * Timestamp::MINUTE;

const NO_WRITES: &str = "The server can't save anything at the moment: its database takes no writes. Changes are refused and nothing is \
    sent, until whoever runs this server has mended it.";

pub async fn of_project(state: &AppState, viewer: &Viewer, now: Timestamp) -> AppResult<Vec<Alert>> {
    state.health.watch(&state.db);
    // Every page waits for this: most projects are told by one statement that nothing holds them.
    let standstill = sending::standstill(viewer).await?;
    let working: Vec<Channel> = Channel::ALL.into_iter().filter(|channel| standstill.of(*channel).is_none()).collect();
    let paused = if standstill.is_stopped { projects::paused(&state.db, viewer, now).await? } else { Vec::new() };
    let mut alerts: Vec<Alert> = paused.into_iter().map(|sentence| Alert::fault(sentence, "connections")).collect();
    if state.health.is_failing() {
        alerts.push(Alert::fault(NO_WRITES, ""));
    }
    alerts.extend(late(viewer, &working, now).await?);
    alerts.extend(super::sending::notices(viewer, standstill, now).await?);
    alerts.extend(lost_webhooks(viewer, now).await?);
    Ok(alerts)
}

/// Webhooks that were switched off without staff. Only the host is named: the rest of the address may be a secret.
async fn lost_webhooks(viewer: &Viewer, now: Timestamp) -> AppResult<Vec<Alert>> {
    let page = if viewer.role >= Role::Admin { "settings/webhooks" } else { "" };
    let alert = |(url, cause, at): (String, OffCause, Timestamp)| {
        let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let since = viewer.local(at).inline(viewer.today(now));
        let why = match cause {
            OffCause::Gone => "it answered that it wants nothing more",
            _ => "nothing got through to it for long",
        };
        Alert::fault(format!("The webhook to {host} is switched off since {since}: {why}."), page)
    };
    Ok(webhooks_out::lost(viewer).await?.into_iter().map(alert).collect())
}

/// Messages that should have gone out over connections that work, while none did.
async fn late(viewer: &Viewer, working: &[Channel], now: Timestamp) -> AppResult<Option<Alert>> {
    let before = now.plus(-LATE);
    let Some(overdue) = observe::overdue(viewer, working, before, now).await? else { return Ok(None) };
    let messages = match overdue.due {
        observe::MOST_OVERDUE.. => format!("{} messages or more", thousands(observe::MOST_OVERDUE.unsigned_abs())),
        due => count(due.unsigned_abs(), "message"),
    };
    let (are, since) =
        (if overdue.due == 1 { "is" } else { "are" }, viewer.local(overdue.oldest).inline(viewer.today(now)));
    let sentence = format!(
        "{messages} {are} due since {since}, and none has gone out for five minutes: the process that sends has ended or hangs. Nothing is \
         lost. Tell whoever runs this server."
    );
    Ok(Some(Alert::fault(sentence, "")))
}
