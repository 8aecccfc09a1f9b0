//! Signing in with email and password.

use crate::{
    api::session::SignIn,
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
    let action = ServerAction::<SignIn>::new();
    let error = action.refusal();
    let (next, problem) =
        use_query_map().with_untracked(|query| (query.get("next").unwrap_or_default(), query.get("problem")));
    let spent_link = (problem.as_deref() == Some("link")).then(|| {
        view! {
            <p class="notice">
                "This sign-in link has been used or has expired. Sign in with your password, or start the server again for a new link."
            </p>
        }
        .into_any()
    });
    view! {
        <Title text="Sign in" />
        <main class="public">
            <div class="public-card sign-in">
                <p class="product-name">"review-messages"</p>
                <PageHeading>"Sign in"</PageHeading>
                {spent_link}
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
            </div>
        </main>
    }
}
