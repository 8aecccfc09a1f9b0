//! Rows of messages on a profile: the same parts as in the project's table.

use crate::{
    domain::{MessageId, message::MessageRow, project::Frame},
    ui::messages::table::MessageTable,
};
use leptos::prelude::*;

#[component]
pub fn Rows(
    rows: Memo<Vec<MessageRow>>,
    #[prop(into)] caption: String,
    frame: Frame,
    /// The row that the address points to.
    marked: Memo<Option<MessageId>>,
) -> impl IntoView {
    view! { <MessageTable rows caption frame marked /> }
}
