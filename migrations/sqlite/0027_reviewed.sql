-- The stars of the review that a message led to; null where it led to none. Kept by the triggers below, so that the Messages page filters by it
-- and counts it as it does opens and clicks.
alter table message add column rating smallint;
alter table counter add column reviewed bigint not null default 0;

drop trigger message_counted;
drop trigger message_uncounted;
drop trigger message_recounted;

update message set rating = v.rating from review v where v.project_id = message.project_id and v.message_id = message.id;
insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed)
select project_id, d, coalesce(location_id, zeroblob(16)), channel, template, status, 0, 0, 0, 0, 0, count(*)
from (select m.*, m.day as d from message m where m.rating is not null union all select m.*, 0 as d from message m where m.rating is not null) t
where true group by 1, 2, 3, 4, 5, 6
on conflict (project_id, day, location_id, channel, template, status) do update set reviewed = excluded.reviewed;

create trigger message_counted after insert on message begin
    insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed) values
        (new.project_id, new.day, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null, new.rating is not null),
        (new.project_id, 0, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null, new.rating is not null)
    on conflict do update set n = n + 1, opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
        opened_any = opened_any + excluded.opened_any, clicked_any = clicked_any + excluded.clicked_any, reviewed = reviewed + excluded.reviewed;
end;

create trigger message_uncounted after delete on message begin
    update counter set n = n - 1, opened = opened - (old.opened_at is not null), clicked = clicked - (old.clicked_at is not null),
        opened_any = opened_any - (coalesce(old.opened_at, old.any_opened_at) is not null),
        clicked_any = clicked_any - (coalesce(old.clicked_at, old.any_clicked_at) is not null),
        reviewed = reviewed - (old.rating is not null)
    where project_id = old.project_id and day in (0, old.day) and location_id = coalesce(old.location_id, zeroblob(16))
        and channel = old.channel and template = old.template and status = old.status;
end;

create trigger message_recounted after update of status, day, location_id, opened_at, clicked_at, any_opened_at, any_clicked_at, rating on message
when new.status <> old.status or new.day <> old.day or new.location_id is not old.location_id
    or (new.opened_at is null) <> (old.opened_at is null) or (new.clicked_at is null) <> (old.clicked_at is null)
    or (coalesce(new.opened_at, new.any_opened_at) is null) <> (coalesce(old.opened_at, old.any_opened_at) is null)
    or (coalesce(new.clicked_at, new.any_clicked_at) is null) <> (coalesce(old.clicked_at, old.any_clicked_at) is null)
    or (new.rating is null) <> (old.rating is null)
begin
    update counter set n = n - 1, opened = opened - (old.opened_at is not null), clicked = clicked - (old.clicked_at is not null),
        opened_any = opened_any - (coalesce(old.opened_at, old.any_opened_at) is not null),
        clicked_any = clicked_any - (coalesce(old.clicked_at, old.any_clicked_at) is not null),
        reviewed = reviewed - (old.rating is not null)
    where project_id = old.project_id and day in (0, old.day) and location_id = coalesce(old.location_id, zeroblob(16))
        and channel = old.channel and template = old.template and status = old.status;
    insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed) values
        (new.project_id, new.day, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null, new.rating is not null),
        (new.project_id, 0, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null, new.rating is not null)
    on conflict do update set n = n + 1, opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
        opened_any = opened_any + excluded.opened_any, clicked_any = clicked_any + excluded.clicked_any, reviewed = reviewed + excluded.reviewed;
end;

create trigger message_reviewed after insert on review when new.message_id is not null begin
    update message set rating = new.rating where project_id = new.project_id and id = new.message_id;
end;

create trigger message_rerated after update of rating on review when new.message_id is not null begin
    update message set rating = new.rating where project_id = new.project_id and id = new.message_id;
end;

create trigger message_unreviewed after delete on review when old.message_id is not null begin
    update message set rating = null where project_id = old.project_id and id = old.message_id;
end;

-- One for each order of the table, with what the filters test.
create index message_reviewed_by_scheduled on message (project_id, scheduled_at, id, status, channel, template, location_id, day, rating, sent_at, opened_at, clicked_at, any_opened_at, any_clicked_at) where rating is not null;
create index message_reviewed_by_sent on message (project_id, sent_at, id, status, channel, template, location_id, day, rating) where rating is not null and sent_at is not null;
create index message_reviewed_by_opened on message (project_id, opened_at, id, status, channel, template, location_id, day, rating) where rating is not null and opened_at is not null;
create index message_reviewed_by_clicked on message (project_id, clicked_at, id, status, channel, template, location_id, day, rating) where rating is not null and clicked_at is not null;
create index message_reviewed_by_any_opened on message (project_id, any_opened_at, id, status, channel, template, location_id, day, rating) where rating is not null and any_opened_at is not null;
create index message_reviewed_by_any_clicked on message (project_id, any_clicked_at, id, status, channel, template, location_id, day, rating) where rating is not null and any_clicked_at is not null;
