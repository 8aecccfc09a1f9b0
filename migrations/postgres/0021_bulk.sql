-- Bulk actions on messages, as records. ../sqlite has the comments.
create table bulk_action (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    kind smallint not null,
    state smallint not null,
    created_by uuid references person (id) on delete set null,
    created_at bigint not null,
    reason text not null default '',
    filter text,
    except_ids text not null default '[]',
    left_out integer not null default 0,
    canceled smallint not null default 0,
    new_at bigint,
    days integer,
    pace integer,
    place_at bigint,
    place_id uuid,
    steps integer not null default 0,
    total bigint not null default 0,
    done bigint not null default 0,
    skipped text not null default '[]',
    undone bigint not null default 0,
    kept text not null default '[]',
    next_at bigint not null default 0,
    stopped smallint,
    finished_at bigint,
    is_old smallint not null default 0,
    primary key (project_id, id)
);
create index bulk_action_open on bulk_action (next_at, project_id, id) where state in (0, 1, 4);
create index bulk_action_ended on bulk_action (finished_at, project_id, id) where is_old = 0;

create table bulk_action_row (
    project_id uuid not null,
    bulk_id uuid not null,
    message_id uuid not null,
    customer_id uuid,
    channel smallint,
    template smallint,
    reminder smallint,
    outcome smallint not null default 0,
    undo smallint,
    former_at bigint,
    former_state smallint,
    new_at bigint,
    primary key (project_id, bulk_id, message_id),
    foreign key (project_id, bulk_id) references bulk_action (project_id, id) on delete cascade
);
