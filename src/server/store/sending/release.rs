//! Held messages go out once the cause is gone: they are due again, and the claim asks whether they are still wanted.

use crate::{
    domain::{ProjectId, schedule::Delay},
    server::store::db::{Db, Query},
};

/// Messages of one transaction.
const CHUNK: u64 = 1_000;

/// All that a project holds; returns how many. It may be called again at any time, and goes on where another call ended.
pub async fn all(db: &Db, project: ProjectId) -> sqlx::Result<u64> {
    released(db, project, false).await
}

/// What a project in trial mode holds for members and guests.
pub async fn allowed(db: &Db, project: ProjectId) -> sqlx::Result<u64> {
    released(db, project, true).await
}

/// What was put off by quiet hours or a schedule that are others now: it is due at its time again, and the claim puts it off anew
/// where it has to.
pub async fn delayed(db: &Db, project: ProjectId, delay: Delay) -> sqlx::Result<()> {
    loop {
        let mut tx = db.begin_in(project).await?;
        let mut query = Query::new(
            "update message set due_at = scheduled_at, delay = 0, version = version + 1 where project_id = ",
        );
        query.push_bind(project).push(" and state = 0 and id in (select m.id from message m where m.project_id = ");
        query.push_bind(project).push(" and m.channel in (0, 1) and m.state = 0 and m.hold = 0 and m.delay = ");
        query.push_bind(delay as i16).push(" limit ").push_bind(CHUNK as i64).push(")");
        if query.build().execute(&mut *tx).await?.rows_affected() == 0 {
            return tx.rollback().await;
        }
        db.commit(tx, project).await?;
    }
}

async fn released(db: &Db, project: ProjectId, only_allowed: bool) -> sqlx::Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = db.begin_in(project).await?;
        let mut query = Query::new("update message set hold = 0, version = version + 1 where project_id = ");
        query
            .push_bind(project)
            .push(" and state = 0 and hold > 0 and id in (select m.id from message m where m.project_id = ");
        query.push_bind(project).push(" and m.state = 0 and m.hold > 0");
        if only_allowed {
            // The index is by the address.
            query.push(" and lower(m.recipient) in (select t.address from guest t where t.project_id = ");
            query
                .push_bind(project)
                .push(" union all select q.email from membership s join person q on q.id = s.person_id");
            query.push(" where s.project_id = ").push_bind(project).push(")");
        }
        query.push(" limit ").push_bind(CHUNK as i64).push(")");
        let changed = query.build().execute(&mut *tx).await?.rows_affected();
        if changed == 0 {
            tx.rollback().await?;
            return Ok(all);
        }
        db.commit(tx, project).await?;
        all += changed;
    }
}

/// Releases what is still held although its cause is gone: after a release that was cut short, and for people who became members.
pub async fn leftovers(db: &Db) -> sqlx::Result<u64> {
    let projects: Vec<(ProjectId, i16)> = sqlx::query_as(
        "select p.id, p.trial from project p
         where p.trial = 0 and exists (select 1 from message m where m.project_id = p.id and m.state = 0 and m.hold > 0)
            or p.trial <> 0 and exists (select 1 from message m where m.project_id = p.id and m.state = 0 and m.hold > 0
                and lower(m.recipient) in (select t.address from guest t where t.project_id = p.id
                    union all select q.email from membership s join person q on q.id = s.person_id where s.project_id = p.id))",
    )
    .fetch_all(db.read())
    .await?;
    let mut all = 0;
    for (project, trial) in projects {
        all += if trial == 0 { self::all(db, project).await? } else { allowed(db, project).await? };
    }
    Ok(all)
}
