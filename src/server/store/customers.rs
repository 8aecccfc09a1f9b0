//! Customers.

use crate::{
    domain::{
        AppError, AppResult, CustomerId,
        customer::{CustomersPage, Profile, ProfileQuery},
    },
    server::guard::Viewer,
};

pub async fn page(_: &Viewer, _: &str) -> AppResult<CustomersPage> {
    Err(AppError::Internal("not there yet".into()))
}
pub async fn profile(_: &Viewer, _: CustomerId, _: ProfileQuery) -> AppResult<Profile> {
    Err(AppError::Internal("not there yet".into()))
}
