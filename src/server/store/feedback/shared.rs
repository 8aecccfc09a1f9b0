//! Whose the reports over a deployment's own connection are: they name no project, and all projects without a connection of their own
//! send over it.

use crate::{
    domain::{
        AppResult, ProjectId,
        feedback::{About, Feedback, Keyword, Report},
        message::Channel,
    },
    server::store::db::Db,
};
use std::collections::BTreeMap;

/// The events by project; one that is about nobody's message is left out.
pub async fn by_project(
    db: &Db,
    channel: Channel,
    events: Vec<Feedback>,
) -> AppResult<BTreeMap<ProjectId, Vec<Feedback>>> {
    let mut of_projects: BTreeMap<ProjectId, Vec<Feedback>> = BTreeMap::new();
    for event in events {
        for project in projects(db, channel, &event).await? {
            of_projects.entry(project).or_default().push(event.clone());
        }
    }
    Ok(of_projects)
}

async fn projects(db: &Db, channel: Channel, event: &Feedback) -> sqlx::Result<Vec<ProjectId>> {
    match (&event.kind, &event.about) {
        (Report::Texted { word, .. }, About { recipient: Some(number), .. }) => texted(db, *word, number).await,
        (_, about) => Ok(of_message(db, channel, about).await?.into_iter().collect()),
    }
}

async fn of_message(db: &Db, channel: Channel, about: &About) -> sqlx::Result<Option<ProjectId>> {
    // Over the projects, because they lead each index.
    if let Some(message) = about.message {
        let found = sqlx::query_scalar(
            "select m.project_id from project p join message m on m.project_id = p.id and m.id = $1 where m.channel = $2",
        );
        return found.bind(message).bind(channel).fetch_optional(db.read()).await;
    }
    let Some(name) = &about.provider_id else { return Ok(None) };
    sqlx::query_scalar(
        "select a.project_id from project p
         join send_attempt a on a.project_id = p.id and a.provider_id is not null and a.provider_id = $1
         join message m on m.project_id = a.project_id and m.id = a.message_id
         where m.channel = $2 limit 1",
    )
    .bind(name)
    .bind(channel)
    .fetch_optional(db.read())
    .await
}

/// Carriers and the law take STOP and START for everything that comes from a number: they count in each project that has the customer.
/// What else a customer writes answers the last SMS.
async fn texted(db: &Db, word: Option<Keyword>, number: &str) -> sqlx::Result<Vec<ProjectId>> {
    let all: Vec<ProjectId> = sqlx::query_scalar(
        "select p.id from project p
         where not exists (select 1 from connection n where n.project_id = p.id and n.channel = $1)
            and exists (select 1 from customer c where c.project_id = p.id and c.phone = $2 and c.phone <> '')
         order by (select max(m.sent_at) from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
            where c.project_id = p.id and c.phone = $2 and c.phone <> '' and m.channel = $1) desc nulls last, p.id",
    )
    .bind(Channel::Sms)
    .bind(number)
    .fetch_all(db.read())
    .await?;
    Ok(match word {
        Some(Keyword::Stop | Keyword::Start) => all,
        Some(Keyword::Help) | None => all.into_iter().take(1).collect(),
    })
}
