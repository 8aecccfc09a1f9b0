//! The templates of a project, and what they said before.

use super::guard::{Manager, Viewer};
use crate::domain::{
    AppError, AppResult, Timestamp,
    message::{Channel, Template},
    template::{HISTORY_MAX, OptOut, TemplateQuery, TemplateVersion, Wording},
};

/// What a template says now, and the number of that version. The words are empty where the default was restored; None where nobody
/// has changed it yet.
pub async fn of(viewer: &Viewer, query: TemplateQuery) -> AppResult<Option<(Wording, i32)>> {
    let found: Option<(String, String, i32)> = sqlx::query_as(
        "select subject, body, number from template where project_id = $1 and template = $2 and channel = $3",
    )
    .bind(viewer.project)
    .bind(query.template)
    .bind(query.channel)
    .fetch_optional(viewer.db.read())
    .await?;
    Ok(found.map(|(subject, body, number)| (Wording { subject, body }, number)))
}

#[derive(sqlx::FromRow)]
struct StoredVersion {
    number: i32,
    subject: String,
    body: String,
    restored: Option<i32>,
    saved_at: Timestamp,
    name: Option<String>,
}

/// The newest first.
pub async fn history(viewer: &Viewer, query: TemplateQuery) -> AppResult<Vec<TemplateVersion>> {
    let stored: Vec<StoredVersion> = sqlx::query_as(
        "select v.number, v.subject, v.body, v.restored, v.saved_at, p.name
         from template_version v left join person p on p.id = v.saved_by
         where v.project_id = $1 and v.template = $2 and v.channel = $3 order by v.number desc",
    )
    .bind(viewer.project)
    .bind(query.template)
    .bind(query.channel)
    .fetch_all(viewer.db.read())
    .await?;
    let version = |stored: StoredVersion| TemplateVersion {
        number: stored.number,
        wording: Wording { subject: stored.subject, body: stored.body },
        at: viewer.local(stored.saved_at),
        by: stored.name,
        restored: stored.restored,
    };
    Ok(stored.into_iter().map(version).collect())
}

/// Makes `wording` the template of later messages, as the next version after `follows`. `restored` is the version that says the same.
///
/// # Errors
/// `Conflict` where another version is in force than `follows`.
pub async fn save(
    manager: &Manager,
    query: TemplateQuery,
    wording: &Wording,
    follows: i32,
    restored: Option<i32>,
    now: Timestamp,
) -> AppResult<i32> {
    let TemplateQuery { template, channel } = query;
    let mut tx = manager.db.begin_in(manager.project).await?;
    let number: Option<i32> = sqlx::query_scalar(
        "insert into template (project_id, template, channel, subject, body, number) values ($1, $2, $3, $4, $5, 1)
         on conflict (project_id, template, channel) do update
            set subject = excluded.subject, body = excluded.body, number = template.number + 1
         where template.number = $6 returning number",
    )
    .bind(manager.project)
    .bind(template)
    .bind(channel)
    .bind(&wording.subject)
    .bind(&wording.body)
    .bind(follows)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(number) = number else {
        drop(tx);
        return Err(changed_meanwhile(manager, query, now).await?);
    };
    sqlx::query(
        "insert into template_version (project_id, template, channel, number, subject, body, restored, saved_at, saved_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(manager.project)
    .bind(template)
    .bind(channel)
    .bind(number)
    .bind(&wording.subject)
    .bind(&wording.body)
    .bind(restored)
    .bind(now)
    .bind(manager.user)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "delete from template_version where project_id = $1 and template = $2 and channel = $3 and number <= $4",
    )
    .bind(manager.project)
    .bind(template)
    .bind(channel)
    .bind(number - HISTORY_MAX)
    .execute(&mut *tx)
    .await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(number)
}

/// Says who saved the template, and when.
async fn changed_meanwhile(manager: &Manager, query: TemplateQuery, now: Timestamp) -> AppResult<AppError> {
    let last = history(manager, query).await?.into_iter().next();
    let (by, at) = match &last {
        Some(last) => (last.by.as_deref().unwrap_or("Somebody"), format!(" {}", last.at.inline(manager.today(now)))),
        None => ("Somebody", String::new()),
    };
    Ok(AppError::Conflict(format!(
        "{by} saved this template{at}, after you opened it, so yours was not saved. What you typed is still here: copy \
         it, then load the page again to see theirs."
    )))
}

/// The first of the project's own templates of SMS whose text lacks the way out.
pub async fn without(viewer: &Viewer, opt_out: OptOut) -> AppResult<Option<Template>> {
    let own: Vec<(Template, String)> = sqlx::query_as(
        "select template, body from template where project_id = $1 and channel = $2 and body <> '' order by template",
    )
    .bind(viewer.project)
    .bind(Channel::Sms)
    .fetch_all(viewer.db.read())
    .await?;
    Ok(own.into_iter().find(|(_, body)| opt_out.is_lacking_in(body)).map(|(template, _)| template))
}

/// The customer who was added last: name, and the name of their location.
pub async fn newest_customer(viewer: &Viewer) -> AppResult<Option<(String, Option<String>)>> {
    Ok(sqlx::query_as(
        "select c.name, l.name from customer c left join location l on l.project_id = c.project_id and l.id = c.location_id
         where c.project_id = $1 order by c.id desc limit 1",
    )
    .bind(viewer.project)
    .fetch_optional(viewer.db.read())
    .await?)
}
