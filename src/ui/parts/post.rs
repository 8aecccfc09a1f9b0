//! Calls to the server functions that change something, which all answer with what was done: by forms that work without
//! scripts too, and by buttons.
//!
//! Leptos's `ServerAction` and `ActionForm` do the same with a type of its own for each function, and with a decoder for its
//! arguments: in the browser's build, several kilobytes each. Here the function is its address, so that all share one.

use crate::domain::{AppError, AppResult, customer::Done};
use gloo_net::http::Request;
use leptos::wasm_bindgen::JsCast;
use leptos::{
    ev, html,
    prelude::*,
    server_fn::{
        ServerFn,
        error::{FromServerFnError, ServerFnUrlError},
        redirect::{REDIRECT_HEADER, call_redirect_hook},
    },
    task::spawn_local,
};
use serde::Serialize;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

/// A server function that a form posts to, and what came of it last.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Post {
    path: &'static str,
    pending: RwSignal<bool>,
    answer: RwSignal<Option<AppResult<Done>>>,
}

impl Post {
    pub fn to<S: ServerFn<Output = Done, Error = AppError>>() -> Self {
        Self::at(S::PATH)
    }

    fn at(path: &'static str) -> Self {
        // Without scripts, what a form was refused for comes back in the address.
        let refused = use_context::<ServerActionError>()
            .filter(|e| e.path() == path)
            .map(|e| Err(ServerFnUrlError::<AppError>::decode_err(e.err())));
        Self { path, pending: RwSignal::new(false), answer: RwSignal::new(refused) }
    }

    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// What it was refused for, last.
    pub fn refusal(self) -> Signal<Option<AppError>> {
        Signal::derive(move || self.answer.get().and_then(Result::err))
    }

    pub fn forget_refusal(self) {
        self.answer.set(None);
    }

    /// Calls `then` each time that it succeeds.
    pub fn on_done(self, then: Callback<Done>) {
        Effect::new(move |_| {
            if let Some(Ok(done)) = self.answer.get() {
                then.run(done);
            }
        });
    }

    fn submit(self, event: &ev::SubmitEvent) {
        event.prevent_default();
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(body) = form.and_then(|form| written(&form)) else { return };
        self.pending.set(true);
        spawn_local(async move {
            let answer = call(self.path, body).await;
            // The page may have been left meanwhile.
            self.answer.try_set(Some(answer));
            self.pending.try_set(false);
        });
    }
}

/// What is filled in, as the browser itself would send it.
fn written(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    Some(UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().into())
}

/// A form that posts to it: by a call where scripts run, and as any form without.
#[component]
pub fn PostForm(to: Post, #[prop(optional)] node_ref: NodeRef<html::Form>, children: Children) -> impl IntoView {
    view! {
        <form method="post" action=to.path node_ref=node_ref on:submit=move |event| to.submit(&event)>
            {children()}
        </form>
    }
}

/// Calls a server function with these arguments.
pub fn post<S>(arguments: &S) -> impl Future<Output = AppResult<Done>> + use<S>
where
    S: ServerFn<Output = Done, Error = AppError> + Serialize,
{
    let body = serde_urlencoded::to_string(arguments);
    async move {
        match body {
            Ok(body) => call(S::PATH, body).await,
            Err(e) => Err(AppError::Transport(e.to_string())),
        }
    }
}

/// Follows the answer to another page where it leads to one.
async fn call(path: &'static str, body: String) -> AppResult<Done> {
    let failed = |e: gloo_net::Error| AppError::Transport(e.to_string());
    let answer = Request::post(path)
        .header("Accept", "application/json")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .map_err(failed)?
        .send()
        .await
        .map_err(failed)?;
    let bytes = answer.binary().await.map_err(failed)?;
    if !answer.ok() {
        return Err(AppError::de(bytes.into()));
    }
    if answer.headers().get(REDIRECT_HEADER).is_some() {
        call_redirect_hook(&answer.headers().get("Location").unwrap_or_default());
    }
    serde_json::from_slice(&bytes).map_err(|e| AppError::Transport(e.to_string()))
}
