//! The project's messages: pages of the table, and one message in full.

use crate::{
    api::messages::MessagesPage,
    domain::{AppError, AppResult, MessageId, filter::MessagesQuery, message::MessageDetail},
    server::guard::Viewer,
};

pub async fn page(_: &Viewer, _: &MessagesQuery) -> AppResult<MessagesPage> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn detail(_: &Viewer, _: MessageId) -> AppResult<MessageDetail> {
    Err(AppError::Internal("not there yet".into()))
}
