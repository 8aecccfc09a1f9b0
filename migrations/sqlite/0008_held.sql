-- What a project's staff choose about sending, beside the window: a pause, trial mode, a pace, quiet hours.
alter table project add column paused_at bigint;
-- The name of the person at that time.
alter table project add column paused_by text not null default '';
-- 1: messages leave to members and guests alone, until staff go live.
alter table project add column trial smallint not null default 0;
-- How many messages at most; null for no limit.
alter table project add column per_minute integer;
-- Whether quiet hours by the customer's clock are kept, for each channel, and their minutes after midnight.
alter table project add column quiet_email smallint not null default 0;
alter table project add column quiet_sms smallint not null default 1;
alter table project add column quiet_start smallint not null default 1260;
alter table project add column quiet_end smallint not null default 480;

-- To whom a project in trial mode sends beside its members: an email address in lower case, or a number in E.164.
create table guest (
    project_id blob not null references project (id) on delete cascade,
    address text not null,
    added_at bigint not null,
    primary key (project_id, address)
);

-- How far starts are given out, in µs since 1970 (src/domain/pace.rs): what workers share of a project's pace, and of …
create table project_use (
    project_id blob primary key references project (id) on delete cascade,
    next_start bigint not null
);
-- … a connection's, with how much was begun in its last minute and on its last day (days of the project's zone since 1970).
alter table connection_use add column next_start bigint not null default 0;
alter table connection_use add column minute bigint not null default 0;
alter table connection_use add column in_minute integer not null default 0;
alter table connection_use add column day integer not null default 0;
alter table connection_use add column in_day integer not null default 0;

-- What became of a project's messages of one channel, by the hour (hours since 1970): for the reputation guard.
create table reputation (
    project_id blob not null references project (id) on delete cascade,
    channel smallint not null,
    hour integer not null,
    -- Taken by the provider, or refused at once because the address does not exist.
    messages integer not null default 0,
    bounced integer not null default 0,
    complained integer not null default 0,
    primary key (project_id, channel, hour)
);

-- Where the reputation guard has held a channel. Once staff resume it, it counts anew.
create table channel_guard (
    project_id blob not null references project (id) on delete cascade,
    channel smallint not null,
    -- Null once staff have resumed.
    held_at bigint,
    -- What it saw: of so many messages, how many bounced, and how many were complained about.
    seen integer not null default 0,
    bounced integer not null default 0,
    complained integer not null default 0,
    resumed_at bigint,
    resumed_by text not null default '',
    -- The pace that staff chose; null for none.
    per_minute integer,
    next_start bigint not null default 0,
    primary key (project_id, channel)
);

-- Why it waits though it is due (src/domain/message/waiting.rs); 0 for nothing. The worker passes over those without looking at them.
alter table message add column hold smallint not null default 0;
-- Why due_at is later than it was planned; 0 for nothing.
alter table message add column delay smallint not null default 0;
drop index message_due;
create index message_due on message (project_id, channel, due_at, id) where state = 0 and hold = 0;
-- By the address: who joins the guests is looked up by it.
create index message_held on message (project_id, lower(recipient), id) where state = 0 and hold > 0;
