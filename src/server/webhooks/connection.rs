//! The connection that a request of a provider names, as far as its reports are concerned.

use crate::{
    domain::{AppResult, ConnectionId, ProjectId, connection::settings::Provider, message::Channel},
    server::{
        AppState,
        store::connections::{self, Connection},
    },
};

#[derive(Clone)]
pub struct WebhookConnection {
    pub id: ConnectionId,
    pub project: ProjectId,
    pub channel: Channel,
    pub provider: Provider,
    pub secrets: WebhookSecrets,
}

/// What the reports of each provider are verified with.
#[derive(Clone)]
pub enum WebhookSecrets {
    Twilio {
        auth_token: String,
    },
    /// The DER of a public key (SPKI) in base64, as SendGrid shows it.
    SendGrid {
        public_key: String,
    },
    Mailgun {
        signing_key: String,
    },
    /// `user:password`
    Postmark {
        credentials: String,
    },
    /// The ARN of the SNS topic: everybody can publish to others.
    Ses {
        topic: String,
    },
}

/// None for an unknown one, and for one whose provider reports nothing, or whose reports cannot be verified.
pub async fn webhook_connection(state: &AppState, id: ConnectionId) -> AppResult<Option<WebhookConnection>> {
    let Some(connection) = connections::by_id(&state.db, id).await? else { return Ok(None) };
    let secrets = match state.transports.secrets(&connection) {
        Ok(secrets) => secrets,
        Err(why) => {
            tracing::warn!(connection = %id, why, "a provider's report cannot be verified");
            return Ok(None);
        }
    };
    let report = secrets.report.trim().to_owned();
    let secrets = match connection.provider {
        Provider::Twilio => WebhookSecrets::Twilio { auth_token: secrets.password },
        _ if report.is_empty() => return Ok(None),
        Provider::SendGrid => WebhookSecrets::SendGrid { public_key: report },
        Provider::Mailgun => WebhookSecrets::Mailgun { signing_key: report },
        Provider::Postmark => WebhookSecrets::Postmark { credentials: report },
        Provider::Ses => WebhookSecrets::Ses { topic: report },
        Provider::Smtp => return Ok(None),
    };
    let Connection { project, provider, .. } = connection;
    Ok(Some(WebhookConnection { id, project, channel: provider.channel(), provider, secrets }))
}
