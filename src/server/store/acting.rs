//! Who acts while they are not there: what a person began goes on in the background, in their name.

use super::{
    Db,
    guard::{Actor, Manager, Viewer},
};
use crate::domain::{ProjectId, Timestamp, UserId, language::Language, role::Role};
use chrono_tz::Tz;

/// The person in the project. None where they are no member any more, or may not act on many messages.
pub(super) async fn manager(
    db: &Db,
    project: ProjectId,
    person: UserId,
    now: Timestamp,
) -> sqlx::Result<Option<Manager>> {
    #[derive(sqlx::FromRow)]
    struct Found {
        slug: String,
        project_name: String,
        time_zone: String,
        language: Language,
        person_name: String,
        email: String,
        role: Role,
        version: i64,
    }
    let found: Option<Found> = sqlx::query_as(
        "select p.slug, p.name as project_name, p.time_zone, p.language, person.name as person_name, person.email,
            membership.role, project_change.version
         from project p
         join project_change on project_change.project_id = p.id
         join membership on membership.project_id = p.id
         join person on person.id = membership.person_id
         where p.id = $1 and person.id = $2",
    )
    .bind(project)
    .bind(person)
    .fetch_optional(db.read())
    .await?;
    Ok(found.and_then(|found| {
        let actor = Actor {
            project,
            slug: found.slug,
            project_name: found.project_name,
            zone: found.time_zone.parse().unwrap_or(Tz::UTC),
            language: found.language,
            user: Some(person),
            user_name: found.person_name,
            user_email: found.email,
            role: found.role,
            version: found.version,
            at: now,
        };
        Viewer::member(db.clone(), actor).manager()
    }))
}
