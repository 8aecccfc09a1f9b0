//! Setting up a connection, changing and removing it.

use crate::{
    domain::{
        AppError, AppResult, ConnectionId,
        connection::{
            form::{Checked, ConnectionForm, Stored},
            provider_of,
            settings::Settings,
        },
        done::Done,
        message::Channel,
    },
    server::{
        auth, clock,
        delivery::{
            dkim,
            hosts::{Hosts, Unreachable},
        },
        store::{
            connections::{self, Change},
            guard::Admin,
            id::NewId,
        },
    },
};
use std::time::Duration;
use tokio::time::timeout;

/// How long the name of a mail server is looked up.
const LOOKUP: Duration = Duration::from_secs(5);

/// Makes the connection of a channel, or changes it. `follows` is the revision that was shown; 0 for none.
///
/// # Errors
/// `Invalid` with the name of the form control; `Conflict` where somebody else changed it meanwhile.
pub async fn save(admin: &Admin, form: &ConnectionForm, follows: i32) -> AppResult<Done> {
    let saved = save_checked(admin, form, follows).await;
    if matches!(saved, Err(AppError::Invalid { .. })) {
        auth::keep_entered(&form.clone().without_secrets());
    }
    saved
}

async fn save_checked(admin: &Admin, form: &ConnectionForm, follows: i32) -> AppResult<Done> {
    let state = auth::state()?;
    let checked = form.check()?;
    let channel = checked.settings.channel();
    let key = state.transports.key.as_ref().ok_or_else(|| {
        AppError::Conflict("This server has no SECRET_KEY, so it cannot keep the secrets of a connection.".into())
    })?;
    if let Some(sentence) = super::lacking_way_out(admin, checked.provider).await? {
        return Err(AppError::invalid("provider", sentence));
    }
    let before = connections::of_channel(admin, channel).await?;
    if before.as_ref().map_or(0, |before| before.revision) != follows {
        return Err(connections::changed_meanwhile());
    }
    let known = before.as_ref().map(|before| state.transports.secrets(before).ok());
    let stored = before.as_ref().zip(known.as_ref()).map(|(before, known)| Stored {
        provider: before.provider,
        settings: &before.settings,
        secrets: known.as_ref(),
    });
    let secrets = checked.secrets_with(stored)?;
    if let Settings::Smtp(smtp) = &checked.settings {
        dkim(smtp, &secrets, checked.provider).map_err(|sentence| AppError::invalid("dkim_key", sentence))?;
    }
    check_host(&checked, state.transports.hosts).await?;
    let id = before.map_or_else(ConnectionId::new, |before| before.id);
    let sealed = serde_json::to_vec(&secrets).map_err(|e| AppError::Internal(e.to_string()))?;
    let change = Change {
        id,
        provider: checked.provider,
        settings: &checked.settings,
        sealed: &key.seal(id, &sealed),
        pace: checked.pace,
        follows,
    };
    connections::save(admin, &change, clock::now()).await?;
    Ok(Done::new(format!(
        "Saved. {} of this project are sent over this connection from now on. Send a test to see whether it works.",
        messages(channel)
    )))
}

/// Refuses a server that this installation does not permit.
async fn check_host(checked: &Checked, hosts: Hosts) -> AppResult<()> {
    let (Settings::Smtp(smtp), Hosts::Public) = (&checked.settings, hosts) else { return Ok(()) };
    let invalid = |sentence: String| AppError::invalid("host", sentence);
    match timeout(LOOKUP, hosts.resolve(&smtp.host, smtp.port)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(Unreachable::Internal(address))) => Err(invalid(format!(
            "This name leads to {address}, an address of an internal network, which this installation does not permit."
        ))),
        Ok(Err(Unreachable::Io(_))) | Err(_) => {
            Err(invalid("No server of this name was found. Check it, or try again in a minute.".into()))
        }
    }
}

/// What is not sent yet leaves by the server's connection from then on.
pub async fn remove(admin: &Admin, channel: Channel) -> AppResult<Done> {
    connections::remove(admin, channel).await?;
    Ok(Done::new(format!(
        "Removed, with its secrets. {} of this project are sent over the server's {} again.",
        messages(channel),
        provider_of(channel)
    )))
}

fn messages(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "Emails",
        Channel::Sms => "SMS",
    }
}
