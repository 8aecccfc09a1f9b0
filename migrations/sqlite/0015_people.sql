-- When a member joined; 0 where that was not kept yet.
alter table membership add column joined_at bigint not null default 0;
-- The last day on which the member was here; days of the project's zone since 1970-01-01, 0 where it is not known.
alter table membership add column seen_day integer not null default 0;

-- Links by which people join a project, once. A link that was used or withdrawn is deleted.
create table invitation (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    -- Lower case.
    email text not null,
    role smallint not null,
    -- SHA-256 of a random 256-bit token.
    token_hash blob not null,
    invited_by blob references person (id) on delete cascade,
    invited_at bigint not null,
    expires_at bigint not null,
    primary key (project_id, id),
    unique (project_id, email)
);
create unique index invitation_by_token on invitation (token_hash);

-- Who invited, changed and removed whom: appended to, never changed.
create table member_event (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    at bigint not null,
    -- src/domain/member.rs
    kind smallint not null,
    -- The name of who did it, and the name or address of the person whom it is about, at that time.
    actor text not null,
    subject text not null,
    -- What the person was given.
    role smallint,
    primary key (project_id, id)
);

-- When the project's time zone was changed last; 0 for never.
alter table project add column zone_changed_at bigint not null default 0;
-- Up to which message.seq the days are set anew by that zone; null where they all are right.
alter table project add column days_seq bigint;
-- When that goes on.
alter table project add column days_at bigint not null default 0;
