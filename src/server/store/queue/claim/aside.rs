//! Writes down what becomes of due messages that must not leave now.

use super::{Due, Fate, Key};
use crate::{
    domain::{
        Timestamp,
        message::{CancelCause, EventKind, Hold},
        schedule::Delay,
        timeline::Detail,
    },
    server::store::{
        db::{Query, Tx},
        queue::{by_project, push_keys},
        steering::CANCELED_STATUS,
        timeline::{Event, append},
    },
};

/// Returns how many.
pub async fn write(tx: &mut Tx, due: &[Due], now: Timestamp) -> sqlx::Result<usize> {
    let mut held = Vec::new();
    let mut written = 0;
    for message in due {
        let fate = message.fate(now);
        match fate {
            Fate::Canceled(cause) => cancel(tx, message, cause, now).await?,
            Fate::PutOff(at, delay) => put_off(tx, message, at, delay).await?,
            Fate::Held => held.push(message.key()),
            Fate::Leaves | Fate::Waits => {}
        }
        written += usize::from(fate.is_aside());
    }
    hold(tx, held).await?;
    Ok(written)
}

async fn cancel(tx: &mut Tx, message: &Due, cause: CancelCause, now: Timestamp) -> sqlx::Result<()> {
    let mut query = Query::new("update message set state = 4, status = ");
    query.push(CANCELED_STATUS).push(", canceled_at = ").push_bind(now).push(", cancel_cause = ").push_bind(cause);
    query.push(", version = version + 1 where project_id = ").push_bind(message.project_id);
    query.push(" and id = ").push_bind(message.id).push(" and state = 0");
    let changed = query.build().execute(&mut **tx).await?;
    if changed.rows_affected() == 1 {
        let event = Event::new(message.key(), EventKind::Canceled, now).with(Detail::Cause(cause));
        append(tx, &[event]).await?;
    }
    Ok(())
}

/// Puts a message off. Its schedule stays as it was chosen.
async fn put_off(tx: &mut Tx, message: &Due, at: Timestamp, delay: Delay) -> sqlx::Result<()> {
    sqlx::query(
        "update message set due_at = $1, delay = $2, version = version + 1
         where project_id = $3 and id = $4 and state = 0",
    )
    .bind(at)
    .bind(delay as i16)
    .bind(message.project_id)
    .bind(message.id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One statement for each project: in trial mode, all that is due may be held.
async fn hold(tx: &mut Tx, keys: Vec<Key>) -> sqlx::Result<()> {
    for (project, ids) in by_project(keys) {
        let mut query = Query::new("update message set hold = ");
        query.push_bind(Hold::Trial as i16).push(", version = version + 1 where state = 0 and ");
        push_keys(&mut query, ["project_id", "id"], project, &ids);
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}
