//! Data of a page: read by the server while it renders, and taken over by the browser.

use crate::domain::AppResult;
use codee::{Decoder, Encoder};
use leptos::prelude::Resource;
use serde::{Serialize, de::DeserializeOwned};

/// As Leptos's own JSON, but decoded from bytes, as the answers of server functions are: one decoder for each type in the
/// browser's build, not two.
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

/// What a server function answers, read anew when the source changes.
pub type PageResource<T> = Resource<AppResult<T>, Json>;

pub fn use_resource<S, T, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> PageResource<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = AppResult<T>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}
