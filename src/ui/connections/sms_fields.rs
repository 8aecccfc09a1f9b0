//! The controls of a connection to an SMS provider.

use super::{email_fields::PaceFields, fields::STORED};
use crate::{
    domain::{
        AppError,
        connection::{form::ConnectionForm, page::StoredSecrets},
    },
    ui::parts::field::TextField,
};
use leptos::prelude::*;

/// The errors that a control shows.
pub const FIELDS: &[&str] = &["account_sid", "auth_token", "from", "per_minute", "per_day"];

#[component]
pub fn SmsFields(
    /// The first values of the controls.
    form: ConnectionForm,
    stored: StoredSecrets,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    let hint = if stored.password { STORED } else { "Kept encrypted, and never shown again." };
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
        <PaceFields ids=["sms-per-minute", "sms-per-day"] per_minute=form.per_minute per_day=form.per_day error />
    }
}
