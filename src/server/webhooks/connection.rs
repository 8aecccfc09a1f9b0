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
    /// None for the deployment's, whose reports name no project.
    pub project: Option<ProjectId>,
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
    if let Some(channel) = Channel::ALL.into_iter().find(|channel| id == ConnectionId::of_deployment(*channel)) {
        let Some((provider, secret)) = state.config.reports(channel) else { return Ok(None) };
        let secrets = WebhookSecrets::of(provider, secret);
        return Ok(secrets.map(|secrets| WebhookConnection { id, project: None, channel, provider, secrets }));
    }
    let Some(connection) = connections::by_id(&state.db, id).await? else { return Ok(None) };
    let secrets = match state.transports.secrets(&connection) {
        Ok(secrets) => secrets,
        Err(why) => {
            tracing::warn!(connection = %id, why, "a provider's report cannot be verified");
            return Ok(None);
        }
    };
    let Connection { project, provider, .. } = connection;
    let secret = if provider == Provider::Twilio { secrets.password } else { secrets.report };
    let (project, channel) = (Some(project), provider.channel());
    let secrets = WebhookSecrets::of(provider, secret.trim());
    Ok(secrets.map(|secrets| WebhookConnection { id, project, channel, provider, secrets }))
}

impl WebhookSecrets {
    /// None where there is nothing to verify with.
    fn of(provider: Provider, secret: &str) -> Option<Self> {
        let secret = Some(secret.to_owned()).filter(|secret| !secret.is_empty())?;
        match provider {
            Provider::Twilio => Some(Self::Twilio { auth_token: secret }),
            Provider::SendGrid => Some(Self::SendGrid { public_key: secret }),
            Provider::Mailgun => Some(Self::Mailgun { signing_key: secret }),
            Provider::Postmark => Some(Self::Postmark { credentials: secret }),
            Provider::Ses => Some(Self::Ses { topic: secret }),
            // ClickSend signs nothing: whoever knew the address could report what they like.
            Provider::Smtp | Provider::ClickSend => None,
        }
    }
}
