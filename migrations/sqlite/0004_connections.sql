-- A project's own ways to providers, at most one for each channel. A project without one sends by the deployment's, whose ids
-- are fixed (ConnectionId::of_deployment).
create table connection (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    channel smallint not null,
    provider text not null,
    -- JSON (src/domain/connection/settings.rs).
    settings text not null,
    -- JSON, encrypted (src/server/connections/seal.rs).
    secrets blob not null,
    -- Rises with each change, so that workers take the new settings.
    revision integer not null default 1,
    -- How many messages at most; null for no limit.
    per_minute integer,
    per_day integer,
    created_at bigint not null,
    changed_at bigint not null,
    -- The name of the person at that time.
    changed_by text not null,
    primary key (project_id, id),
    unique (project_id, channel)
);
-- A provider's report names the connection alone.
create unique index connection_by_id on connection (id);

-- What workers do over a connection.
create table connection_use (
    connection_id blob primary key,
    -- When the provider last took a message, to within some seconds.
    last_sent_at bigint
);

drop table stopped_connection;
-- Connections over which nothing is sent for now, because of a fault of our account or because the provider is down
-- (src/domain/connection.rs).
create table stopped_connection (
    connection_id blob primary key,
    channel smallint not null,
    -- Null for the deployment's, which projects share.
    project_id blob references project (id) on delete cascade,
    since bigint not null,
    reason text not null,
    -- The provider's code and words.
    code text,
    words text not null,
    -- Messages that have tried it since.
    tries integer not null,
    next_probe_at bigint not null
);

-- Each project's queue of each channel by itself: one that waits costs the others nothing.
drop index message_due;
create index message_due on message (project_id, channel, due_at, id) where state = 0;
