-- Connections to providers over which nothing is sent for now, because of a fault of our account or because the provider is
-- down (src/domain/connection.rs). It stands above projects: they share the connections.
create table stopped_connection (
    channel smallint primary key,
    since bigint not null,
    reason text not null,
    -- The provider's code and words.
    code text,
    words text not null,
    -- Messages that have tried it since.
    tries integer not null,
    next_probe_at bigint not null
);

-- With the channel: the worker passes over those that wait for a stopped connection without fetching their rows.
drop index message_due;
create index message_due on message (due_at, project_id, id, channel) where state = 0;
