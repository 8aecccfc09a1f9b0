-- Bulk actions on messages, as records (src/domain/bulk/record.rs has the numbers).
create table bulk_action (
    project_id blob not null references project (id) on delete cascade,
    -- Also the batch of a cancel, which Undo takes back.
    id blob not null,
    kind smallint not null,
    state smallint not null,
    created_by blob references person (id) on delete set null,
    created_at bigint not null,
    reason text not null default '',
    -- The query of the filter; null for ticked messages. As long as messages are looked for, JSON: those that are left out.
    filter text,
    except_ids text not null default '[]',
    left_out integer not null default 0,
    -- What it does: 1 where canceled messages are scheduled again; the new time, or by how many days; messages a minute.
    canceled smallint not null default 0,
    new_at bigint,
    days integer,
    pace integer,
    -- How far it is: the last message that was looked at, and what became of them. JSON: skipped messages by reason.
    place_at bigint,
    place_id blob,
    steps integer not null default 0,
    total bigint not null default 0,
    done bigint not null default 0,
    skipped text not null default '[]',
    undone bigint not null default 0,
    kept text not null default '[]',
    -- When it goes on: later than now, where it has a pace.
    next_at bigint not null default 0,
    stopped smallint,
    finished_at bigint,
    -- 1 once what became of each message is not kept any more.
    is_old smallint not null default 0,
    primary key (project_id, id)
);
-- The look for what is to be done runs over all projects: 0 is gathering, 1 running, 4 undoing.
create index bulk_action_open on bulk_action (next_at, project_id, id) where state in (0, 1, 4);
create index bulk_action_ended on bulk_action (finished_at, project_id, id) where is_old = 0;

-- The messages of each. They stay when the message is deleted.
create table bulk_action_row (
    project_id blob not null,
    bulk_id blob not null,
    message_id blob not null,
    -- These are null where the message was gone before.
    customer_id blob,
    channel smallint,
    template smallint,
    reminder smallint,
    -- 0 is pending, 1 done; from 10 on it was skipped, for the reason with this number less ten.
    outcome smallint not null default 0,
    -- The same of its undo; null where it was not undone.
    undo smallint,
    -- Reschedule: its time and state before, and its time after.
    former_at bigint,
    former_state smallint,
    new_at bigint,
    primary key (project_id, bulk_id, message_id),
    foreign key (project_id, bulk_id) references bulk_action (project_id, id) on delete cascade
) without rowid;
