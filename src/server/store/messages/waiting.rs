//! Why a message goes out when it does, and why it has not gone out yet.

use crate::{
    domain::{
        AppResult, Timestamp,
        message::{MessageRow, Waiting},
        schedule::Delay,
        sending::minutes_words,
    },
    server::store::guard::Viewer,
};

#[derive(sqlx::FromRow)]
struct Stored {
    asked_at: Timestamp,
    asked_by: Option<String>,
    why: String,
    due_at: Timestamp,
    delay: i16,
    attempts: i32,
    quiet_end: i16,
    /// When the message before it was to be sent.
    before: Option<Timestamp>,
}

pub async fn sentence(viewer: &Viewer, row: &MessageRow) -> AppResult<String> {
    let stored: Stored = sqlx::query_as(
        "select r.created_at as asked_at, q.name as asked_by, k.why, m.due_at, m.delay, m.attempts, p.quiet_end,
            (select max(b.scheduled_at) from message b where b.project_id = m.project_id and b.request_id = m.request_id
                and b.channel = m.channel and b.template in (0, 1) and b.reminder < m.reminder) as before
         from message m
         join message_content k on k.project_id = m.project_id and k.message_id = m.id
         join request r on r.project_id = m.project_id and r.id = m.request_id
         join project p on p.id = m.project_id
         left join person q on q.id = r.created_by
         where m.project_id = $1 and m.id = $2",
    )
    .bind(viewer.project)
    .bind(row.id)
    .fetch_one(viewer.db.read())
    .await?;
    let day = |at: Timestamp| viewer.local(at).date();
    let waiting = Waiting {
        channel: row.channel,
        template: row.template,
        asked_by: stored.asked_by,
        asked: viewer.local(stored.asked_at),
        why: stored.why,
        days_after: stored.before.map(|before| (row.scheduled.date() - day(before)).num_days()),
        scheduled: row.scheduled,
        due: viewer.local(stored.due_at),
        is_due: stored.due_at <= viewer.at,
        delay: Delay::from_code(stored.delay),
        hold: row.hold,
        attempts: stored.attempts,
        quiet_until: minutes_words(stored.quiet_end as u16),
    };
    Ok(waiting.sentence(day(viewer.at)))
}
