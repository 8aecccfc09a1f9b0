//! The queue as lanes: what is due of one project and one channel, and the connection that it leaves by.

use super::Key;
use crate::{
    domain::{
        ConnectionId, MessageId, ProjectId, Timestamp,
        connection::settings::{Pace, Provider},
        message::Channel,
    },
    server::store::db::{Db, Query},
};

/// Which connection a message leaves by, as it is set up at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via {
    pub project: ProjectId,
    pub channel: Channel,
    pub connection: ConnectionId,
    /// None for the deployment's connection.
    pub provider: Option<Provider>,
    /// Of the connection's settings.
    pub revision: i32,
}

impl Via {
    /// The deployment's connection.
    pub fn of_deployment(project: ProjectId, channel: Channel) -> Self {
        Self { project, channel, connection: ConnectionId::of_deployment(channel), provider: None, revision: 0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    pub via: Via,
    pub limits: Limits,
    /// Since when its first message is due.
    pub since: Timestamp,
}

/// How fast its messages may leave; all of them count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub connection: Pace,
    pub project_per_minute: Option<u32>,
    /// At which staff resumed the channel after the reputation guard held it.
    pub guard_per_minute: Option<u32>,
}

/// So many messages of one project to skip skip the project: it is not about single messages.
const SKIP_PROJECT: usize = 50;

#[derive(sqlx::FromRow)]
struct Stored {
    project_id: ProjectId,
    channel: Channel,
    connection_id: Option<ConnectionId>,
    provider: Option<String>,
    revision: Option<i32>,
    per_minute: Option<i32>,
    per_day: Option<i32>,
    project_per_minute: Option<i32>,
    guard_per_minute: Option<i32>,
    since: Timestamp,
}

/// For the time `$1`.
pub const DUE: &str =
    "select project_id, channel, connection_id, provider, revision, per_minute, per_day, project_per_minute,
        guard_per_minute, since from (
        select p.id as project_id, h.channel, n.id as connection_id, n.provider, n.revision, n.per_minute, n.per_day,
            p.per_minute as project_per_minute, g.per_minute as guard_per_minute,
            (select m.due_at from message m
                where m.state = 0 and m.hold = 0 and m.project_id = p.id and m.channel = h.channel and m.due_at <= $1
                order by m.due_at limit 1) as since
        from project p
        cross join (select cast(0 as smallint) as channel union all select cast(1 as smallint)) h
        left join connection n on n.project_id = p.id and n.channel = h.channel
        left join channel_guard g on g.project_id = p.id and g.channel = h.channel
        where p.paused_at is null and g.held_at is null
     ) lane
     where since is not null
     order by since, project_id, channel";

/// The lanes with something due at `now`, the longest due first, without those that are held as a whole: of projects that staff
/// paused, and of channels that the reputation guard holds. It costs one look into the queue's index for each lane, however much is
/// in it.
pub async fn due(db: &Db, now: Timestamp) -> sqlx::Result<Vec<Lane>> {
    let all: Vec<Stored> = sqlx::query_as(DUE).bind(now).fetch_all(db.read()).await?;
    Ok(all.into_iter().map(Stored::lane).collect())
}

impl Stored {
    fn lane(self) -> Lane {
        let Self { project_id: project, channel, since, .. } = self;
        let connection = self.connection_id.unwrap_or(ConnectionId::of_deployment(channel));
        let provider = self.connection_id.map(|_| {
            let provider = self.provider.as_deref().and_then(Provider::from_code);
            provider.unwrap_or(Provider::Smtp)
        });
        let rate = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        let limits = Limits {
            connection: Pace { per_minute: rate(self.per_minute), per_day: rate(self.per_day) },
            project_per_minute: rate(self.project_per_minute),
            guard_per_minute: rate(self.guard_per_minute),
        };
        let revision = self.revision.unwrap_or(0);
        Lane { via: Via { project, channel, connection, provider, revision }, limits, since }
    }
}

/// Due messages of these lanes without those to `skip`: at most `limit`, and of each lane its share, so that a long queue of one
/// project holds up no other.
pub async fn keys(
    db: &Db,
    lanes: &[Lane],
    skip: &[Key],
    limit: usize,
    now: Timestamp,
) -> sqlx::Result<Vec<(Via, Key)>> {
    /// Fewer of a lane are not worth a query of their own.
    const LEAST: usize = 10;
    let share = limit.div_ceil(lanes.len().max(1)).max(LEAST).min(limit);
    let mut keys = Vec::with_capacity(limit);
    for Lane { via, .. } in lanes {
        let most = share.min(limit - keys.len());
        if most == 0 {
            break;
        }
        let skip: Vec<MessageId> = skip.iter().filter(|(p, _)| *p == via.project).map(|(_, id)| *id).collect();
        if skip.len() >= SKIP_PROJECT {
            continue;
        }
        let mut query = of_lane(via, &skip, most, now);
        let ids: Vec<MessageId> = query.build_query_scalar().fetch_all(db.read()).await?;
        keys.extend(ids.into_iter().map(|id| (*via, (via.project, id))));
    }
    Ok(keys)
}

/// At most `most` due messages of a lane without those to `skip`, the longest due first.
pub fn of_lane(via: &Via, skip: &[MessageId], most: usize, now: Timestamp) -> Query {
    let mut query = Query::new("select id from message where state = 0 and hold = 0 and project_id = ");
    query.push_bind(via.project).push(" and channel = ").push_bind(via.channel);
    query.push(" and due_at <= ").push_bind(now);
    if !skip.is_empty() {
        query.push(" and id not in (");
        let mut list = query.separated(", ");
        skip.iter().for_each(|id| {
            list.push_bind(*id);
        });
        query.push(")");
    }
    query.push(" order by due_at, id limit ").push_bind(most as i64);
    query
}
