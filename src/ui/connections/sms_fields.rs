//! The controls of a connection to an SMS provider.

use super::{email_fields::PaceFields, fields::STORED};
use crate::{
    domain::{
        AppError,
        connection::{form::ConnectionForm, page::StoredSecrets, settings::Provider},
    },
    ui::parts::field::TextField,
};
use leptos::prelude::*;

/// The errors that a control shows.
pub const FIELDS: &[&str] = &["account_sid", "auth_token", "user", "api_key", "from", "per_minute", "per_day"];

#[component]
pub fn SmsFields(
    /// The first values of the controls.
    form: ConnectionForm,
    provider: Memo<Provider>,
    /// The provider whose secret is stored.
    own: Option<Provider>,
    stored: StoredSecrets,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    let of = Provider::from_code(&form.provider);
    let ConnectionForm { per_minute, per_day, .. } = form.clone();
    let fields = move || {
        let provider = provider.get();
        // Another provider has other accounts and senders.
        let form = if of == Some(provider) { form.clone() } else { ConnectionForm::default() };
        let hint = if stored.password && own == Some(provider) { STORED } else { NOT_SHOWN };
        match provider {
            Provider::ClickSend => view! { <ClickSendFields form hint error /> }.into_any(),
            _ => view! { <TwilioFields form hint error /> }.into_any(),
        }
    };
    view! {
        {fields}
        <PaceFields ids=["sms-per-minute", "sms-per-day"] per_minute per_day error />
    }
}

const NOT_SHOWN: &str = "Kept encrypted, and never shown again.";

#[component]
fn TwilioFields(form: ConnectionForm, hint: &'static str, error: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <p class="muted field-wide">"The account SID and the auth token are on the first page of Twilio's console."</p>
        <TextField
            id="sms-account"
            label="Account SID"
            name="form[account_sid]"
            field="account_sid"
            error
            value=form.account_sid
            maxlength=34
            required=true
        />
        <TextField
            id="sms-token"
            label="Auth token"
            name="form[auth_token]"
            field="auth_token"
            error
            kind="password"
            autocomplete="new-password"
            hint
            maxlength=64
        />
        <TextField
            id="sms-from"
            label="Sender"
            name="form[from]"
            field="from"
            error
            value=form.from
            hint="A number with its country code, or the SID of a messaging service (MG…)."
            maxlength=40
            required=true
        />
    }
}

#[component]
fn ClickSendFields(form: ConnectionForm, hint: &'static str, error: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <p class="muted field-wide">
            "ClickSend's dashboard shows the user name and the API key under Developers, API Credentials."
        </p>
        <TextField
            id="sms-user"
            label="User name"
            name="form[user]"
            field="user"
            error
            value=form.user
            maxlength=255
            required=true
        />
        <TextField
            id="sms-key"
            label="API key"
            name="form[api_key]"
            field="api_key"
            error
            kind="password"
            autocomplete="new-password"
            hint
            maxlength=255
        />
        <TextField
            id="sms-from"
            label="Sender"
            name="form[from]"
            field="from"
            error
            value=form.from
            hint="A number with its country code, or a name of at most 11 letters and digits that ClickSend has approved."
            maxlength=40
            required=true
        />
    }
}
