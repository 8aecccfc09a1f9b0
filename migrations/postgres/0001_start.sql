-- The first schema. The same tables stand in ../sqlite, with the comments; what differs is the types' names, the search
-- index and the triggers' language.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

create table project (
    id uuid primary key,
    -- Small and never reused: leads message.seq.
    number bigint not null unique,
    slug text not null unique,
    name text not null,
    -- IANA name.
    time_zone text not null,
    -- Minutes after midnight between which messages may leave; null for anytime.
    window_start smallint,
    window_end smallint,
    -- The last message.seq given, without its leading project number.
    last_seq bigint not null default 0,
    created_at bigint not null
);

-- Rises with each change of a project's messages, customers or reviews: live pages and caches follow it. Changed first
-- in its transaction, it also orders the writers of one project, so that their counters cannot deadlock.
create table project_change (
    project_id uuid primary key references project (id) on delete cascade,
    version bigint not null default 0
);

create table person (
    id uuid primary key,
    -- Lower case.
    email text not null unique,
    name text not null,
    -- PHC string (argon2id); null for whom only a one-time link lets in.
    password_hash text,
    last_project_id uuid references project (id) on delete set null,
    created_at bigint not null
);

create table membership (
    project_id uuid not null references project (id) on delete cascade,
    person_id uuid not null references person (id) on delete cascade,
    role smallint not null,
    primary key (project_id, person_id)
);
create index membership_of_person on membership (person_id, project_id);

