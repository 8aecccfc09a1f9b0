//! The Connections page: what a project's messages leave by, how that is, and what its Admins do about it.

mod saving;
mod testing;

pub use saving::{remove, save};
pub use testing::{check_domain, records, retry, send_test, sender};

use super::{
    AppState, auth, clock,
    delivery::{Transports, webhook},
    projects,
    store::{
        connections::{self, Check, Connection},
        guard::Viewer,
        queue::stops,
        templates,
    },
};
use crate::domain::{
    AppError, AppResult, ConnectionId, Timestamp,
    connection::{
        dns::DomainReport,
        form::{ConnectionForm, Secrets},
        page::{ChannelConnection, ConnectionsPage, Setup, StoredSecrets},
        settings::{Pace, Provider},
    },
    message::Channel,
    role::Role,
    template::OptOut,
};
use serde::de::DeserializeOwned;

/// The channel that a form names.
pub fn channel(slug: &str) -> AppResult<Channel> {
    Channel::from_slug(slug)
        .ok_or_else(|| AppError::invalid("channel", "The form names no channel. Load the page again."))
}

pub async fn page(viewer: &Viewer) -> AppResult<ConnectionsPage> {
    let state = auth::state()?;
    let now = clock::now();
    let own = connections::list(viewer).await?;
    let mut channels = Vec::new();
    for channel in Channel::ALL {
        let own = own.iter().find(|own| own.settings.channel() == channel);
        channels.push(of_channel(viewer, &state, channel, own, now).await?);
    }
    let entered = if viewer.role >= Role::Admin { auth::take_entered() } else { None };
    Ok(ConnectionsPage { version: viewer.version, channels, entered })
}

async fn of_channel(
    viewer: &Viewer,
    state: &AppState,
    channel: Channel,
    own: Option<&Connection>,
    now: Timestamp,
) -> AppResult<ChannelConnection> {
    let transports = &state.transports;
    let id = own.map_or(ConnectionId::of_deployment(channel), |own| own.id);
    let stop = stops::stopped(&state.db).await?.into_iter().find(|stop| stop.connection == id);
    let setup = match viewer.role >= Role::Admin {
        true => Some(setup(viewer, state, id, own).await?),
        false => None,
    };
    Ok(ChannelConnection {
        channel,
        provider: own.map(|own| own.provider),
        way: own.map_or_else(|| shared(transports, channel).to_owned(), |own| own.provider.name().to_owned()),
        sender: match (own, channel) {
            (Some(own), _) => own.settings.from().to_owned(),
            (None, Channel::Email) => transports.email.from(),
            (None, Channel::Sms) => transports.sms.from().unwrap_or_default().to_owned(),
        },
        last_sent: connections::last_sent(&state.db, id).await?.map(|at| viewer.local(at)),
        stopped: stop.map(|stop| projects::shown(viewer, stop, now)),
        pace: own.map_or_else(Pace::default, |own| own.pace),
        sent_today: connections::sent_today(viewer, channel, now).await?,
        changed: own.map(|own| (viewer.local(own.changed_at), own.changed_by.clone())),
        setup,
    })
}

/// What the server's connection is.
fn shared(transports: &Transports, channel: Channel) -> &'static str {
    match channel {
        Channel::Email if transports.email.host().is_some() => "The mail server of this installation",
        Channel::Sms if transports.sms.from().is_some() => "The Twilio account of this installation",
        Channel::Email | Channel::Sms => "A folder of this installation: nothing is really sent",
    }
}

async fn setup(viewer: &Viewer, state: &AppState, id: ConnectionId, own: Option<&Connection>) -> AppResult<Setup> {
    let test = last_check(viewer, id, Check::Test).await?;
    let domain = last_check(viewer, id, Check::Domain).await?;
    let Some(own) = own else { return Ok(Setup { test, domain, ..Setup::default() }) };
    let secrets = state.transports.secrets(own);
    let is_lost = secrets.is_err();
    let Secrets { password, dkim_key, report } = secrets.unwrap_or_default();
    Ok(Setup {
        form: ConnectionForm::of(own.provider, &own.settings, own.pace),
        revision: own.revision,
        stored: StoredSecrets {
            password: !password.is_empty(),
            dkim_key: !dkim_key.is_empty(),
            report: !report.is_empty(),
            lost: is_lost,
        },
        webhook: own.provider.reports().then(|| webhook(&state.config.base_url, own.provider, id)),
        test,
        domain,
    })
}

/// Why SMS can't be sent over this provider yet, where a template of the project's own has no way out that works there.
async fn lacking_way_out(viewer: &Viewer, provider: Provider) -> AppResult<Option<String>> {
    let lacking = match provider.channel() {
        Channel::Email => None,
        Channel::Sms => templates::without(viewer, OptOut::over(Some(provider))).await?,
    };
    Ok(lacking.map(|template| {
        format!(
            "Nobody here hears of a STOP over {}, so each template for SMS must have {{{{unsubscribe_link}}}}. Put it into the \
             template {} first, in the place of “Reply STOP”.",
            provider.name(),
            template.name()
        )
    }))
}

/// What **Check my domain** last found.
pub async fn last_domain_check(viewer: &Viewer, id: ConnectionId) -> AppResult<Option<DomainReport>> {
    last_check(viewer, id, Check::Domain).await
}

/// A result that this version cannot read counts as none.
async fn last_check<T: DeserializeOwned>(viewer: &Viewer, id: ConnectionId, check: Check) -> AppResult<Option<T>> {
    let json = connections::last_check(viewer, id, check).await?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}
