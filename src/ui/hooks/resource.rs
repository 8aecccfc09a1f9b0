//! The data of a page: read by the server while it renders, taken over by the browser, read again there.

use super::effect::effect;
use crate::{api::client::in_time, domain::AppResult, ui::IS_SERVER};
use codee::{Decoder, Encoder};
use futures::{
    channel::oneshot,
    future::{Either, select},
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::pin::pin;

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

/// A question that waits for its answer.
struct Running<S> {
    question: S,
    /// Told when another question takes its place.
    replaced: oneshot::Sender<()>,
}

/// Calls `fetch` with the value of `source`, at first and whenever it changes.
///
/// A resource waits for an answer before it asks again. So that a slow answer does not hold up the next question, the question
/// is dropped when the source changes.
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
    effect(move |_| {
        let now = source.get();
        let old = running.try_update_value(|running| running.take_if(|running| running.question != now)).flatten();
        if let Some(Running { replaced, .. }) = old {
            let _ = replaced.send(());
        }
    });
    let fetch = move |asked: S| {
        let (replaced, is_replaced) = oneshot::channel();
        running.set_value(Some(Running { question: asked.clone(), replaced }));
        let answer = fetch(asked);
        async move {
            // The beginning of an answer has a limit already; here the whole of it has.
            let answer = async { if IS_SERVER { answer.await } else { in_time(answer).await } };
            match select(pin!(answer), is_replaced).await {
                Either::Left((answer, _)) => Some(answer),
                Either::Right((Ok(()), _)) => None,
                // The same question was asked again.
                Either::Right((Err(_), answer)) => Some(answer.await),
            }
        }
    };
    Resource::new_with_options(move || source.get(), fetch, false)
}
