//! Signing in with email and password, by a one-time link, with a passkey, or by an identity provider; and the code that may be asked for
//! afterwards.

mod passkey;
mod provider;

use crate::{
    api::session::{SignIn, SignInByCode, SignInByLink},
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, TextField},
            heading::PageHeading,
            submit_button::SubmitButton,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_location, use_query_map},
    lazy_route,
};
use passkey::PasskeyForm;
use provider::{ProviderNotice, ProviderWay};

pub struct SignInRoute;

#[lazy_route]
impl LazyRoute for SignInRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let SignInRoute = this;
        view! { <SignInPage /> }.into_any()
    }
}

#[component]
fn SignInPage() -> impl IntoView {
    let form = match use_query_map().with_untracked(|query| query.get("token")) {
        _ if use_location().pathname.with_untracked(|path| path.ends_with("/code")) => {
            return view! {
                <Title text="Enter your code" />
                <SignInCard heading="Enter your code">
                    <CodeForm />
                </SignInCard>
            }
            .into_any();
        }
        Some(token) => view! { <LinkForm token /> }.into_any(),
        None => view! { <PasswordForm /> }.into_any(),
    };
    view! {
        <Title text="Sign in" />
        <SignInCard heading="Sign in">{form}</SignInCard>
    }
    .into_any()
}

#[component]
fn SignInCard(heading: &'static str, children: Children) -> impl IntoView {
    view! {
        <main class="public">
            <div class="public-card sign-in">
                <p class="product-name">"review-messages"</p>
                <PageHeading>{heading}</PageHeading>
                {children()}
            </div>
        </main>
    }
}

/// After the password, or a link: the second factor.
#[component]
fn CodeForm() -> impl IntoView {
    let action = ServerAction::<SignInByCode>::new();
    let error = action.refusal();
    view! {
        <p>"Open your authenticator app and enter the code that it shows for review-messages."</p>
        <ActionForm action attr:novalidate="">
            <FormNotice error fields=&["code"] />
            <TextField
                id="sign-in-code"
                label="Code"
                name="code"
                field="code"
                error
                autocomplete="one-time-code"
                maxlength=40
                hint="Six digits; or one of your recovery codes, if you don't have the app."
                required=true
                autofocus=true
            />
            <SubmitButton label="Sign in" pending=action.leads_away() />
        </ActionForm>
        <p class="muted sign-in-help">
            <a href="/sign-in" rel="external">
                "Sign in as somebody else"
            </a>
        </p>
        <p class="muted sign-in-help">
            "Lost both? Ask whoever runs this server to reset your two-factor sign-in with "
            <code>"review-messages user reset-two-factor"</code> "."
        </p>
    }
}

/// Uses a one-time link when its button is pressed: programs that only look at links use up none.
#[component]
fn LinkForm(token: String) -> impl IntoView {
    let action = ServerAction::<SignInByLink>::new();
    let error = action.refusal();
    view! {
        <p>"Your link signs you in once."</p>
        <ActionForm action>
            <input type="hidden" name="token" value=token />
            <FormNotice error />
            <SubmitButton label="Sign in" pending=action.leads_away() />
        </ActionForm>
        <p class="muted sign-in-help">
            // Loads the page, which has read its address already.
            <a href="/sign-in" rel="external">
                "Use your password instead"
            </a>
        </p>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let error = action.refusal();
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let (for_passkey, for_provider) = (next.clone(), next.clone());
    view! {
        <ProviderNotice />
        <ActionForm action>
            <input type="hidden" name="next" value=next />
            <FormNotice error fields=&["email", "password"] />
            <TextField
                id="sign-in-email"
                label="Email"
                name="email"
                field="email"
                error
                kind="email"
                autocomplete="username"
                required=true
            />
            <TextField
                id="sign-in-password"
                label="Password"
                name="password"
                field="password"
                error
                kind="password"
                autocomplete="current-password"
                required=true
            />
            <SubmitButton label="Sign in" pending=action.leads_away() />
        </ActionForm>
        <PasskeyForm next=for_passkey />
        <ProviderWay next=for_provider />
        <p class="muted sign-in-help">
            "Forgot your password? Ask whoever runs this server to set a new one with "
            <code>"review-messages user passwd"</code> "."
        </p>
    }
}
