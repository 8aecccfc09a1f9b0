//! The passkeys of a person: which there are, removing one, and adding one.

use super::{
    Account, focus_heading,
    two_factor::{CodeField, PasswordField},
};
use crate::{
    api::account::{RemovePasskey, add_passkey, start_passkey},
    domain::{
        AppError, AppResult,
        account::{PASSKEY_NAME_MAX, Passkey, TwoFactor},
        done::Done,
    },
    ui::{
        hooks::{
            action::FormAction,
            passkeys::{Wanted, ask_browser},
        },
        parts::{
            field::{FormNotice, SelectField, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{
    ev,
    form::ActionForm,
    prelude::*,
    task::spawn_local,
    web_sys::{FormData, HtmlFormElement},
};

const HEADING: &str = "passkeys-heading";

#[component]
pub fn Passkeys(context: Account, today: NaiveDate) -> impl IntoView {
    let passkeys = Memo::new(move |_| context.data.with(|page| page.passkeys.clone()));
    let adding = if context.data.with_untracked(|page| page.offers_passkeys) {
        view! {
            <AddForm context />
            <p class="muted no-js-only">"To add a passkey, allow scripts in your browser."</p>
        }
        .into_any()
    } else {
        view! {
            <p class="muted">
                "This server offers none: passkeys need an address that begins with https and has a name (BASE_URL)."
            </p>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Passkeys"
            </h2>
            <p>
                "A passkey is kept by your phone, computer or security key, which makes sure by fingerprint, face or PIN that it is you. It signs you in alone: without password and code."
            </p>
            <ul class="account-list">
                <For each=move || passkeys.get() key=|passkey| (passkey.id, passkey.used) let:passkey>
                    {row(passkey, today)}
                </For>
            </ul>
            <RemoveForm context passkeys />
            {adding}
        </section>
    }
}

fn row(passkey: Passkey, today: NaiveDate) -> AnyView {
    let Passkey { name, since, used, .. } = passkey;
    let since = since.inline(today);
    let sentence = match used {
        Some(used) => format!("Added {since}, last used {}.", used.inline(today)),
        None => format!("Added {since}, not used yet."),
    };
    view! {
        <li>
            <div>
                <p>
                    <strong>{name}</strong>
                </p>
                <p class="muted">{sentence}</p>
            </div>
        </li>
    }
    .into_any()
}

/// Folded until it is wanted, and made anew after a passkey was removed.
#[component]
fn RemoveForm(context: Account, passkeys: Memo<Vec<Passkey>>) -> impl IntoView {
    let action = context.action::<RemovePasskey>(HEADING);
    let error = action.refusal();
    let is_on = two_factor_is_on(context);
    let options = Memo::new(move |_| {
        passkeys
            .with(|all| all.iter().map(|passkey| (passkey.id.to_string(), passkey.name.clone())).collect::<Vec<_>>())
    });
    move || {
        let options = options.get();
        let chosen = options.first()?.0.clone();
        let code = is_on.get().then(|| view! { <CodeField id="remove-passkey-code" error /> }.into_any());
        // Refused without scripts: the page shows why.
        let is_open = error.with_untracked(Option::is_some);
        let form = view! {
            <details class="edit" open=is_open>
                <summary>"Remove a passkey"</summary>
                <ActionForm action attr:novalidate="">
                    <input type="hidden" name="slug" value=context.slug.get_value() />
                    <FormNotice error fields=&["id", "password", "code"] />
                    <SelectField id="remove-passkey" label="Passkey" name="id" field="id" error options chosen />
                    <PasswordField id="remove-passkey-password" context error />
                    {code}
                    <SubmitButton label="Remove passkey" class=PLAIN pending=action.pending() />
                </ActionForm>
            </details>
        };
        Some(form.into_any())
    }
}

fn two_factor_is_on(context: Account) -> Memo<bool> {
    Memo::new(move |_| context.data.with(|page| matches!(page.two_factor, TwoFactor::On { .. })))
}

/// What the form for a new passkey holds.
struct Entered {
    name: String,
    password: String,
    code: String,
}

impl Entered {
    fn of(form: &HtmlFormElement) -> Self {
        let fields = FormData::new_with_form(form).ok();
        let text = |name: &str| fields.as_ref().and_then(|all| all.get(name).as_string()).unwrap_or_default();
        Self { name: text("name"), password: text("password"), code: text("code") }
    }
}

/// Only with scripts: the browser must be asked in between.
#[component]
fn AddForm(context: Account) -> impl IntoView {
    let error = RwSignal::new(None::<AppError>);
    let pending = RwSignal::new(false);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        let form: HtmlFormElement = event_target(&event);
        let entered = Entered::of(&form);
        pending.set(true);
        error.set(None);
        let slug = context.slug.get_value();
        spawn_local(async move {
            let answer = add(slug, entered).await;
            let is_left = pending.try_set(false).is_some();
            match answer {
                Ok(done) => {
                    context.done.run(done);
                    if !is_left {
                        form.reset();
                        context.read.run(());
                        focus_heading(HEADING);
                    }
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
        });
    };
    let is_on = two_factor_is_on(context);
    let code = move || is_on.get().then(|| view! { <CodeField id="passkey-code" error /> }.into_any());
    view! {
        <form class="js-only" novalidate on:submit=send>
            <FormNotice error fields=&["name", "password", "code"] />
            <TextField
                id="passkey-name"
                label="Name of the passkey"
                name="name"
                field="name"
                error
                maxlength=PASSKEY_NAME_MAX
                hint="Such as that of the device."
            />
            <PasswordField id="passkey-password" context error />
            {code}
            <SubmitButton label="Add passkey" class=PLAIN pending />
        </form>
    }
}

async fn add(slug: String, entered: Entered) -> AppResult<Done> {
    let options = start_passkey(slug.clone(), entered.name, entered.password, entered.code).await?;
    let credential = ask_browser(Wanted::New, &options).await.map_err(|sentence| AppError::invalid("", sentence))?;
    add_passkey(slug, credential).await
}
