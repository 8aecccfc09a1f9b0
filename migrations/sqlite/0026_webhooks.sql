-- Webhooks out: addresses that are told what happens in a project (src/server/webhooks_out/).

create table webhook (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    url text not null,
    -- A bit for each event, by the numbers of src/domain/webhook.rs.
    events integer not null,
    -- What deliveries are signed with, encrypted; and the one before, which counts until then.
    secret blob not null,
    former_secret blob,
    former_until bigint,
    -- 1 while it is told, else 0: why, since when, and the name of the person who did it.
    active smallint not null default 1,
    off_cause smallint,
    off_at bigint,
    off_by text,
    -- Since when nothing got through, and how many deliveries were given up meanwhile.
    failing_since bigint,
    given_up integer not null default 0,
    created_at bigint not null,
    created_by text not null,
    primary key (project_id, id)
);

-- One event for one webhook. Added by the triggers below, in the transaction of what happened.
create table webhook_delivery (
    project_id blob not null,
    webhook_id blob not null,
    -- That of the timeline's event or of the review; an unsubscribe has none, and is given one.
    id blob not null,
    event smallint not null,
    -- The message, the review or the customer that it is about; the webhook itself for a test.
    subject_id blob not null,
    -- When it happened.
    at bigint not null,
    -- 0 waits, 1 delivered, 2 given up.
    state smallint not null default 0,
    -- When it is tried next. A claim sets it to the end of its lease.
    due_at bigint not null,
    -- Attempts so far, counted up by each claim: a result with another number is stale.
    attempts integer not null default 0,
    -- The last attempt: when it ended, what was answered or went wrong, and how long it took, in ms.
    tried_at bigint,
    answer integer,
    error text not null default '',
    took integer,
    primary key (project_id, webhook_id, id),
    foreign key (project_id, webhook_id) references webhook (project_id, id) on delete cascade
);
create index webhook_delivery_due on webhook_delivery (project_id, webhook_id, due_at, id) where state = 0;
create index webhook_delivery_by_time on webhook_delivery (project_id, webhook_id, at, id);
-- What is old is deleted over all projects.
create index webhook_delivery_by_age on webhook_delivery (at);

-- The kinds 3 to 9 of a timeline's events are Sent to Canceled. What machines do is left out.
create trigger webhook_message after insert on message_event when new.machine = 0 and new.kind between 3 and 9 begin
    insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at)
    select w.project_id, w.id, new.id, new.kind - 3, new.message_id, new.at, new.at
    from webhook w where w.project_id = new.project_id and w.active = 1 and (w.events >> (new.kind - 3)) & 1 = 1;
end;
create trigger webhook_review after insert on review begin
    insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at)
    select w.project_id, w.id, new.id, 7, new.id, new.created_at, new.created_at
    from webhook w where w.project_id = new.project_id and w.active = 1 and (w.events >> 7) & 1 = 1;
end;
-- A UUIDv7 is made.
create trigger webhook_unsubscribed after update of unsubscribed_at on customer
when new.unsubscribed_at is not null and old.unsubscribed_at is null begin
    insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at)
    select w.project_id, w.id, e.id, 8, new.id, new.unsubscribed_at, new.unsubscribed_at
    from webhook w, (select unhex(printf('%012x7%s8%s', new.unsubscribed_at, substr(hex(randomblob(2)), 2), substr(hex(randomblob(8)), 2))) as id) e
    where w.project_id = new.project_id and w.active = 1 and (w.events >> 8) & 1 = 1;
end;
