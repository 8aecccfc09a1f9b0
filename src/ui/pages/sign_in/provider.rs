//! Signing in by the identity provider of whoever runs this server.

use crate::{
    api::session::load_sign_in,
    domain::sign_in::{PROVIDER_PATH, ProviderRefusal},
    ui::hooks::resource::use_resource,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The way to the provider, where there is one.
#[component]
pub fn ProviderWay(
    /// Where signing in leads to.
    next: String,
) -> impl IntoView {
    let ways = use_resource(|| (), |()| load_sign_in());
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
    let way = move || {
        let name = ways.get()??.ok()?.provider?;
        let href = format!("{PROVIDER_PATH}?{query}");
        let way = view! {
            // Loads the page: the provider is another site.
            <a class="button sign-in-provider" href=href rel="external">
                {format!("Sign in with {name}")}
            </a>
        };
        Some(way.into_any())
    };
    view! { <Suspense>{way}</Suspense> }
}

/// Why the provider signed nobody in: it led back here.
#[component]
pub fn ProviderNotice() -> impl IntoView {
    let refused = use_query_map().with_untracked(|query| query.get("refused"));
    refused.and_then(|slug| ProviderRefusal::from_slug(&slug)).map(|refusal| {
        view! {
            <p class="notice notice-error" role="alert">
                {refusal.sentence()}
            </p>
        }
        .into_any()
    })
}
