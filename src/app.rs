//! The document shell and the router.

use crate::ui::{
    enhance::{self, Enhancements},
    frame::ProjectFrame,
    pages::{
        customer::CustomerPage,
        customers::CustomersPage,
        message::MessagePage,
        messages::MessagesPage,
        not_found::NotFoundPage,
        outbox::{OutboxMailPage, OutboxPage},
        sign_in::SignInPage,
    },
};
use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    nonce::use_nonce,
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
                <script nonce=use_nonce()>{include_str!("app/early.js")}</script>
                <MetaTags />
            </head>
            <body>
                <App />
                <div id=enhance::ROOT>
                    <Enhancements />
                </div>
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=title />
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

/// leptos_meta 0.8.7 writes a title as it stands, without escaping it.
fn title(page: String) -> String {
    match page.as_str() {
        "" => "review-messages".into(),
        page => format!("{} · review-messages", page.replace('&', "&amp;").replace('<', "&lt;")),
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
