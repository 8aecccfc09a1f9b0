//! What becomes of a change that a form makes: under way, done or refused.

use super::effect::effect;
use crate::{
    api::client::PatientClient,
    domain::{AppError, done::Done},
};
use leptos::{
    html,
    prelude::*,
    server_fn::{
        Http, ServerFn,
        codec::{Json, PostUrl},
        error::ServerFnUrlError,
    },
};
use serde::de::DeserializeOwned;

/// A server function that makes a change, and that a form can be sent to.
pub trait FormFunction:
    ServerFn<Client = PatientClient, Protocol = Http<PostUrl, Json>, Output = Done, Error = AppError>
    + DeserializeOwned
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> FormFunction for S where
    S: ServerFn<Client = PatientClient, Protocol = Http<PostUrl, Json>, Output = Done, Error = AppError>
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What the form of a `ServerAction` wants to know of it.
pub trait FormAction {
    /// The last refusal, until the form is sent again. If a form without scripts was refused, the address says why: that is
    /// the first.
    fn refusal(self) -> Signal<Option<AppError>>;

    /// Whether the change is awaited or done: its answer leads to another page, and until that page is shown nothing may be
    /// sent again.
    fn leads_away(self) -> Signal<bool>;

    /// Calls `then` each time that the change is done.
    fn on_done(self, then: impl Fn(Done) + 'static);

    /// Calls `then` each time that the change is refused, but not for a refusal that the address brought.
    fn on_refused(self, then: impl Fn(AppError) + 'static);
}

impl<S: FormFunction> FormAction for ServerAction<S> {
    fn refusal(self) -> Signal<Option<AppError>> {
        let value = self.value();
        Signal::derive(move || value.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().cloned())))
    }

    fn leads_away(self) -> Signal<bool> {
        let (pending, value) = (self.pending(), self.value());
        Signal::derive(move || pending.get() || value.with(|answer| matches!(answer, Some(Ok(_)))))
    }

    fn on_done(self, then: impl Fn(Done) + 'static) {
        let value = self.value();
        effect(move |_| {
            if let Some(Ok(done)) = value.get() {
                untrack(|| then(done));
            }
        });
    }

    fn on_refused(self, then: impl Fn(AppError) + 'static) {
        let value = self.value();
        effect(move |before: Option<()>| {
            if let Some(Err(error)) = value.get()
                && before.is_some()
            {
                untrack(|| then(error));
            }
        });
    }
}

/// For a form that adds one thing after the other: it is emptied each time that `action` is done.
pub fn emptied_when_done<S: FormFunction>(action: ServerAction<S>) -> NodeRef<html::Form> {
    let form = NodeRef::<html::Form>::new();
    action.on_done(move |_| {
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
    });
    form
}

/// Why a form without scripts to `S` was refused.
pub fn plain_refusal<S: ServerFn<Error = AppError>>() -> Option<AppError> {
    let error = use_context::<ServerActionError>().filter(|error| error.path() == S::PATH)?;
    Some(ServerFnUrlError::<AppError>::decode_err(error.err()))
}
