-- When messages may be sent: a window for each day of the week, Monday first (src/domain/schedule/week.rs); empty for anytime.
alter table project add column week text not null default '';
update project set week = replace('w w w w w w w', 'w', window_start || '-' || window_end)
where window_start is not null and window_end is not null;
alter table project drop column window_start;
alter table project drop column window_end;

-- What staff choose about requests that are made without them: the Strategy page.
create table strategy (
    project_id blob primary key references project (id) on delete cascade,
    -- 0 off, 1 on, 2 paused.
    automate smallint not null default 0,
    -- Customers whose date is on or after this day are asked; days since 1970-01-01.
    since_day integer not null default 0,
    -- JSON (src/domain/strategy.rs).
    settings text not null,
    -- Rises with each change: customers who were not asked are looked at again.
    revision integer not null default 1,
    changed_at bigint not null,
    -- The name of the person at that time.
    changed_by text not null
);

-- Which process does what only one may do at a time, and until when it has said so.
create table leader (
    name text primary key,
    holder blob not null,
    until bigint not null
);

-- The day of the visit or purchase that the strategy may count from; days since 1970-01-01.
alter table customer add column visited_on integer;
-- What the strategy made of the customer (src/domain/strategy/verdict.rs): 0 not looked at yet, 1 asked, else why not.
alter table customer add column plan smallint not null default 0;
-- The revision of the strategy that decided so; 0 where something about the customer has changed since.
alter table customer add column plan_revision integer not null default 0;
create index customer_to_plan on customer (project_id, plan_revision, id) where plan <> 1;
create index customer_not_asked on customer (project_id, plan, name, id) where plan > 1;

-- 0 for the strategy's request, 1 and 2 for its retries; null for one that was made by hand.
alter table request add column run smallint;
create unique index request_of_run on request (project_id, customer_id, run) where run is not null;
-- When to see whether another run follows.
alter table request add column retry_at bigint;
create index request_to_retry on request (project_id, retry_at, id) where retry_at is not null;

-- Whether the planner has yet to see if the review is to be answered with a thank-you.
alter table review add column to_thank smallint not null default 0;
create index review_to_thank on review (project_id, id) where to_thank = 1;

-- How the strategy came to the message's time, a sentence; empty where it did not.
alter table message_content add column why text not null default '';

-- What a condition of the strategy depends on has changed: the customer is looked at again.
create trigger customer_replanned after update of email, phone, visited_on, unsubscribed_at, archived_at on customer
when new.plan <> 1 and new.plan_revision > 0
begin
    update customer set plan_revision = 0 where project_id = new.project_id and id = new.id;
end;
create trigger suppression_replanned after delete on suppression begin
    update customer set plan_revision = 0
    where project_id = old.project_id and old.channel = 0 and email = old.address and email <> '' and plan <> 1;
    update customer set plan_revision = 0
    where project_id = old.project_id and old.channel = 1 and phone = old.address and phone <> '' and plan <> 1;
end;
