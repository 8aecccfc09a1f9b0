//! Signing in with email and password, or by a one-time link.

use crate::{
    api::session::{SignIn, SignInByLink},
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
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

/// It reads nothing.
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
        Some(token) => view! { <LinkForm token /> }.into_any(),
        None => view! { <PasswordForm /> }.into_any(),
    };
    view! {
        <Title text="Sign in" />
        <main class="public">
            <div class="public-card sign-in">
                <p class="product-name">"review-messages"</p>
                <PageHeading>"Sign in"</PageHeading>
                {form}
            </div>
        </main>
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
    view! {
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
        <p class="muted sign-in-help">
            "Forgot your password? Ask whoever runs this server to set a new one with "
            <code>"review-messages user passwd"</code> "."
        </p>
    }
}
