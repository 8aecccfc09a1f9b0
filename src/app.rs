//! The document shell and the router.

use crate::{
    domain::language::Language,
    ui::{
        IS_SERVER,
        customer::profile_address::Task,
        frame::{
            ProjectFrame,
            theme::{TableLook, Theme},
        },
        hooks::arrival::provide_arrival,
        on_demand,
        pages::{
            customer::CustomerRoute,
            customers::CustomersRoute,
            messages::MessagesPage,
            not_found::NotFoundPage,
            seldom::{MailPage, SetupPage},
            sign_in::SignInRoute,
        },
        parts::toast::provide_toasts,
    },
};
use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    prelude::*,
};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    ChooseView, Lazy, LazyRoute, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Theme>().and_then(|t| t.0);
    let TableLook { density, hidden } = use_context().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-density=density data-hidden-columns=hidden>
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

/// The code of every page but Messages, on which people spend their day, is loaded when the page is gone to.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    provide_arrival();
    view! {
        <Title formatter=title />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/invitation") view=SetupPage::Invitation ssr=SsrMode::Async />
                <Route path=path!("/account") view=SetupPage::Alone ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("/projects/:slug") view=ProjectFrame ssr=SsrMode::Async>
                    <Route path=path!("messages") view=MessagesPage ssr=SsrMode::Async />
                    <Route path=path!("messages/:message") view=MailPage::Message ssr=SsrMode::Async />
                    <Route path=path!("customers") view={Lazy::<CustomersRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("customers/ask") view=SetupPage::AskMany ssr=SsrMode::Async />
                    <Route path=path!("customers/import") view=SetupPage::Import ssr=SsrMode::Async />
                    <Route path=path!("customers/:customer") view={Lazy::<CustomerRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("attention") view=MailPage::Attention ssr=SsrMode::Async />
                    <Route path=path!("bulk-actions") view=MailPage::BulkActions ssr=SsrMode::Async />
                    <Route path=path!("bulk-actions/:bulk") view=MailPage::BulkAction ssr=SsrMode::Async />
                    <Route path=path!("account") view=SetupPage::Account ssr=SsrMode::Async />
                    <Route path=path!("connections") view=SetupPage::Connections ssr=SsrMode::Async />
                    <Route path=path!("suppressed") view=MailPage::Suppressed ssr=SsrMode::Async />
                    <Route path=path!("outbox") view=MailPage::Outbox ssr=SsrMode::Async />
                    <Route path=path!("outbox/:file") view=MailPage::OutboxMail ssr=SsrMode::Async />
                    <Route path=path!("templates/review-page") view=SetupPage::ReviewPage ssr=SsrMode::Async />
                    <Route path=path!("templates") view=SetupPage::Templates ssr=SsrMode::Async />
                    <Route path=path!("settings") view=SetupPage::Settings ssr=SsrMode::Async />
                    <Route path=path!("settings/project") view=SetupPage::Project ssr=SsrMode::Async />
                    <Route path=path!("settings/audit") view=SetupPage::Audit ssr=SsrMode::Async />
                    <Route path=path!("settings/members") view=SetupPage::Members ssr=SsrMode::Async />
                    <Route path=path!("settings/locations") view=SetupPage::Locations ssr=SsrMode::Async />
                    <Route path=path!("settings/tags") view=SetupPage::Tags ssr=SsrMode::Async />
                    <Route path=path!("views") view=MailPage::Views ssr=SsrMode::Async />
                    <Route path=path!("settings/api-keys") view=SetupPage::ApiKeys ssr=SsrMode::Async />
                    <Route path=path!("settings/webhooks") view=SetupPage::Webhooks ssr=SsrMode::Async />
                    <Route path=path!("strategy") view=SetupPage::Strategy ssr=SsrMode::Async />
                    <Route path=path!("strategy/not-asked") view=SetupPage::NotAsked ssr=SsrMode::Async />
                    <Route path=path!("strategy/preview/:customer") view=SetupPage::Preview ssr=SsrMode::Async />
                    <Route path=path!("*any") view=NotFoundPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// Loads the code of the page at `path`, and of the dialog that its query opens.
pub async fn preload(path: &str, query: &str) {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments[..] {
        ["sign-in"] | ["sign-in", "code"] => SignInRoute::preload().await,
        ["projects", _, "customers"] => CustomersRoute::preload().await,
        ["projects", _, "customers", "ask"] => SetupPage::AskMany.preload().await,
        ["projects", _, "customers", "import"] => SetupPage::Import.preload().await,
        ["projects", _, "customers", _] => {
            let dialog = async {
                if Task::in_query(query).is_some() {
                    on_demand::load().await;
                }
            };
            futures::join!(CustomerRoute::preload(), dialog);
        }
        ["projects", _, "messages", _] => MailPage::Message.preload().await,
        ["projects", _, "attention"] => MailPage::Attention.preload().await,
        ["projects", _, "bulk-actions", ..] => MailPage::BulkActions.preload().await,
        ["projects", _, "account"] => SetupPage::Account.preload().await,
        ["projects", _, "connections"] => SetupPage::Connections.preload().await,
        // They all are one file.
        ["account"] | ["invitation"] | ["projects", _, "settings", ..] => SetupPage::Settings.preload().await,
        ["projects", _, "strategy"] => SetupPage::Strategy.preload().await,
        ["projects", _, "strategy", "not-asked"] => SetupPage::NotAsked.preload().await,
        ["projects", _, "strategy", "preview", _] => SetupPage::Preview.preload().await,
        ["projects", _, "templates", "review-page"] => SetupPage::ReviewPage.preload().await,
        ["projects", _, "templates"] => SetupPage::Templates.preload().await,
        ["projects", _, "suppressed"] => MailPage::Suppressed.preload().await,
        ["projects", _, "views"] => MailPage::Views.preload().await,
        ["projects", _, "outbox"] => MailPage::Outbox.preload().await,
        ["projects", _, "outbox", _] => MailPage::OutboxMail.preload().await,
        _ => {}
    }
}

/// leptos_meta 0.8.7 writes a title as it stands, without escaping it.
fn title(page: String) -> String {
    let page = if IS_SERVER { page.replace('&', "&amp;").replace('<', "&lt;") } else { page };
    match page.as_str() {
        "" => "review-messages".into(),
        page => format!("{page} · review-messages"),
    }
}

/// A whole document without scripts, for the customers' own pages; `style` is a style sheet of this page alone.
pub fn public_document(
    language: Language,
    title: &str,
    style: Option<String>,
    body: AnyView,
    options: &LeptosOptions,
) -> String {
    let options = options.clone();
    let title = title.to_owned();
    let page = view! {
        <html lang=language.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options id="leptos" />
                <title>{title}</title>
                {style.map(|style| view! { <style inner_html=style></style> })}
            </head>
            <body class="public">{body}</body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}
