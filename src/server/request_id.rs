//! The id of the request that is being answered. It is in the answer's `x-request-id`, in each line logged meanwhile, and in the
//! sentence about an error, so that staff can tell it to the operator.

use std::sync::Arc;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::Span;

tokio::task_local! {
    static CURRENT: Arc<str>;
}

/// The longest id that is taken over from a proxy.
const MOST: usize = 64;

pub fn new() -> String {
    format!("{:016x}", fastrand::u64(..))
}

/// Whether it can be taken over: nothing that a log or a page could take for more than a word.
pub fn is_valid(id: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=MOST).contains(&id.len()) && id.bytes().all(is_plain)
}

/// None outside of a request.
pub fn current() -> Option<Arc<str>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// What a person is told about an error, and the log says beside its cause.
pub fn reference() -> String {
    current().map_or_else(new, |id| id.to_string())
}

/// Does `work` as part of the request with this id.
pub async fn answering<T>(id: Arc<str>, work: impl Future<Output = T>) -> T {
    CURRENT.scope(id, work).await
}

/// Runs `work`, which may wait for the disk or take long, on a thread of its own as part of the same request.
pub fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let (id, span) = (current(), Span::current());
    let work = move || span.in_scope(work);
    spawn_blocking(move || match id {
        Some(id) => CURRENT.sync_scope(id, work),
        None => work(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_error_refers_to_its_request() {
        assert_eq!(answering("7".into(), async { reference() }).await, "7");
        assert_eq!(answering("7".into(), async { blocking(reference).await.unwrap() }).await, "7");
        assert!(is_valid(&reference()) && reference() != reference());
    }

    #[test]
    fn ids_are_plain_words() {
        for id in ["7", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "edge.7_x"] {
            assert!(is_valid(id), "{id}");
        }
        for id in ["", "a b", "a\nb", "<b>", "é", &"7".repeat(65)] {
            assert!(!is_valid(id), "{id:?}");
        }
    }
}
