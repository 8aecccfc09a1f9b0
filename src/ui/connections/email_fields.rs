//! The controls of a connection to a mail server.

use super::fields::{KeyField, STORED};
use crate::{
    domain::{
        AppError,
        connection::{
            form::{ConnectionForm, SECRET_MAX},
            page::StoredSecrets,
            settings::{Provider, Security},
        },
        contact::EMAIL_MAX,
    },
    ui::parts::field::{SelectField, TextField},
};
use leptos::prelude::*;

/// The errors that a control shows.
pub const FIELDS: &[&str] = &[
    "host",
    "port",
    "security",
    "user",
    "password",
    "from",
    "reply_to",
    "dkim_selector",
    "dkim_key",
    "report_secret",
    "per_minute",
    "per_day",
];

/// What the provider wants as user and password.
fn credentials(provider: Provider) -> &'static str {
    match provider {
        Provider::Smtp => "User and password of the mail server; leave both empty if it needs none.",
        Provider::Ses => {
            "The server is email-smtp.REGION.amazonaws.com. User and password are SMTP credentials, made in the console \
             under SMTP settings; they are not your access keys."
        }
        Provider::SendGrid => "The user is the word apikey, the password an API key that may send mail.",
        Provider::Mailgun => {
            "User and password are SMTP credentials of the sending domain. In the EU, the server is smtp.eu.mailgun.org."
        }
        Provider::Postmark => "User and password are both the server's API token.",
        Provider::Twilio | Provider::ClickSend => "",
    }
}

#[component]
pub fn EmailFields(
    /// The first values of the controls.
    form: ConnectionForm,
    provider: Memo<Provider>,
    /// Those of the provider that the connection has.
    stored: StoredSecrets,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    let ConnectionForm { host, user, port, .. } = form.clone();
    // Another provider has another server, and knows other users.
    let of = Provider::from_code(&form.provider);
    let is_other = Memo::new(move |_| of.is_some_and(|of| of != provider.get()));
    let kept = move |value: &str| if is_other.get() { String::new() } else { value.to_owned() };
    let host = Signal::derive(move || match kept(&host) {
        host if host.is_empty() => provider.get().host().unwrap_or_default().to_owned(),
        host => host,
    });
    let user = Signal::derive(move || match (provider.get(), kept(&user)) {
        (Provider::SendGrid, user) if user.is_empty() => "apikey".to_owned(),
        (_, user) => user,
    });
    let port = Signal::derive(move || kept(&port));
    let security = if form.security.is_empty() { Security::default().code().to_owned() } else { form.security };
    let password_hint = if stored.password { STORED } else { "Kept encrypted, and never shown again." };
    let key_hint = if stored.dkim_key {
        STORED
    } else {
        "PEM, RSA of 2,048 bits or Ed25519. Only if we are to sign: most providers sign themselves."
    };
    let report = move || {
        provider.get().report_secret().map(|label| {
            let hint = if stored.report { STORED } else { "Without it, the provider's reports are refused." };
            view! {
                <TextField
                    id="email-report"
                    label
                    name="form[report_secret]"
                    field="report_secret"
                    error
                    kind="password"
                    autocomplete="new-password"
                    hint
                    maxlength=SECRET_MAX
                />
            }
            .into_any()
        })
    };
    view! {
        <p class="muted field-wide">{move || credentials(provider.get())}</p>
        <TextField id="email-host" label="Server" name="form[host]" field="host" error value=host maxlength=255 required=true />
        <div class="field-pair">
            <SelectField
                id="email-security"
                label="Encryption"
                name="form[security]"
                field="security"
                error
                options=Security::ALL.map(|s| (s.code().to_owned(), s.name().to_owned())).to_vec()
                chosen=security
            />
            <TextField
                id="email-port"
                label="Port (optional)"
                name="form[port]"
                field="port"
                error
                value=port
                maxlength=5
            />
        </div>
        <TextField id="email-user" label="User" name="form[user]" field="user" error value=user maxlength=255 />
        <TextField
            id="email-password"
            label="Password"
            name="form[password]"
            field="password"
            error
            kind="password"
            autocomplete="new-password"
            hint=password_hint
            maxlength=SECRET_MAX
        />
        <TextField
            id="email-from"
            label="Sender's address"
            name="form[from]"
            field="from"
            error
            value=form.from
            kind="email"
            hint="Customers see it with the project's name."
            maxlength=EMAIL_MAX
            required=true
        />
        <TextField
            id="email-reply-to"
            label="Reply-To (optional)"
            name="form[reply_to]"
            field="reply_to"
            error
            value=form.reply_to
            kind="email"
            hint="Leave empty for the sender's address."
            maxlength=EMAIL_MAX
        />
        {report}
        <PaceFields ids=["email-per-minute", "email-per-day"] per_minute=form.per_minute per_day=form.per_day error />
        <TextField
            id="email-selector"
            label="DKIM selector (optional)"
            name="form[dkim_selector]"
            field="dkim_selector"
            error
            value=form.dkim_selector
            hint="The name of the key in the DNS, such as s1. Empty forgets the key."
            maxlength=63
        />
        <KeyField
            id="email-dkim-key"
            label="DKIM private key (optional)"
            name="form[dkim_key]"
            field="dkim_key"
            hint=key_hint
            error
        />
    }
}

/// How much is sent at most.
#[component]
pub fn PaceFields(
    ids: [&'static str; 2],
    per_minute: String,
    per_day: String,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    view! {
        <div class="field-pair">
            <TextField
                id=ids[0]
                label="Limit per minute"
                name="form[per_minute]"
                field="per_minute"
                error
                value=per_minute
                hint="Empty for no limit."
                maxlength=12
            />
            <TextField
                id=ids[1]
                label="Limit per day"
                name="form[per_day]"
                field="per_day"
                error
                value=per_day
                hint="Empty for no limit."
                maxlength=12
            />
        </div>
    }
}
