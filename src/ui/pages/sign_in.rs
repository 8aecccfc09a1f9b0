//! Signing in with email and password.

use crate::{
    api::session::SignIn,
    ui::{
        customer::form::{FormNotice, TextField},
        parts::post::{Post, PostForm},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignInPage() -> impl IntoView {
    let action = Post::to::<SignIn>();
    let error = action.refusal();
    let query = use_query_map();
    let next = move || query.with(|q| q.get("next")).unwrap_or_default();
    let spent_link = move || query.with(|q| q.get("problem")).is_some_and(|p| p == "link");
    view! {
        <Title text="Sign in" />
        <main class="public">
            <div class="public-card sign-in">
                <h1 tabindex="-1">"Sign in"</h1>
                {move || {
                    spent_link()
                        .then(|| {
                            view! {
                                <p class="notice">
                                    "This sign-in link has been used or has expired. Sign in with your password, or start the server again for a new link."
                                </p>
                            }
                        })
                }}
                <PostForm to=action>
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
                    <button
                        class="button button-primary"
                        type="submit"
                        aria-disabled=move || action.pending().get().then_some("true")
                    >
                        "Sign in"
                    </button>
                </PostForm>
            </div>
        </main>
    }
}
