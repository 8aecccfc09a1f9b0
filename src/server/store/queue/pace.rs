//! Turns under limits: what workers share of them, counted in the transaction of the claim. A turn that is given out and not used
//! (its message was put back, or came too late) is lost, so that all workers together stay within the limits whatever happens.

use super::{
    Key,
    claim::Due,
    lanes::{Lane, Limits},
};
use crate::{
    domain::{
        ConnectionId, ProjectId, Timestamp,
        message::Channel,
        pace::{Meter, take},
        schedule,
    },
    server::store::{
        db::{Query, Tx},
        dialect,
        guard::day_number,
    },
};
use chrono::NaiveTime;
use std::collections::{BTreeMap, HashMap};

/// A lane that waits for its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    pub project: ProjectId,
    pub connection: ConnectionId,
    /// When to look again.
    pub until: Timestamp,
}

/// Which messages may start, and when.
#[derive(Debug, Default)]
pub struct Turns {
    /// None where no limit is set.
    starts: HashMap<Key, Option<Timestamp>>,
    pub rests: Vec<Rest>,
}

impl Turns {
    pub fn may_start(&self, key: Key) -> bool {
        self.starts.contains_key(&key)
    }

    pub fn start(&self, key: Key) -> Option<Timestamp> {
        self.starts.get(&key).copied().flatten()
    }
}

/// What is known of a connection's limits.
struct Connection {
    meter: Option<Meter>,
    used: Use,
    per_day: Option<u32>,
}

/// How much was begun, by the minute and by the day.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
struct Use {
    next_start: i64,
    minute: i64,
    in_minute: i32,
    day: i32,
    in_day: i32,
}

type ChannelKey = (ProjectId, Channel);

/// All that these lanes share, read for update: connections first, then projects, then channels, each in the order of their keys,
/// so that two claims cannot wait for each other.
#[derive(Default)]
struct Shared {
    connections: BTreeMap<ConnectionId, Connection>,
    projects: BTreeMap<ProjectId, Meter>,
    channels: BTreeMap<ChannelKey, Meter>,
}

/// Gives out turns to messages that may leave otherwise, in their order.
pub(super) async fn take_turns(tx: &mut Tx, lanes: &[Lane], due: &[Due], now: Timestamp) -> sqlx::Result<Turns> {
    let lane = |message: &Due| {
        lanes.iter().find(|lane| lane.via.project == message.project_id && lane.via.channel == message.channel)
    };
    let limited: Vec<&Lane> = lanes
        .iter()
        .filter(|lane| lane.limits != Limits::default())
        .filter(|lane| due.iter().any(|d| d.project_id == lane.via.project && d.channel == lane.via.channel))
        .collect();
    let mut turns = Turns::default();
    if limited.is_empty() {
        turns.starts = due.iter().map(|message| (message.key(), None)).collect();
        return Ok(turns);
    }
    let mut shared = Shared::read(tx, &limited).await?;
    for message in due {
        let Some(lane) = lane(message) else { continue };
        if lane.limits == Limits::default() {
            turns.starts.insert(message.key(), None);
            continue;
        }
        match shared.take(lane, message, now) {
            Ok(start) => drop(turns.starts.insert(message.key(), start)),
            Err(until) => {
                let rest = Rest { project: lane.via.project, connection: lane.via.connection, until };
                if !turns.rests.iter().any(|known| (known.project, known.connection) == (rest.project, rest.connection))
                {
                    turns.rests.push(rest);
                }
            }
        }
    }
    shared.write(tx).await?;
    Ok(turns)
}

