-- The first schema. The same tables stand in ../postgres; what differs is the types' names, the search index and the
-- triggers' language.
--
-- UUIDv7 as 16-byte blobs; instants as milliseconds since 1970 in UTC; enums by the numbers of src/domain.
-- `project_id` leads every primary key, unique key, foreign key and index, but for those of what stands above projects
-- (people, sessions), the due-scan of the worker and the directory of tracking tokens.

create table project (
    id blob primary key,
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
    project_id blob primary key references project (id) on delete cascade,
    version bigint not null default 0
);

create table person (
    id blob primary key,
    -- Lower case.
    email text not null unique,
    name text not null,
    -- PHC string (argon2id); null for whom only a one-time link lets in.
    password_hash text,
    last_project_id blob references project (id) on delete set null,
    created_at bigint not null
);

create table membership (
    project_id blob not null references project (id) on delete cascade,
    person_id blob not null references person (id) on delete cascade,
    role smallint not null,
    primary key (project_id, person_id)
);
create index membership_of_person on membership (person_id, project_id);

-- SHA-256 of a random 256-bit token.
create table session (
    token_hash blob primary key,
    person_id blob not null references person (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index session_of_person on session (person_id);

-- Links that sign in once.
create table sign_in_link (
    token_hash blob primary key,
    person_id blob not null references person (id) on delete cascade,
    expires_at bigint not null,
    used_at bigint
);

create table location (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    name text not null,
    primary key (project_id, id)
);

create table customer (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    location_id blob,
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
    project_id blob not null,
    customer_id blob not null,
    tag text not null,
    primary key (project_id, customer_id, tag),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);

create table note (
    project_id blob not null,
    customer_id blob not null,
    id blob not null,
    author_id blob references person (id) on delete set null,
    text text not null,
    created_at bigint not null,
    primary key (project_id, customer_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);

create table template (
    project_id blob not null references project (id) on delete cascade,
    template smallint not null,
    channel smallint not null,
    -- Empty for SMS.
    subject text not null,
    body text not null,
    primary key (project_id, template, channel)
);

create table request (
    project_id blob not null,
    id blob not null,
    customer_id blob not null,
    -- 1, 2, … for its customer.
    number integer not null,
    created_at bigint not null,
    -- The person who asked; null where the strategy did.
    created_by blob references person (id) on delete set null,
    primary key (project_id, id),
    unique (project_id, customer_id, number),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);

create table message (
    -- project.number << 40 | n: the row's place in the search index, so that a search reads one project's rows only.
    seq integer primary key,
    project_id blob not null,
    id blob not null,
    customer_id blob not null,
    request_id blob not null,
    location_id blob,
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
    canceled_by blob references person (id) on delete set null,
    -- The cancel that Undo takes back.
    cancel_batch blob,
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
);
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
    project_id blob not null,
    message_id blob not null,
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
    project_id blob not null,
    message_id blob not null,
    foreign key (project_id, message_id) references message (project_id, id) on delete cascade
);
create index tracking_token_of_message on tracking_token (project_id, message_id);

-- The timeline: appended to, never changed.
create table message_event (
    project_id blob not null,
    message_id blob not null,
    id blob not null,
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
    project_id blob not null,
    message_id blob not null,
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
    project_id blob not null,
    id blob not null,
    customer_id blob not null,
    -- The message whose link led to it.
    message_id blob,
    request_id blob,
    rating smallint not null,
    text text not null,
    created_at bigint not null,
    -- The person who added it, where staff did.
    added_by blob references person (id) on delete set null,
    primary key (project_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index review_of_customer on review (project_id, customer_id, created_at);
create unique index review_of_request on review (project_id, request_id) where request_id is not null;

-- How many messages there are of each kind, by day and (day = 0) altogether; kept by the triggers below.
create table counter (
    project_id blob not null,
    day integer not null,
    -- The nil UUID for messages without a location.
    location_id blob not null,
    channel smallint not null,
    template smallint not null,
    status smallint not null,
    n bigint not null,
    opened bigint not null,
    clicked bigint not null,
    primary key (project_id, day, location_id, channel, template, status)
) without rowid;

create trigger message_counted after insert on message begin
    insert into counter values
        (new.project_id, new.day, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null),
        (new.project_id, 0, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null)
    on conflict do update set n = n + 1, opened = opened + excluded.opened, clicked = clicked + excluded.clicked;
end;

create trigger message_uncounted after delete on message begin
    update counter set n = n - 1, opened = opened - (old.opened_at is not null), clicked = clicked - (old.clicked_at is not null)
    where project_id = old.project_id and day in (0, old.day) and location_id = coalesce(old.location_id, zeroblob(16))
        and channel = old.channel and template = old.template and status = old.status;
end;

create trigger message_recounted after update of status, day, location_id, opened_at, clicked_at on message
when new.status <> old.status or new.day <> old.day or new.location_id is not old.location_id
    or (new.opened_at is null) <> (old.opened_at is null) or (new.clicked_at is null) <> (old.clicked_at is null)
begin
    update counter set n = n - 1, opened = opened - (old.opened_at is not null), clicked = clicked - (old.clicked_at is not null)
    where project_id = old.project_id and day in (0, old.day) and location_id = coalesce(old.location_id, zeroblob(16))
        and channel = old.channel and template = old.template and status = old.status;
    insert into counter values
        (new.project_id, new.day, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null),
        (new.project_id, 0, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null)
    on conflict do update set n = n + 1, opened = opened + excluded.opened, clicked = clicked + excluded.clicked;
end;

-- What the search looks through: customer, subject, failure reason and UUID, folded (src/server/store/search.rs).
create table message_search (
    seq integer primary key references message (seq) on delete cascade,
    text text not null
);
create virtual table message_fts using fts5 (text, content = 'message_search', content_rowid = 'seq', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0);
create trigger message_search_added after insert on message_search begin
    insert into message_fts (rowid, text) values (new.seq, new.text);
end;
create trigger message_search_removed after delete on message_search begin
    insert into message_fts (message_fts, rowid, text) values ('delete', old.seq, old.text);
end;
create trigger message_search_changed after update of text on message_search when new.text <> old.text begin
    insert into message_fts (message_fts, rowid, text) values ('delete', old.seq, old.text);
    insert into message_fts (rowid, text) values (new.seq, new.text);
end;
