//! Attempts that are about to start.

use crate::{
    domain::{MessageId, ProjectId, Timestamp},
    server::store::{
        db::{Query, Tx},
        queue::{Lease, is_held},
    },
};
use std::collections::{BTreeSet, HashSet};

/// An attempt that is about to begin.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    pub lease: Lease,
    pub started: Timestamp,
    /// The provider's name in the record.
    pub provider: &'static str,
}

/// Records the attempts that may start: those whose lease still holds, while nothing holds the message's project or channel. An attempt that
/// is already recorded does not start (the commit succeeded, its answer was lost, and the transaction is retried): once its lease
/// expires, its outcome counts as unknown.
pub(super) async fn begin(tx: &mut Tx, intents: &[Intent]) -> sqlx::Result<Vec<bool>> {
    let mut begun: HashSet<(MessageId, i32)> = HashSet::with_capacity(intents.len());
    let projects: BTreeSet<ProjectId> = intents.iter().map(|intent| intent.lease.project).collect();
    for project in projects {
        let of_project: Vec<&Intent> = intents.iter().filter(|intent| intent.lease.project == project).collect();
        let noted: Vec<(MessageId, i32)> =
            begin_query(project, &of_project).build_query_as().fetch_all(&mut **tx).await?;
        begun.extend(noted);
    }
    Ok(intents.iter().map(|intent| begun.contains(&(intent.lease.message, intent.lease.generation))).collect())
}

pub(super) fn begin_query(project: ProjectId, intents: &[&Intent]) -> Query {
    let mut query = Query::new("with intent (id, generation, started, provider) as (");
    query.push_values(intents, |mut row, intent| {
        row.push_bind(intent.lease.message).push_bind(intent.lease.generation);
        row.push_bind(intent.started).push_bind(intent.provider);
    });
    query.push(
        ") insert into send_attempt (project_id, message_id, generation, started_at, provider)
         select m.project_id, m.id, m.generation, i.started, i.provider
         from intent i join message m on m.id = i.id and m.generation = i.generation and m.project_id = ",
    );
    query.push_bind(project);
    query.push(concat!(
        " where m.state = 1 and not ",
        is_held!("m"),
        " on conflict do nothing returning message_id, generation"
    ));
    query
}
