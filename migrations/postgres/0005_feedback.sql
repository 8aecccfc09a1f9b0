-- Addresses to which a project sends nothing, by hand or because of what was reported (src/server/store/suppressions.rs).
create table suppression (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    channel smallint not null,
    -- An email address in lower case, or a number in E.164.
    address text not null,
    reason smallint not null,
    since bigint not null,
    -- What it came of: the message, which may have been deleted since, and what the provider calls the event.
    message_id uuid,
    event text not null default '',
    added_by uuid references person (id) on delete set null,
    note text not null default '',
    primary key (project_id, id),
    unique (project_id, channel, address)
);
create index suppression_by_since on suppression (project_id, since, id);

-- Events that providers have reported, so that none counts twice. Forgotten after a month: no provider repeats itself for longer.
create table feedback_event (
    project_id uuid not null references project (id) on delete cascade,
    connection_id uuid not null,
    -- The beginning of the SHA-256 of the provider's name for it.
    name bytea not null,
    taken_at bigint not null,
    primary key (project_id, connection_id, name)
);
create index feedback_event_by_time on feedback_event (taken_at);

-- Reports name a message as the provider does.
create index send_attempt_by_provider_id on send_attempt (project_id, provider_id) where provider_id is not null;
