//! Two-factor sign-in: setting it up, recovery codes, and turning it off.

use super::{Account, codes::FreshCodes};
use crate::{
    api::account::{BeginTwoFactor, ConfirmTwoFactor, NewRecoveryCodes, StopTwoFactorSetup, TurnOffTwoFactor},
    domain::{
        AppError, LocalTime,
        account::{Qr, Setup, TwoFactor},
    },
    ui::{
        connections::copy::CopyValue,
        hooks::action::{FormAction, FormFunction},
        parts::{
            field::{FormNotice, TextField},
            submit_button::{DANGER, PLAIN, PRIMARY, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

const HEADING: &str = "two-factor-heading";

#[component]
pub fn TwoFactorSection(context: Account, today: NaiveDate) -> impl IntoView {
    let standing = Memo::new(move |_| context.data.with(|page| page.two_factor.clone()));
    let fresh = Memo::new(move |_| context.data.with(|page| page.fresh_codes.clone()));
    let content = move || match standing.get() {
        TwoFactor::Off => view! { <Off context /> }.into_any(),
        TwoFactor::SettingUp(setup) => view! { <SettingUp setup context /> }.into_any(),
        TwoFactor::On { since, codes_left } => view! { <On since codes_left fresh context today /> }.into_any(),
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Two-factor sign-in"
            </h2>
            {content}
        </section>
    }
}

#[component]
fn Off(context: Account) -> impl IntoView {
    let action = context.action::<BeginTwoFactor>(HEADING);
    let error = action.refusal();
    view! {
        <p>
            "It is off. When it is on, signing in asks for your password and for a code that an app on your phone shows: whoever has your password alone does not get in."
        </p>
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=context.slug.get_value() />
            <FormNotice error fields=&["password"] />
            <PasswordField id="begin-password" context error />
            <SubmitButton label="Set up two-factor sign-in" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}

/// The person's password, where they have one.
#[component]
pub fn PasswordField(
    id: &'static str,
    context: Account,
    #[prop(into)] error: Signal<Option<AppError>>,
) -> impl IntoView {
    let has_password = Memo::new(move |_| context.data.with(|page| page.has_password));
    move || {
        has_password.get().then(|| {
            view! {
                <TextField
                    id
                    label="Your password"
                    name="password"
                    field="password"
                    error
                    kind="password"
                    autocomplete="current-password"
                />
            }
            .into_any()
        })
    }
}

/// A code of the app, or a recovery code.
#[component]
pub fn CodeField(id: &'static str, #[prop(into)] error: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <TextField
            id
            label="Code"
            name="code"
            field="code"
            error
            autocomplete="one-time-code"
            maxlength=40
            hint="The six digits that your app shows now, or one of your recovery codes."
        />
    }
}

#[component]
fn SettingUp(setup: Setup, context: Account) -> impl IntoView {
    let action = context.action::<ConfirmTwoFactor>(HEADING);
    let stop = context.action::<StopTwoFactorSetup>(HEADING);
    let error = action.refusal();
    view! {
        <ol class="steps">
            <li>
                <p>
                    "Scan this with an authenticator app, such as Aegis, 2FAS, Google Authenticator or your password manager. On this device, "
                    <a href=setup.link rel="external">
                        "open the app"
                    </a> "."
                </p>
                <QrCode qr=setup.qr />
                <p>"Or enter this key in the app: " <CopyValue what="the key".into() value=setup.secret /></p>
            </li>
            <li>
                <p>"Enter the code that the app shows now. Two-factor sign-in is on from then."</p>
                <ActionForm action attr:novalidate="">
                    <input type="hidden" name="slug" value=context.slug.get_value() />
                    <FormNotice error fields=&["code"] />
                    <TextField
                        id="confirm-code"
                        label="Code"
                        name="code"
                        field="code"
                        error
                        autocomplete="one-time-code"
                        maxlength=20
                    />
                    <SubmitButton label="Turn on" class=PRIMARY pending=action.pending() />
                </ActionForm>
            </li>
        </ol>
        <ActionForm action=stop>
            <input type="hidden" name="slug" value=context.slug.get_value() />
            <SubmitButton label="Not now" class=PLAIN pending=stop.pending() />
        </ActionForm>
    }
}

/// On white in the dark theme, too: not all apps read it otherwise.
#[component]
fn QrCode(qr: Qr) -> impl IntoView {
    // Four squares of white around it, as the standard asks.
    let view_box = format!("-4 -4 {0} {0}", qr.size + 8);
    view! {
        <svg class="qr" viewBox=view_box role="img" aria-label="QR code for your authenticator app" shape-rendering="crispEdges">
            <rect x="-4" y="-4" width="100%" height="100%" fill="#fff"></rect>
            <path d=qr.path fill="#000"></path>
        </svg>
    }
}

#[component]
fn On(
    since: LocalTime,
    codes_left: u32,
    fresh: Memo<Vec<String>>,
    context: Account,
    today: NaiveDate,
) -> impl IntoView {
    let codes = match codes_left {
        0 => "You have no recovery code left: make new ones, or you are locked out if you lose the app.".to_owned(),
        1 => "You have 1 recovery code left. Make new ones.".to_owned(),
        n => format!("You have {n} recovery codes left."),
    };
    let shown = move || {
        let codes = fresh.get();
        (!codes.is_empty()).then(|| view! { <FreshCodes codes context heading=HEADING /> }.into_any())
    };
    view! {
        <p>{format!("It is on since {}. Signing in asks for your password and a code. ", since.inline(today))} {codes}</p>
        {shown}
        {proved::<NewRecoveryCodes>(context, &NEW_CODES)}
        {proved::<TurnOffTwoFactor>(context, &TURN_OFF)}
    }
}

/// The words of a form that asks for password and code.
struct Words {
    summary: &'static str,
    sentence: &'static str,
    submit: &'static str,
    class: &'static str,
    /// Of the two fields.
    ids: [&'static str; 2],
}

const NEW_CODES: Words = Words {
    summary: "Make new recovery codes",
    sentence: "The codes before no longer work then.",
    submit: "Make new codes",
    class: PLAIN,
    ids: ["new-codes-password", "new-codes-code"],
};

const TURN_OFF: Words = Words {
    summary: "Turn off two-factor sign-in",
    sentence: "Then your password alone signs you in, and your recovery codes are deleted.",
    submit: "Turn off",
    class: DANGER,
    ids: ["turn-off-password", "turn-off-code"],
};

/// A form that asks for password and code, folded until it is wanted.
fn proved<S: FormFunction>(context: Account, words: &'static Words) -> AnyView {
    let action = context.action::<S>(HEADING);
    let error = action.refusal();
    // Refused without scripts: the page shows why.
    let is_open = error.with_untracked(Option::is_some);
    let [password, code] = words.ids;
    view! {
        <details class="edit" open=is_open>
            <summary>{words.summary}</summary>
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=context.slug.get_value() />
                <p>{words.sentence}</p>
                <FormNotice error fields=&["password", "code"] />
                <PasswordField id=password context error />
                <CodeField id=code error />
                <SubmitButton label=words.submit class=words.class pending=action.pending() />
            </ActionForm>
        </details>
    }
    .into_any()
}
