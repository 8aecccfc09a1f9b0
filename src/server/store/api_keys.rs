//! The keys of projects' REST APIs, and what each gives access to. Only hashes of them are stored.

use super::{
    Db,
    guard::{Actor, Admin, Viewer},
    id::NewId,
};
use crate::domain::{
    ApiKeyId, AppError, AppResult, ProjectId, Timestamp,
    api_key::{ApiKey, KEYS_MAX, Scope, Scopes},
    language::Language,
    refusal::Refusal,
    role::Role,
};
use chrono_tz::Tz;

/// What a key gives access to.
#[derive(Clone)]
pub struct Access {
    pub key: ApiKeyId,
    pub scopes: Scopes,
    /// When it was last used, to within some minutes; None for never.
    pub used: Option<Timestamp>,
    /// Acts under the key's name, with the role that its scopes need.
    pub viewer: Viewer,
}

/// What the key of this hash gives access to; None where there is no such key.
pub async fn access(db: &Db, key_hash: &[u8], now: Timestamp) -> AppResult<Option<Access>> {
    #[derive(sqlx::FromRow)]
    struct Found {
        id: ApiKeyId,
        name: String,
        scopes: Scopes,
        used_at: Option<Timestamp>,
        project_id: ProjectId,
        slug: String,
        project_name: String,
        time_zone: String,
        language: Language,
        version: i64,
    }
    let found: Option<Found> = sqlx::query_as(
        "select k.id, k.name, k.scopes, k.used_at, p.id as project_id, p.slug, p.name as project_name, p.time_zone, p.language,
            v.version
         from api_key k
         join project p on p.id = k.project_id
         join project_change v on v.project_id = k.project_id
         where k.key_hash = $1",
    )
    .bind(key_hash)
    .fetch_optional(db.read())
    .await?;
    Ok(found.map(|found| {
        let is_reader = !found.scopes.has(Scope::Write) && !found.scopes.has(Scope::Delete);
        let actor = Actor {
            project: found.project_id,
            slug: found.slug,
            project_name: found.project_name,
            zone: found.time_zone.parse().unwrap_or(Tz::UTC),
            language: found.language,
            user: None,
            user_name: format!("API key {}", found.name),
            user_email: String::new(),
            role: if is_reader { Role::Viewer } else { Role::Operator },
            version: found.version,
            at: now,
        };
        let viewer = Viewer::member(db.clone(), actor);
        Access { key: found.id, scopes: found.scopes, used: found.used_at, viewer }
    }))
}

/// Writes down that a key was used.
pub async fn used(db: &Db, key_hash: &[u8], now: Timestamp) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("update api_key set used_at = $1 where key_hash = $2")
        .bind(now)
        .bind(key_hash)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The newest first.
pub async fn list(admin: &Admin) -> AppResult<Vec<ApiKey>> {
    type Stored = (ApiKeyId, String, Scopes, Option<String>, Timestamp, Option<Timestamp>);
    let stored: Vec<Stored> = sqlx::query_as(
        "select k.id, k.name, k.scopes, p.name as created_by, k.created_at, k.used_at
         from api_key k left join person p on p.id = k.created_by
         where k.project_id = $1 order by k.id desc",
    )
    .bind(admin.project)
    .fetch_all(admin.db.read())
    .await?;
    let key = |(id, name, scopes, created_by, created_at, used_at): Stored| ApiKey {
        id,
        name,
        scopes,
        created_by,
        created: admin.local(created_at),
        used: used_at.map(|at| admin.local(at)),
    };
    Ok(stored.into_iter().map(key).collect())
}

/// # Errors
/// `Invalid` where the project has as many keys as it may.
pub async fn add(admin: &Admin, name: &str, scopes: Scopes, key_hash: &[u8], now: Timestamp) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let known: i64 = sqlx::query_scalar("select count(*) from api_key where project_id = $1")
        .bind(admin.project)
        .fetch_one(&mut *tx)
        .await?;
    if known >= KEYS_MAX {
        return Err(Refusal::ManyApiKeys.into());
    }
    sqlx::query(
        "insert into api_key (project_id, id, name, scopes, key_hash, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(admin.project)
    .bind(ApiKeyId::new())
    .bind(name)
    .bind(scopes)
    .bind(key_hash)
    .bind(admin.user)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// Returns the name.
///
/// # Errors
/// `NotFound` where it was revoked before.
pub async fn revoke(admin: &Admin, id: ApiKeyId) -> AppResult<String> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let name: Option<String> =
        sqlx::query_scalar("delete from api_key where project_id = $1 and id = $2 returning name")
            .bind(admin.project)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    let name = name.ok_or_else(|| AppError::no_such("API key"))?;
    admin.db.commit(tx, admin.project).await?;
    Ok(name)
}
