//! What holds a project's messages at the moment, where that is not about single messages.

use crate::{
    domain::{
        AppResult, ConnectionId, Timestamp,
        message::{Channel, Hold},
    },
    server::store::guard::Viewer,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standstill {
    by_channel: [Option<Hold>; 2],
    /// Whether staff have paused sending.
    pub is_paused: bool,
    pub is_trial: bool,
    /// Whether the reputation guard holds a channel.
    pub is_guarded: bool,
    /// Whether a connection that the project uses is stopped.
    pub is_stopped: bool,
}

impl Standstill {
    /// Why nothing of the channel leaves.
    pub fn of(self, channel: Channel) -> Option<Hold> {
        self.by_channel[channel as usize]
    }
}

#[derive(sqlx::FromRow)]
struct Stored {
    channel: Channel,
    paused_at: Option<Timestamp>,
    trial: i16,
    held_at: Option<Timestamp>,
    per_day: Option<i32>,
    day: Option<i32>,
    in_day: Option<i32>,
    stopped_at: Option<Timestamp>,
}

impl Stored {
    fn hold(&self, today: i32) -> Option<Hold> {
        let is_full = self.day == Some(today) && self.per_day.is_some_and(|most| self.in_day >= Some(most));
        if self.paused_at.is_some() {
            Some(Hold::Paused)
        } else if self.held_at.is_some() {
            Some(Hold::Reputation)
        } else if self.stopped_at.is_some() {
            Some(Hold::Connection)
        } else {
            is_full.then_some(Hold::DailyLimit)
        }
    }
}

pub async fn standstill(viewer: &Viewer) -> AppResult<Standstill> {
    let stored: Vec<Stored> = sqlx::query_as(
        "select h.channel, p.paused_at, p.trial, g.held_at, n.per_day, u.day, u.in_day, s.since as stopped_at
         from project p
         cross join (select cast(0 as smallint) as channel union all select cast(1 as smallint)) h
         left join channel_guard g on g.project_id = p.id and g.channel = h.channel
         left join connection n on n.project_id = p.id and n.channel = h.channel
         left join connection_use u on u.connection_id = n.id
         left join stopped_connection s on s.connection_id = coalesce(n.id, case h.channel when 0 then $1 else $2 end)
         where p.id = $3",
    )
    .bind(ConnectionId::of_deployment(Channel::Email))
    .bind(ConnectionId::of_deployment(Channel::Sms))
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await?;
    let today = viewer.day(viewer.at);
    let mut all = Standstill::default();
    for one in stored {
        all.by_channel[one.channel as usize] = one.hold(today);
        all.is_paused |= one.paused_at.is_some();
        all.is_trial |= one.trial != 0;
        all.is_guarded |= one.held_at.is_some();
        all.is_stopped |= one.stopped_at.is_some();
    }
    Ok(all)
}
