//! The document shell and the router.

use crate::ui::{
    frame::ProjectFrame,
    hooks::place::provide_return,
    pages::{
        customer::CustomerPage,
        customers::CustomersPage,
        message::MessagePage,
        messages::MessagesPage,
        not_found::NotFoundPage,
        outbox::{OutboxMailPage, OutboxPage},
        sign_in::SignInPage,
    },
    parts::toast::provide_toasts,
};
use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    prelude::*,
};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The theme that the request's cookie asks for; the server provides it.
#[derive(Clone)]
pub struct Theme(pub Option<&'static str>);

/// Remembers the theme for the server's next page. Nothing else needs to read it.
pub fn remember_theme(theme: &str) {
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax");
    let _ = web_sys::js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Theme>().and_then(|t| t.0);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    provide_return();
    // Tests wait for it, and style sheets hide what only serves without scripts.
    Effect::new(|_| {
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Title formatter=|page: String| {
            if page.is_empty() { "review-messages".into() } else { format!("{page} · review-messages") }
        } />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <ParentRoute path=path!("/projects/:slug") view=ProjectFrame ssr=SsrMode::Async>
                    <Route path=path!("messages") view=MessagesPage ssr=SsrMode::Async />
                    <Route path=path!("messages/:message") view=MessagePage ssr=SsrMode::Async />
                    <Route path=path!("customers") view=CustomersPage ssr=SsrMode::Async />
                    <Route path=path!("customers/:customer") view=CustomerPage ssr=SsrMode::Async />
                    <Route path=path!("outbox") view=OutboxPage ssr=SsrMode::Async />
                    <Route path=path!("outbox/:file") view=OutboxMailPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// A whole document without scripts, for the customers' own pages.
pub fn public_document(title: &str, body: AnyView, options: &LeptosOptions) -> String {
    let options = options.clone();
    let title = title.to_owned();
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options id="leptos" />
                <title>{title}</title>
            </head>
            <body class="public">{body}</body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}
