-- When a message was opened or clicked by anybody: by a person or, where no person did, first by a machine. `opened_at` and
-- `clicked_at` stay what people did; the switch "including machines" reads these instead. Whoever sets those sets these too; a trigger
-- does it where that is forgotten.
alter table message add column any_opened_at bigint;
alter table message add column any_clicked_at bigint;
alter table counter add column opened_any bigint not null default 0;
alter table counter add column clicked_any bigint not null default 0;

drop trigger message_counted on message;
drop trigger message_uncounted on message;
drop trigger message_recounted on message;

update message set any_opened_at = opened_at, any_clicked_at = clicked_at where opened_at is not null or clicked_at is not null;
update counter set opened_any = opened, clicked_any = clicked;

create or replace function message_counted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any)
    select project_id, d, message_cell_location(location_id), channel, template, status, count(*), count(opened_at), count(clicked_at),
        count(any_opened_at), count(any_clicked_at)
    from added, lateral (values (day), (0)) as days (d)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked,
        opened_any = kept.opened_any + excluded.opened_any, clicked_any = kept.clicked_any + excluded.clicked_any;
    return null;
end $$;

create or replace function message_uncounted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any)
    select project_id, d, message_cell_location(location_id), channel, template, status, -count(*), -count(opened_at), -count(clicked_at),
        -count(any_opened_at), -count(any_clicked_at)
    from removed, lateral (values (day), (0)) as days (d)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked,
        opened_any = kept.opened_any + excluded.opened_any, clicked_any = kept.clicked_any + excluded.clicked_any;
    return null;
end $$;

create or replace function message_recounted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any)
    select project_id, d, location_id, channel, template, status, sum(n), sum(opened), sum(clicked), sum(opened_any), sum(clicked_any)
    from (
        select project_id, d, message_cell_location(location_id) as location_id, channel, template, status, 1 as n,
            (opened_at is not null)::int as opened, (clicked_at is not null)::int as clicked,
            (any_opened_at is not null)::int as opened_any, (any_clicked_at is not null)::int as clicked_any
        from added, lateral (values (day), (0)) as days (d)
        union all
        select project_id, d, message_cell_location(location_id), channel, template, status, -1,
            -(opened_at is not null)::int, -(clicked_at is not null)::int,
            -(any_opened_at is not null)::int, -(any_clicked_at is not null)::int
        from removed, lateral (values (day), (0)) as days (d)
    ) as change
    group by 1, 2, 3, 4, 5, 6
    having sum(n) <> 0 or sum(opened) <> 0 or sum(clicked) <> 0 or sum(opened_any) <> 0 or sum(clicked_any) <> 0
    order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked,
        opened_any = kept.opened_any + excluded.opened_any, clicked_any = kept.clicked_any + excluded.clicked_any;
    return null;
end $$;

create trigger message_counted after insert on message
    referencing new table as added for each statement execute function message_counted();
create trigger message_uncounted after delete on message
    referencing old table as removed for each statement execute function message_uncounted();
create trigger message_recounted after update on message
    referencing old table as removed new table as added for each statement execute function message_recounted();

create function message_any() returns trigger language plpgsql as $$
begin
    new.any_opened_at := coalesce(new.opened_at, new.any_opened_at);
    new.any_clicked_at := coalesce(new.clicked_at, new.any_clicked_at);
    return new;
end $$;

create trigger message_any before insert or update on message for each row
    when (new.opened_at is not null and new.any_opened_at is distinct from new.opened_at
        or new.clicked_at is not null and new.any_clicked_at is distinct from new.clicked_at)
    execute function message_any();

-- What machines did before: 5 is opened, 6 is clicked.
update message set any_opened_at = (
    select min(e.at) from message_event e
    where e.project_id = message.project_id and e.message_id = message.id and e.machine = 1 and e.kind = 5
) where any_opened_at is null and (project_id, id) in (select project_id, message_id from message_event where machine = 1 and kind = 5);
update message set any_clicked_at = (
    select min(e.at) from message_event e
    where e.project_id = message.project_id and e.message_id = message.id and e.machine = 1 and e.kind = 6
) where any_clicked_at is null and (project_id, id) in (select project_id, message_id from message_event where machine = 1 and kind = 6);

create index message_by_any_opened on message (project_id, any_opened_at, id, status, channel, template, location_id, day) where any_opened_at is not null;
create index message_by_any_clicked on message (project_id, any_clicked_at, id, status, channel, template, location_id, day) where any_clicked_at is not null;
-- With the new columns, which the filters test.
drop index message_by_scheduled;
drop index message_by_sent;
drop index message_by_status;
drop index message_seen_unsent;
create index message_by_scheduled on message (project_id, scheduled_at, id, status, channel, template, location_id, day, sent_at, opened_at, clicked_at, any_opened_at, any_clicked_at);
create index message_by_sent on message (project_id, sent_at, id, status, channel, template, location_id, day, opened_at, clicked_at, any_opened_at, any_clicked_at) where sent_at is not null;
create index message_by_status on message (project_id, status, scheduled_at, id, channel, template, location_id, day, sent_at, opened_at, clicked_at, any_opened_at, any_clicked_at);
create index message_seen_unsent on message (project_id, scheduled_at, id, status, channel, template, location_id, day, sent_at, opened_at, clicked_at, any_opened_at, any_clicked_at) where sent_at is null and status in (1, 2, 3, 5);
