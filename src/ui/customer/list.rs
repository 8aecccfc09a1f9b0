//! A customer's messages as one flat table, newest first.

use super::rows::Rows;
use crate::domain::{MessageId, message::MessageRow, project::Frame};
use leptos::prelude::*;

#[component]
pub fn List(rows: Memo<Vec<MessageRow>>, frame: Frame, marked: Memo<Option<MessageId>>) -> impl IntoView {
    view! { <Rows rows caption="Messages" frame marked /> }
}
