//! What staff do: checks the input, does it in the store, and says in a sentence what came of it.

use crate::{
    domain::{
        AppError, AppResult, BatchId, CustomerId, MessageId, NoteId,
        ask::AskForm,
        customer::{CustomerForm, Done},
    },
    server::guard::{Manager, Operator},
};

pub async fn cancel_message(_: &Operator, _: MessageId, _: bool) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn cancel_selected(_: &Manager, _: &str, _: &str) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn undo_cancel(_: &Operator, _: BatchId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn send_now(_: &Operator, _: MessageId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn reschedule(_: &Operator, _: MessageId, _: &str) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn resend(_: &Operator, _: MessageId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn send_copy(_: &Operator, _: MessageId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn delete_message(_: &Operator, _: MessageId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn add_customer(_: &Operator, _: &CustomerForm) -> AppResult<CustomerId> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn edit_customer(_: &Operator, _: CustomerId, _: &CustomerForm) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn set_unsubscribed(_: &Operator, _: CustomerId, _: bool) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn set_archived(_: &Operator, _: CustomerId, _: bool) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn delete_customer(_: &Operator, _: CustomerId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn cancel_unsent(_: &Operator, _: CustomerId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn add_note(_: &Operator, _: CustomerId, _: &str) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn delete_note(_: &Operator, _: CustomerId, _: NoteId) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn set_tags(_: &Operator, _: CustomerId, _: &str) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn add_review(_: &Operator, _: CustomerId, _: &str, _: &str) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn request_review(_: &Operator, _: CustomerId, _: &AskForm) -> AppResult<Done> {
    Err(AppError::Internal("not there yet".into()))
}
