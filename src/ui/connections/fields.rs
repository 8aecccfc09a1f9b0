//! Controls of the forms of connections.

use crate::{
    domain::{AppError, message::Channel},
    ui::parts::field::{FieldError, described_by, field_error},
};
use leptos::prelude::*;

/// The hint of a secret that is there already.
pub const STORED: &str = "Stored. Leave empty to keep it.";

/// The project and the channel, which every action on a connection takes.
#[component]
pub fn ChannelTarget(slug: String, channel: Channel) -> impl IntoView {
    view! {
        <input type="hidden" name="slug" value=slug />
        <input type="hidden" name="channel" value=channel.slug() />
    }
}

/// A private key, which is never filled in.
#[component]
pub fn KeyField(
    id: &'static str,
    label: &'static str,
    name: &'static str,
    field: &'static str,
    hint: &'static str,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    let error = field_error(error, field);
    view! {
        <div class="field field-wide">
            <label class="field-label" for=id>
                {label}
            </label>
            <p class="field-hint" id=format!("{id}-hint")>
                {hint}
            </p>
            <textarea
                class="input input-code"
                id=id
                name=name
                rows="3"
                autocomplete="off"
                spellcheck="false"
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(id, true, error)
            ></textarea>
            <FieldError id error />
        </div>
    }
}
