-- When a message was opened or clicked by anybody: by a person or, where no person did, first by a machine. `opened_at` and
-- `clicked_at` stay what people did; the switch "including machines" reads these instead. Whoever sets those sets these too; a trigger
-- does it where that is forgotten.
alter table message add column any_opened_at bigint;
alter table message add column any_clicked_at bigint;
alter table counter add column opened_any bigint not null default 0;
alter table counter add column clicked_any bigint not null default 0;

drop trigger message_counted;
drop trigger message_uncounted;
drop trigger message_recounted;

update message set any_opened_at = opened_at, any_clicked_at = clicked_at where opened_at is not null or clicked_at is not null;
update counter set opened_any = opened, clicked_any = clicked;

-- They count what people did as what anybody did, in whichever order this trigger and the next one run.
create trigger message_counted after insert on message begin
    insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any) values
        (new.project_id, new.day, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null),
        (new.project_id, 0, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null)
    on conflict do update set n = n + 1, opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
        opened_any = opened_any + excluded.opened_any, clicked_any = clicked_any + excluded.clicked_any;
end;

create trigger message_uncounted after delete on message begin
    update counter set n = n - 1, opened = opened - (old.opened_at is not null), clicked = clicked - (old.clicked_at is not null),
        opened_any = opened_any - (coalesce(old.opened_at, old.any_opened_at) is not null),
        clicked_any = clicked_any - (coalesce(old.clicked_at, old.any_clicked_at) is not null)
    where project_id = old.project_id and day in (0, old.day) and location_id = coalesce(old.location_id, zeroblob(16))
        and channel = old.channel and template = old.template and status = old.status;
end;

create trigger message_recounted after update of status, day, location_id, opened_at, clicked_at, any_opened_at, any_clicked_at on message
when new.status <> old.status or new.day <> old.day or new.location_id is not old.location_id
    or (new.opened_at is null) <> (old.opened_at is null) or (new.clicked_at is null) <> (old.clicked_at is null)
    or (coalesce(new.opened_at, new.any_opened_at) is null) <> (coalesce(old.opened_at, old.any_opened_at) is null)
    or (coalesce(new.clicked_at, new.any_clicked_at) is null) <> (coalesce(old.clicked_at, old.any_clicked_at) is null)
begin
    update counter set n = n - 1, opened = opened - (old.opened_at is not null), clicked = clicked - (old.clicked_at is not null),
        opened_any = opened_any - (coalesce(old.opened_at, old.any_opened_at) is not null),
        clicked_any = clicked_any - (coalesce(old.clicked_at, old.any_clicked_at) is not null)
    where project_id = old.project_id and day in (0, old.day) and location_id = coalesce(old.location_id, zeroblob(16))
        and channel = old.channel and template = old.template and status = old.status;
    insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any) values
        (new.project_id, new.day, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null),
        (new.project_id, 0, coalesce(new.location_id, zeroblob(16)), new.channel, new.template, new.status, 1, new.opened_at is not null, new.clicked_at is not null,
            coalesce(new.opened_at, new.any_opened_at) is not null, coalesce(new.clicked_at, new.any_clicked_at) is not null)
    on conflict do update set n = n + 1, opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
        opened_any = opened_any + excluded.opened_any, clicked_any = clicked_any + excluded.clicked_any;
end;

create trigger message_any_inserted after insert on message
when (new.opened_at is not null and new.any_opened_at is not new.opened_at)
    or (new.clicked_at is not null and new.any_clicked_at is not new.clicked_at)
begin
    update message set any_opened_at = coalesce(opened_at, any_opened_at), any_clicked_at = coalesce(clicked_at, any_clicked_at)
    where seq = new.seq;
end;

create trigger message_any_updated after update of opened_at, clicked_at on message
when (new.opened_at is not null and new.any_opened_at is not new.opened_at)
    or (new.clicked_at is not null and new.any_clicked_at is not new.clicked_at)
begin
    update message set any_opened_at = coalesce(opened_at, any_opened_at), any_clicked_at = coalesce(clicked_at, any_clicked_at)
    where seq = new.seq;
end;

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
