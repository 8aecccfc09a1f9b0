-- The stars of the review that a message led to; null where it led to none. Kept by the triggers below, so that the Messages page filters by it
-- and counts it as it does opens and clicks.
alter table message add column rating smallint;
alter table counter add column reviewed bigint not null default 0;

drop trigger message_recounted on message;

update message set rating = v.rating from review v where v.project_id = message.project_id and v.message_id = message.id;
insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed)
select project_id, d, message_cell_location(location_id), channel, template, status, 0, 0, 0, 0, 0, count(*)
from (select m.*, m.day as d from message m where m.rating is not null union all select m.*, 0 as d from message m where m.rating is not null) t
where true group by 1, 2, 3, 4, 5, 6
on conflict (project_id, day, location_id, channel, template, status) do update set reviewed = excluded.reviewed;

create or replace function message_counted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed)
    select project_id, d, message_cell_location(location_id), channel, template, status, count(*), count(opened_at), count(clicked_at),
        count(any_opened_at), count(any_clicked_at), count(rating)
    from added, lateral (values (day), (0)) as days (d)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked,
        opened_any = kept.opened_any + excluded.opened_any, clicked_any = kept.clicked_any + excluded.clicked_any, reviewed = kept.reviewed + excluded.reviewed;
    return null;
end $$;

create or replace function message_uncounted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed)
    select project_id, d, message_cell_location(location_id), channel, template, status, -count(*), -count(opened_at), -count(clicked_at),
        -count(any_opened_at), -count(any_clicked_at), -count(rating)
    from removed, lateral (values (day), (0)) as days (d)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked,
        opened_any = kept.opened_any + excluded.opened_any, clicked_any = kept.clicked_any + excluded.clicked_any, reviewed = kept.reviewed + excluded.reviewed;
    return null;
end $$;

create or replace function message_recounted() returns trigger language plpgsql as $$
begin
    insert into counter as kept (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed)
    select project_id, d, location_id, channel, template, status, sum(n), sum(opened), sum(clicked), sum(opened_any), sum(clicked_any), sum(reviewed)
    from (
        select project_id, d, message_cell_location(location_id) as location_id, channel, template, status, 1 as n,
            (opened_at is not null)::int as opened, (clicked_at is not null)::int as clicked,
            (any_opened_at is not null)::int as opened_any, (any_clicked_at is not null)::int as clicked_any,
            (rating is not null)::int as reviewed
        from added, lateral (values (day), (0)) as days (d)
        union all
        select project_id, d, message_cell_location(location_id), channel, template, status, -1,
            -(opened_at is not null)::int, -(clicked_at is not null)::int,
            -(any_opened_at is not null)::int, -(any_clicked_at is not null)::int, -(rating is not null)::int
        from removed, lateral (values (day), (0)) as days (d)
    ) as change
    group by 1, 2, 3, 4, 5, 6
    having sum(n) <> 0 or sum(opened) <> 0 or sum(clicked) <> 0 or sum(opened_any) <> 0 or sum(clicked_any) <> 0 or sum(reviewed) <> 0
    order by 1, 2, 3, 4, 5, 6
    on conflict (project_id, day, location_id, channel, template, status)
    do update set n = kept.n + excluded.n, opened = kept.opened + excluded.opened, clicked = kept.clicked + excluded.clicked,
        opened_any = kept.opened_any + excluded.opened_any, clicked_any = kept.clicked_any + excluded.clicked_any, reviewed = kept.reviewed + excluded.reviewed;
    return null;
end $$;

create trigger message_recounted after update on message
    referencing old table as removed new table as added for each statement execute function message_recounted();

create function message_reviewed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        update message set rating = null where project_id = old.project_id and id = old.message_id;
    else
        update message set rating = new.rating where project_id = new.project_id and id = new.message_id;
    end if;
    return null;
end $$;
create trigger message_reviewed after insert or update of rating on review for each row
    when (new.message_id is not null) execute function message_reviewed();
create trigger message_unreviewed after delete on review for each row
    when (old.message_id is not null) execute function message_reviewed();

-- One for each order of the table, with what the filters test.
create index message_reviewed_by_scheduled on message (project_id, scheduled_at, id, status, channel, template, location_id, day, rating, sent_at, opened_at, clicked_at, any_opened_at, any_clicked_at) where rating is not null;
create index message_reviewed_by_sent on message (project_id, sent_at, id, status, channel, template, location_id, day, rating) where rating is not null and sent_at is not null;
create index message_reviewed_by_opened on message (project_id, opened_at, id, status, channel, template, location_id, day, rating) where rating is not null and opened_at is not null;
create index message_reviewed_by_clicked on message (project_id, clicked_at, id, status, channel, template, location_id, day, rating) where rating is not null and clicked_at is not null;
create index message_reviewed_by_any_opened on message (project_id, any_opened_at, id, status, channel, template, location_id, day, rating) where rating is not null and any_opened_at is not null;
create index message_reviewed_by_any_clicked on message (project_id, any_clicked_at, id, status, channel, template, location_id, day, rating) where rating is not null and any_clicked_at is not null;
