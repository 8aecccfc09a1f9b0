//! The keys of a project's REST API: the page that lists them, and whom one lets in.

use super::{
    AppState,
    auth::{self, session::Token},
    clock,
    store::{
        api_keys::{self, Access},
        guard::Admin,
    },
};
use crate::domain::{
    ApiKeyId, AppResult, Timestamp,
    api_key::{ApiKeyForm, ApiKeysPage},
    done::Done,
};

/// What a key begins with, so that who finds one knows what it is.
const PREFIX: &str = "rm_";
/// After how long it is written down again that a key is used.
const USED_AGAIN: i64 = 5 * Timestamp::MINUTE;

pub async fn page(admin: &Admin) -> AppResult<ApiKeysPage> {
    Ok(ApiKeysPage { keys: api_keys::list(admin).await?, entered: auth::take_entered(), version: admin.version })
}

/// Makes a key. The answer alone has it.
pub async fn create(admin: &Admin, form: &ApiKeyForm) -> AppResult<Done> {
    created(admin, form).await.inspect_err(|_| _ = auth::keep_entered(form))
}

async fn created(admin: &Admin, form: &ApiKeyForm) -> AppResult<Done> {
    let (name, scopes) = form.check()?;
    let token = Token::new()?;
    api_keys::add(admin, &name, scopes, &token.hash(), clock::now()).await?;
    let sentence = format!("The API key {name} is made. Copy it now: it is not shown again.");
    Ok(Done { link: Some(format!("{PREFIX}{}", token.as_str())), ..Done::new(sentence) })
}

pub async fn revoke(admin: &Admin, id: ApiKeyId) -> AppResult<Done> {
    let name = api_keys::revoke(admin, id).await?;
    Ok(Done::new(format!("The API key {name} is revoked, and lets nobody in any more.")))
}

/// The hash by which a key is known; None for what is none.
pub fn hash(key: &str) -> Option<Vec<u8>> {
    Token::parse(key.strip_prefix(PREFIX)?).map(|token| token.hash())
}

/// What the key of this hash gives access to; None where there is no such key.
pub async fn access(state: &AppState, hash: &[u8], now: Timestamp) -> AppResult<Option<Access>> {
    let access = api_keys::access(&state.db, hash, now).await?;
    let used = access.as_ref().map(|access| access.used);
    if used.is_some_and(|used| used.is_none_or(|used| now.0 - used.0 > USED_AGAIN)) {
        let (db, hash) = (state.db.clone(), hash.to_vec());
        tokio::spawn(async move {
            if let Err(error) = api_keys::used(&db, &hash, now).await {
                tracing::warn!(%error, "when an API key was last used was not remembered");
            }
        });
    }
    Ok(access)
}
