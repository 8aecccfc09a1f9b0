-- Needs attention: the failures that nobody has resent or dismissed, by cause (src/server/store/attention.rs).

-- Of a failure that staff dismissed: the dismissal that Undo takes back.
alter table message add column dismiss_batch uuid;

-- The list is by the code: each failure has one.
update message set failure_code = 'other' where status = 4 and failure_code is null;

create index message_attention on message (project_id, failure_code, channel, failed_at, id) where status = 4 and dismiss_batch is null;
create index message_of_dismissal on message (project_id, dismiss_batch, id) where dismiss_batch is not null;

-- What was dismissed is one failure: the next one of the message is news, whoever reports it.
create function message_undismissed() returns trigger language plpgsql as $$
begin
    new.dismiss_batch := null;
    return new;
end $$;
create trigger message_undismissed before update of failed_at on message for each row
    when (new.dismiss_batch is not null and new.failed_at is distinct from old.failed_at)
    execute function message_undismissed();