impl Shared {
    async fn read(tx: &mut Tx, lanes: &[&Lane]) -> sqlx::Result<Self> {
        let mut shared = Self::default();
        let connections: BTreeMap<_, _> = lanes
            .iter()
            .filter(|lane| lane.limits.connection.per_minute.is_some() || lane.limits.connection.per_day.is_some())
            .map(|lane| (lane.via.connection, lane.limits.connection))
            .collect();
        for (id, pace) in connections {
            sqlx::query("insert into connection_use (connection_id) values ($1) on conflict do nothing")
                .bind(id)
                .execute(&mut **tx)
                .await?;
            let mut query = Query::new(
                "select next_start, minute, in_minute, day, in_day from connection_use where connection_id = ",
            );
            query.push_bind(id).push(dialect::FOR_UPDATE);
            let used: Use = query.build_query_as().fetch_one(&mut **tx).await?;
            let meter = pace.per_minute.map(|rate| Meter::new(rate, used.next_start));
            shared.connections.insert(id, Connection { meter, used, per_day: pace.per_day });
        }
        let projects: BTreeMap<_, _> =
            lanes.iter().filter_map(|lane| Some((lane.via.project, lane.limits.project_per_minute?))).collect();
        for (project, rate) in projects {
            sqlx::query("insert into project_use (project_id, next_start) values ($1, 0) on conflict do nothing")
                .bind(project)
                .execute(&mut **tx)
                .await?;
            let mut query = Query::new("select next_start from project_use where project_id = ");
            query.push_bind(project).push(dialect::FOR_UPDATE);
            let next: i64 = query.build_query_scalar().fetch_one(&mut **tx).await?;
            shared.projects.insert(project, Meter::new(rate, next));
        }
        let channels: BTreeMap<ChannelKey, u32> = lanes
            .iter()
            .filter_map(|lane| Some(((lane.via.project, lane.via.channel), lane.limits.guard_per_minute?)))
            .collect();
        for ((project, channel), rate) in channels {
            let mut query = Query::new("select next_start from channel_guard where project_id = ");
            query.push_bind(project).push(" and channel = ").push_bind(channel).push(dialect::FOR_UPDATE);
            let next: i64 = query.build_query_scalar().fetch_optional(&mut **tx).await?.unwrap_or(0);
            shared.channels.insert((project, channel), Meter::new(rate, next));
        }
        Ok(shared)
    }

    /// The start of one message, None for any time; or when to ask again.
    fn take(&mut self, lane: &Lane, message: &Due, now: Timestamp) -> Result<Option<Timestamp>, Timestamp> {
        let connection = self.connections.get_mut(&lane.via.connection);
        let project = self.projects.get_mut(&lane.via.project);
        let channel = self.channels.get_mut(&(lane.via.project, lane.via.channel));
        let mut meters: Vec<&mut Meter> = project.into_iter().chain(channel).collect();
        let Some(Connection { meter, used, per_day }) = connection else { return take(&mut meters, now) };
        let zone = message.zone();
        let date = now.local(&zone).date();
        let tomorrow = schedule::instant(&zone, date.succ_opt().unwrap_or(date).and_time(NaiveTime::MIN));
        used.begin(now.0.div_euclid(Timestamp::MINUTE), day_number(date));
        if per_day.is_some_and(|most| used.in_day.unsigned_abs() >= most) {
            return Err(tomorrow);
        }
        meters.extend(meter.as_mut());
        let start = take(&mut meters, now)?;
        if per_day.is_some() && start.is_some_and(|start| start >= tomorrow) {
            return Err(tomorrow);
        }
        used.in_minute += 1;
        used.in_day += 1;
        Ok(start)
    }

    async fn write(self, tx: &mut Tx) -> sqlx::Result<()> {
        for (id, Connection { meter, used, .. }) in self.connections {
            sqlx::query(
                "update connection_use set next_start = $1, minute = $2, in_minute = $3, day = $4, in_day = $5
                 where connection_id = $6",
            )
            .bind(meter.map_or(used.next_start, |meter| meter.next))
            .bind(used.minute)
            .bind(used.in_minute)
            .bind(used.day)
            .bind(used.in_day)
            .bind(id)
            .execute(&mut **tx)
            .await?;
        }
        for (project, meter) in self.projects {
            sqlx::query("update project_use set next_start = $1 where project_id = $2")
                .bind(meter.next)
                .bind(project)
                .execute(&mut **tx)
                .await?;
        }
        for ((project, channel), meter) in self.channels {
            sqlx::query("update channel_guard set next_start = $1 where project_id = $2 and channel = $3")
                .bind(meter.next)
                .bind(project)
                .bind(channel)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

impl Use {
    /// Counts from zero in a new minute and on a new day.
    fn begin(&mut self, minute: i64, day: i32) {
        if self.minute != minute {
            (self.minute, self.in_minute) = (minute, 0);
        }
        if self.day != day {
            (self.day, self.in_day) = (day, 0);
        }
    }
}
