//! The keys of a project's REST API.

use super::client::PatientClient;
use crate::domain::{
    ApiKeyId, AppError,
    api_key::{ApiKeyForm, ApiKeysPage},
    done::Done,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: admin.
#[server(endpoint = "load_api_keys", client = PatientClient, input = GetUrl)]
pub async fn load_api_keys(slug: String) -> Result<ApiKeysPage, AppError> {
    use crate::server::{api_keys, auth};
    api_keys::page(&auth::admin(&slug).await?).await
}

/// Role: admin. The answer has the key, which is nowhere else.
#[server(endpoint = "create_api_key", client = PatientClient)]
pub async fn create_api_key(slug: String, #[server(default)] form: ApiKeyForm) -> Result<Done, AppError> {
    use crate::server::{api_keys, auth};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, api_keys::create(&admin, &form).await).await
}

/// Role: admin. Whoever uses the key has no access from then on.
#[server(endpoint = "revoke_api_key", client = PatientClient)]
pub async fn revoke_api_key(slug: String, id: ApiKeyId) -> Result<Done, AppError> {
    use crate::server::{api_keys, auth};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, api_keys::revoke(&admin, id).await).await
}
