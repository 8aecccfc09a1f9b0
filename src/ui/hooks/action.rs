//! What becomes of a change: under way, done or refused. The same for every `ServerAction` whose answer is a [`Done`].

use crate::domain::{AppError, done::Done};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError},
};

/// The last refusal of `action`, until it is sent again. A form that was sent without scripts brings it in the address.
pub fn refusal<S>(action: ServerAction<S>) -> Signal<Option<AppError>>
where
    S: ServerFn<Output = Done, Error = AppError> + Clone + Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().cloned())))
}

/// Why a form without scripts to `S` was refused.
pub fn plain_refusal<S: ServerFn<Error = AppError>>() -> Option<AppError> {
    let error = use_context::<ServerActionError>().filter(|error| error.path() == S::PATH)?;
    Some(ServerFnUrlError::<AppError>::decode_err(error.err()))
}

/// Calls `then` each time that `action` succeeds.
pub fn on_done<S>(action: ServerAction<S>, then: impl Fn(Done) + 'static)
where
    S: ServerFn<Output = Done, Error = AppError> + Clone + Send + Sync + 'static,
{
    let value = action.value();
    Effect::new(move |_| {
        if let Some(Ok(done)) = value.get() {
            untrack(|| then(done));
        }
    });
}

/// Calls `then` each time that `action` is refused from here. (What a form without scripts was refused for stands in the page.)
pub fn on_refused<S>(action: ServerAction<S>, then: impl Fn(AppError) + 'static)
where
    S: ServerFn<Output = Done, Error = AppError> + Clone + Send + Sync + 'static,
{
    let value = action.value();
    Effect::new(move |before: Option<()>| {
        if let Some(Err(error)) = value.get()
            && before.is_some()
        {
            untrack(|| then(error));
        }
    });
}

/// Whether `action` is under way, or done: its answer leads to another page, and until that is there nothing may be sent
/// again.
pub fn leads_away<S>(action: ServerAction<S>) -> Signal<bool>
where
    S: ServerFn<Output = Done, Error = AppError> + Clone + Send + Sync + 'static,
{
    let (pending, value) = (action.pending(), action.value());
    Signal::derive(move || pending.get() || value.with(|answer| matches!(answer, Some(Ok(_)))))
}
