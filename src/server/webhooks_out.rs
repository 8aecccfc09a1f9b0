//! Webhooks out: the page where admins set them up, and the courier that tells them what happens.

pub mod courier;
pub mod payload;
mod retry_after;
pub mod round;
pub mod signing;

use super::{
    auth, clock,
    delivery::hosts::{Hosts, Unreachable},
    store::{
        guard::Admin,
        id::NewId,
        webhooks_out::{
            self as store,
            queue::{self, Job},
            results::Attempt,
        },
    },
};
use crate::domain::{
    AppError, AppResult, DeliveryId, Timestamp, WebhookId,
    done::Done,
    webhook::{
        FORMER_HOURS, WebhooksPage,
        form::{Checked, WebhookForm},
    },
};
use courier::literal;
use reqwest::Url;
use std::time::Duration;
use tokio::time::timeout;

/// How long the name of a receiver is looked up when it is saved.
const LOOKUP: Duration = Duration::from_secs(5);

pub async fn page(admin: &Admin) -> AppResult<WebhooksPage> {
    Ok(WebhooksPage { rows: store::list(admin).await?, entered: auth::take_entered(), version: admin.version })
}

/// What an answer says of an address: the audit log keeps it for Managers, and the rest of an address may be a secret.
fn host(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or(url)
}

/// The answer has the secret, which is shown once.
///
/// # Errors
/// `Invalid` with the name of the form control.
pub async fn add(admin: &Admin, form: &WebhookForm) -> AppResult<Done> {
    let checked = kept_where_refused(form, check(form).await)?;
    let (id, secret) = (WebhookId::new(), signing::new_secret()?);
    let sealed = auth::state()?.courier.seal(id, &secret)?;
    store::add(admin, id, &checked, &sealed, clock::now()).await?;
    let sentence =
        "The webhook is added, and is told of what happens from now on. Keep its secret: it is shown only now.";
    Ok(Done { link: Some(signing::shown(&secret)), ..Done::new(sentence) })
}

/// # Errors
/// As [`add`].
pub async fn change(admin: &Admin, id: WebhookId, form: &WebhookForm) -> AppResult<Done> {
    let checked = kept_where_refused(form, check(form).await)?;
    store::change(admin, id, &checked).await?;
    Ok(Done::new(format!("Saved. {} is told of what you chose from now on.", host(&checked.url))))
}

/// A form without scripts leaves what was entered to the next page.
fn kept_where_refused(form: &WebhookForm, checked: AppResult<Checked>) -> AppResult<Checked> {
    if matches!(checked, Err(AppError::Invalid { .. })) {
        auth::keep_entered(form);
    }
    checked
}

/// Refuses an address that nothing would be sent to.
async fn check(form: &WebhookForm) -> AppResult<Checked> {
    let hosts = auth::state()?.config.webhook_hosts;
    let checked = form.check(hosts == Hosts::Any)?;
    let invalid = |sentence: &str| AppError::invalid("url", sentence);
    let unreadable = || invalid("This address cannot be read. Write one such as https://example.com/hook.");
    let url = Url::parse(&checked.url).map_err(|_| unreadable())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("Leave the user and the password out: what is sent is signed instead."));
    }
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let internal = |address| {
        invalid(&format!(
            "This leads to {address}, an address of an internal network, to which this installation sends nothing."
        ))
    };
    if let Some(address) = literal(&url) {
        return if hosts.permits(address) { Ok(checked) } else { Err(internal(address)) };
    }
    match timeout(LOOKUP, hosts.resolve(host, port)).await {
        Ok(Ok(_)) => Ok(checked),
        Ok(Err(Unreachable::Internal(address))) => Err(internal(address)),
        Ok(Err(Unreachable::Io(_))) | Err(_) => {
            Err(invalid("No server of this name was found. Check it, or try again in a minute."))
        }
    }
}

/// Signs with another secret from now on, and for a day with the one before, too. The answer has the new one.
pub async fn new_secret(admin: &Admin, id: WebhookId) -> AppResult<Done> {
    let secret = signing::new_secret()?;
    let sealed = auth::state()?.courier.seal(id, &secret)?;
    let until = clock::now().plus(FORMER_HOURS * Timestamp::HOUR);
    store::set_secret(admin, id, &sealed, until).await?;
    let sentence =
        "There is a new secret, which is shown only now. For 24 hours what is sent is signed by the one before, too.";
    Ok(Done { link: Some(signing::shown(&secret)), ..Done::new(sentence) })
}

pub async fn switch(admin: &Admin, id: WebhookId, on: bool) -> AppResult<Done> {
    let url = store::switch(admin, id, on, clock::now()).await?;
    let url = host(&url);
    Ok(Done::new(match on {
        true => format!("{url} is told of what happens from now on, and of what still waits."),
        false => format!("{url} is off: it is told nothing of what happens until it is on again."),
    }))
}

pub async fn remove(admin: &Admin, id: WebhookId) -> AppResult<Done> {
    let url = store::remove(admin, id).await?;
    Ok(Done::new(format!("The webhook of {} is removed, with its deliveries.", host(&url))))
}

/// Sends a test now, also to a webhook that is off.
pub async fn test(admin: &Admin, id: WebhookId) -> AppResult<Done> {
    let state = auth::state()?;
    state.limits.tests.take(&admin.project.to_string(), clock::now())?;
    let job = queue::add_test(admin, id, clock::now()).await?;
    now(admin, &job, "The test").await
}

/// Sends a delivery again now, whatever became of it.
pub async fn resend(admin: &Admin, webhook: WebhookId, id: DeliveryId) -> AppResult<Done> {
    let state = auth::state()?;
    state.limits.resends.take(&admin.project.to_string(), clock::now())?;
    let job = queue::take(admin, webhook, id, clock::now()).await?;
    now(admin, &job, "It").await
}

/// Makes the attempt, and says what it came to.
async fn now(admin: &Admin, job: &Job, what: &str) -> AppResult<Done> {
    let attempt = auth::state()?.courier.deliver(job).await?;
    store::tell(admin).await?;
    Ok(Done::new(match attempt {
        None => "There is nothing to tell any more: what it was about is gone.".to_owned(),
        Some(attempt) if attempt.is_taken() => format!("{what} was taken: {} in {} ms.", code(&attempt), attempt.took),
        Some(attempt) if attempt.answer.is_some() => {
            format!("{what} was not taken: the receiver answered {}. {}", code(&attempt), attempt.error)
        }
        Some(attempt) => format!("{what} did not get through. {}", attempt.error),
    }))
}

fn code(attempt: &Attempt) -> String {
    attempt.answer.map(|code| code.to_string()).unwrap_or_default()
}
