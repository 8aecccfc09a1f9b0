//! The data of a page: read by the server while it renders, taken over by the browser, read again there.

use crate::domain::{AppError, AppResult};
use codee::{Decoder, Encoder};
use futures::{
    channel::oneshot,
    future::{Either, select},
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{pin::pin, time::Duration};

/// How long the browser waits for an answer.
const PATIENCE: Duration = Duration::from_secs(40);

/// Leptos' own JSON codec decodes from text, server functions decode from bytes: with one decoder per type, the browser's
/// build is smaller.
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// The answer of a server function; None where a newer question took the place of this one.
pub type PageResource<T> = Resource<Option<AppResult<T>>, Json>;

/// What ends a reading before its answer: None for a newer question.
type End = Option<AppError>;

/// A reading under way.
struct Running<S> {
    number: u32,
    question: S,
    end: oneshot::Sender<End>,
}

/// Calls `fetch` with the value of `source`, at first and whenever it changes.
///
/// A resource waits for an answer before it asks again. So that a slow answer does not hold up the next question, the reading
/// under way is dropped when the source changes; and one that takes [`PATIENCE`] fails.
pub fn use_resource<S, T, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> PageResource<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = AppResult<T>> + Send + 'static,
{
    let source = Memo::new(move |_| source());
    let running = StoredValue::new(None::<Running<S>>);
    let end = move |is_meant: &dyn Fn(&Running<S>) -> bool, with: End| {
        let ended = running.try_update_value(|running| running.take_if(|running| is_meant(running))).flatten();
        if let Some(Running { end, .. }) = ended {
            let _ = end.send(with);
        }
    };
    Effect::new(move |_| {
        let now = source.get();
        end(&|running| running.question != now, None);
    });
    let count = StoredValue::new(0_u32);
    let fetch = move |asked: S| {
        let (sender, ended) = oneshot::channel();
        let number = count.get_value() + 1;
        count.set_value(number);
        running.set_value(Some(Running { number, question: asked.clone(), end: sender }));
        if is_browser() {
            let late = AppError::Unavailable("The server did not answer in time. Try again.".to_owned());
            set_timeout(move || end(&|running| running.number == number, Some(late)), PATIENCE);
        }
        let answer = fetch(asked);
        async move {
            match select(pin!(answer), pin!(ended)).await {
                Either::Left((answer, _)) => Some(answer),
                Either::Right((Ok(end), _)) => end.map(Err),
                // Another reading of the same question took its place.
                Either::Right((Err(_), answer)) => Some(answer.await),
            }
        }
    };
    Resource::new_with_options(move || source.get(), fetch, false)
}
