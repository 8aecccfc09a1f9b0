//! Signing in with email and password.

use crate::{
    api::session::SignIn,
    ui::parts::post::{Post, TextField},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignInPage() -> impl IntoView {
    let post = Post::to::<SignIn>();
    let (next, problem) = use_query_map().with_untracked(|q| (q.get("next").unwrap_or_default(), q.get("problem")));
    let spent_link = (problem.as_deref() == Some("link")).then(|| {
        view! {
            <p class="notice">
                "This sign-in link has been used or has expired. Sign in with your password, or start the server again for a new link."
            </p>
        }
    });
    view! {
        <Title text="Sign in" />
        <main class="public">
            <div class="public-card sign-in">
                <h1 tabindex="-1">"Sign in"</h1>
                {spent_link}
                <form method="post" action=post.path>
                    <input type="hidden" name="next" value=next />
                    {post.notice(&["email", "password"])}
                    <TextField
                        id="sign-in-email"
                        label="Email"
                        name="email"
                        field="email"
                        error=post.error("email")
                        kind="email"
                        autocomplete="username"
                        required=true
                    />
                    <TextField
                        id="sign-in-password"
                        label="Password"
                        name="password"
                        field="password"
                        error=post.error("password")
                        kind="password"
                        autocomplete="current-password"
                        required=true
                    />
                    <button class="button button-primary" type="submit">
                        "Sign in"
                    </button>
                </form>
            </div>
        </main>
    }
}