-- SHA-256 of a random 256-bit token.
create table session (
    token_hash bytea primary key,
    person_id uuid not null references person (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index session_of_person on session (person_id);

-- Links that sign in once.
create table sign_in_link (
    token_hash bytea primary key,
    person_id uuid not null references person (id) on delete cascade,
    expires_at bigint not null,
    used_at bigint
);

create table location (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    name text not null,
    primary key (project_id, id)
);

create table customer (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    location_id uuid,
    name text not null,
    company text not null default '',
    email text not null default '',
    -- E.164
    phone text not null default '',
    -- name, company, email and phone, folded as the search folds.
    search_text text not null,
    -- Of the requests so far.
    last_number integer not null default 0,
    last_messaged_at bigint,
    unsubscribed_at bigint,
    archived_at bigint,
    created_at bigint not null,
    primary key (project_id, id),
    foreign key (project_id, location_id) references location (project_id, id)
);
create index customer_by_name on customer (project_id, name, id);
create index customer_by_email on customer (project_id, email) where email <> '';
create index customer_by_phone on customer (project_id, phone) where phone <> '';

create table customer_tag (
    project_id uuid not null,
    customer_id uuid not null,
    tag text not null,
    primary key (project_id, customer_id, tag),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);

create table note (
    project_id uuid not null,
    customer_id uuid not null,
    id uuid not null,
    author_id uuid references person (id) on delete set null,
    text text not null,
    created_at bigint not null,
    primary key (project_id, customer_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);

create table template (
    project_id uuid not null references project (id) on delete cascade,
    template smallint not null,
    channel smallint not null,
    -- Empty for SMS.
    subject text not null,
    body text not null,
    primary key (project_id, template, channel)
);

create table request (
    project_id uuid not null,
    id uuid not null,
    customer_id uuid not null,
    -- 1, 2, … for its customer.
    number integer not null,
    created_at bigint not null,
    -- The person who asked; null where the strategy did.
    created_by uuid references person (id) on delete set null,
    primary key (project_id, id),
    unique (project_id, customer_id, number),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);

create table message (
    -- project.number << 40 | n: the row's place in the search index, so that a search reads one project's rows only.
    seq bigint primary key,
    project_id uuid not null,
    id uuid not null,
    customer_id uuid not null,
    request_id uuid not null,
    location_id uuid,
    channel smallint not null,
    template smallint not null,
    -- 1, 2, 3 for reminders; 0 otherwise.
    reminder smallint not null default 0,
    recipient text not null,
    -- Where it stands with the sender, and what its badge shows (src/domain/status.rs).
    state smallint not null default 0,
    status smallint not null default 0,
    -- When it was to be sent.
    scheduled_at bigint not null,
    -- When a worker may take it next: scheduled_at, or later between attempts.
    due_at bigint not null,
    sent_at bigint,
    delivered_at bigint,
    opened_at bigint,
    clicked_at bigint,
    failed_at bigint,
    failure_code text,
    -- The provider's words.
    failure_text text,
    complained_at bigint,
    canceled_at bigint,
    cancel_cause smallint,
    canceled_by uuid references person (id) on delete set null,
    -- The cancel that Undo takes back.
    cancel_batch uuid,
    -- The day in the project's zone of sent_at, or of scheduled_at where it was not sent; days since 1970-01-01.
    day integer not null,
    -- The claim of a worker, counted up by each claim: a result with another generation is stale.
    lease_until bigint,
    generation integer not null default 0,
    attempts integer not null default 0,
    -- When the first attempt of this sending began: retries end a day later.
    first_attempt_at bigint,
    -- Rises with each change.
    version integer not null default 0,
    created_at bigint not null,
    unique (project_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade,
    foreign key (project_id, request_id) references request (project_id, id) on delete cascade,
    foreign key (project_id, location_id) references location (project_id, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- One for each order of the table, with what the filters test, so that rows which do not match are never fetched.
create index message_by_scheduled on message (project_id, scheduled_at, id, status, channel, template, location_id, day, sent_at, opened_at, clicked_at);
create index message_by_sent on message (project_id, sent_at, id, status, channel, template, location_id, day, opened_at, clicked_at) where sent_at is not null;
create index message_by_opened on message (project_id, opened_at, id, status, channel, template, location_id, day) where opened_at is not null;
create index message_by_clicked on message (project_id, clicked_at, id, status, channel, template, location_id, day) where clicked_at is not null;
-- Rare statuses: alone, in the order of sending, and those that were seen though nobody saw them sent.
create index message_by_status on message (project_id, status, scheduled_at, id, channel, template, location_id, day, sent_at, opened_at, clicked_at);
create index message_rare_by_sent on message (project_id, status, sent_at, id, channel, template, location_id, day, opened_at, clicked_at) where sent_at is not null and status not in (1, 2, 3);
create index message_seen_unsent on message (project_id, scheduled_at, id, status, channel, template, location_id, day, sent_at, opened_at, clicked_at) where sent_at is null and status in (1, 2, 3, 5);
create index message_of_customer on message (project_id, customer_id, scheduled_at, id);
create index message_of_request on message (project_id, request_id, id);
create index message_of_batch on message (project_id, cancel_batch, id) where cancel_batch is not null;
-- The worker's due-scan runs over all projects: state 0 is scheduled, 1 is being sent.
create index message_due on message (due_at, project_id, id) where state = 0;
create index message_leased on message (lease_until, project_id, id) where state = 1;

-- What was or will be sent, fixed when the message is created.
create table message_content (
    project_id uuid not null,
    message_id uuid not null,
    subject text not null,
    text text not null,
    -- Empty for SMS.
    html text not null,
    primary key (project_id, message_id),
    foreign key (project_id, message_id) references message (project_id, id) on delete cascade
);

-- The random token of the links in a message.
create table tracking_token (
    token text primary key,
    project_id uuid not null,
    message_id uuid not null,
    foreign key (project_id, message_id) references message (project_id, id) on delete cascade
);
create index tracking_token_of_message on tracking_token (project_id, message_id);

-- The timeline: appended to, never changed.
create table message_event (
    project_id uuid not null,
    message_id uuid not null,
    id uuid not null,
    at bigint not null,
    kind smallint not null,
    -- The name of the person at that time, where a person did it.
    actor text,
    detail text,
    -- 1 for mail privacy proxies and link scanners, else 0.
    machine smallint not null default 0,
    primary key (project_id, message_id, id),
    foreign key (project_id, message_id) references message (project_id, id) on delete cascade
);

-- Intents, written before the provider is called.
create table send_attempt (
    project_id uuid not null,
    message_id uuid not null,
    generation integer not null,
    started_at bigint not null,
    finished_at bigint,
    -- Null while under way; sent, deferred, failed, ambiguous, released or stale.
    outcome text,
    provider text not null,
    provider_id text,
    code text,
    detail text,
    primary key (project_id, message_id, generation),
    foreign key (project_id, message_id) references message (project_id, id) on delete cascade
);

create table review (
    project_id uuid not null,
    id uuid not null,
    customer_id uuid not null,
    -- The message whose link led to it.
    message_id uuid,
    request_id uuid,
    rating smallint not null,
    text text not null,
    created_at bigint not null,
    -- The person who added it, where staff did.
    added_by uuid references person (id) on delete set null,
    primary key (project_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index review_of_customer on review (project_id, customer_id, created_at);
create unique index review_of_request on review (project_id, request_id) where request_id is not null;

-- How many messages there are of each kind, by day and (day = 0) altogether; kept by the triggers below.
create table counter (
    project_id uuid not null,
    day integer not null,
    -- The nil UUID for messages without a location.
    location_id uuid not null,
    channel smallint not null,
    template smallint not null,
    status smallint not null,
    n bigint not null,
    opened bigint not null,
    clicked bigint not null,
    primary key (project_id, day, location_id, channel, template, status)
);

create function message_cell_location(uuid) returns uuid immutable language sql as
$$ select coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) $$;

-- Adds what a statement changed, summed by cell and in the order of the cells, so that two writers cannot deadlock.
create function message_counted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked)
    select project_id, d, message_cell_location(location_id), channel, template, status, count(*), count(opened_at), count(clicked_at)
    from added, lateral (values (day), (0)) as days (d)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked;
    return null;
end $$;

create function message_uncounted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked)
    select project_id, d, message_cell_location(location_id), channel, template, status, -count(*), -count(opened_at), -count(clicked_at)
    from removed, lateral (values (day), (0)) as days (d)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked;
    return null;
end $$;

create function message_recounted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked)
    select project_id, d, location_id, channel, template, status, sum(n), sum(opened), sum(clicked)
    from (
        select project_id, d, message_cell_location(location_id) as location_id, channel, template, status,
            1 as n, (opened_at is not null)::int as opened, (clicked_at is not null)::int as clicked
        from added, lateral (values (day), (0)) as days (d)
        union all
        select project_id, d, message_cell_location(location_id), channel, template, status,
            -1, -(opened_at is not null)::int, -(clicked_at is not null)::int
        from removed, lateral (values (day), (0)) as days (d)
    ) as change
    group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0 or sum(opened) <> 0 or sum(clicked) <> 0
    order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked;
    return null;
end $$;

create trigger message_counted after insert on message
    referencing new table as added for each statement execute function message_counted();
create trigger message_uncounted after delete on message
    referencing old table as removed for each statement execute function message_uncounted();
create trigger message_recounted after update on message
    referencing old table as removed new table as added for each statement execute function message_recounted();

-- What the search looks through: customer, subject, failure reason and UUID, folded (src/server/store/search.rs).
create table message_search (
    seq bigint primary key references message (seq) on delete cascade,
    project_id uuid not null,
    text text not null
);
create index message_search_by_text on message_search using gin (project_id, text gin_trgm_ops);
