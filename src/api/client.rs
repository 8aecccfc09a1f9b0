//! How the browser calls the server functions.

use crate::domain::{AppError, AppResult};
use futures::{
    Sink, Stream,
    channel::oneshot,
    future::{Either, select},
};
use leptos::{
    prelude::set_timeout,
    server_fn::{
        Bytes,
        client::{Client, browser::BrowserClient},
        request::browser::BrowserRequest,
        response::browser::BrowserResponse,
    },
};
use std::{pin::pin, time::Duration};

/// How long the browser waits for an answer.
const PATIENCE: Duration = Duration::from_secs(40);

/// The answer, or an error after [`PATIENCE`]. The server may have done what was asked all the same.
pub async fn in_time<T>(answer: impl Future<Output = AppResult<T>>) -> AppResult<T> {
    let (late, is_late) = oneshot::channel();
    set_timeout(move || _ = late.send(()), PATIENCE);
    match select(pin!(answer), is_late).await {
        Either::Left((answer, _)) => answer,
        // What is dropped here ends the request.
        Either::Right(_) => Err(AppError::Unavailable(
            "The server did not answer in time. If you changed something, reload the page to see whether it was done."
                .to_owned(),
        )),
    }
}

/// Leptos' client, which would wait for ever, with a limit for the beginning of an answer.
pub struct PatientClient;

impl Client<AppError> for PatientClient {
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    async fn send(request: BrowserRequest) -> Result<BrowserResponse, AppError> {
        in_time(<BrowserClient as Client<AppError>>::send(request)).await
    }

    async fn open_websocket(
        path: &str,
    ) -> Result<(impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static), AppError>
    {
        <BrowserClient as Client<AppError>>::open_websocket(path).await
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<AppError>>::spawn(future);
    }
}
