-- Webhooks out. ../sqlite has the comments.
create table webhook (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    url text not null,
    events integer not null,
    secret bytea not null,
    former_secret bytea,
    former_until bigint,
    active smallint not null default 1,
    off_cause smallint,
    off_at bigint,
    off_by text,
    failing_since bigint,
    given_up integer not null default 0,
    created_at bigint not null,
    created_by text not null,
    primary key (project_id, id)
);

create table webhook_delivery (
    project_id uuid not null,
    webhook_id uuid not null,
    id uuid not null,
    event smallint not null,
    subject_id uuid not null,
    at bigint not null,
    state smallint not null default 0,
    due_at bigint not null,
    attempts integer not null default 0,
    tried_at bigint,
    answer integer,
    error text not null default '',
    took integer,
    primary key (project_id, webhook_id, id),
    foreign key (project_id, webhook_id) references webhook (project_id, id) on delete cascade
);
create index webhook_delivery_due on webhook_delivery (project_id, webhook_id, due_at, id) where state = 0;
create index webhook_delivery_by_time on webhook_delivery (project_id, webhook_id, at, id);
create index webhook_delivery_by_age on webhook_delivery (at);

create function webhook_message() returns trigger language plpgsql as $$
begin
    insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at)
    select w.project_id, w.id, a.id, a.kind - 3, a.message_id, a.at, a.at
    from added a join webhook w on w.project_id = a.project_id
    where a.machine = 0 and a.kind between 3 and 9 and w.active = 1 and (w.events >> (a.kind - 3)) & 1 = 1;
    return null;
end $$;
create trigger webhook_message after insert on message_event
    referencing new table as added for each statement execute function webhook_message();

create function webhook_review() returns trigger language plpgsql as $$
begin
    insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at)
    select w.project_id, w.id, new.id, 7, new.id, new.created_at, new.created_at
    from webhook w where w.project_id = new.project_id and w.active = 1 and (w.events >> 7) & 1 = 1;
    return null;
end $$;
create trigger webhook_review after insert on review for each row execute function webhook_review();

create function webhook_unsubscribed() returns trigger language plpgsql as $$
declare
    made uuid := (lpad(to_hex(new.unsubscribed_at), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
begin
    insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at)
    select w.project_id, w.id, made, 8, new.id, new.unsubscribed_at, new.unsubscribed_at
    from webhook w where w.project_id = new.project_id and w.active = 1 and (w.events >> 8) & 1 = 1;
    return null;
end $$;
create trigger webhook_unsubscribed after update of unsubscribed_at on customer for each row
    when (new.unsubscribed_at is not null and old.unsubscribed_at is null) execute function webhook_unsubscribed();
