-- Needs attention: the failures that nobody has resent or dismissed, by cause (src/server/store/attention.rs).

-- Of a failure that staff dismissed: the dismissal that Undo takes back.
alter table message add column dismiss_batch blob;

-- The list is by the code: each failure has one.
update message set failure_code = 'other' where status = 4 and failure_code is null;

create index message_attention on message (project_id, failure_code, channel, failed_at, id) where status = 4 and dismiss_batch is null;
create index message_of_dismissal on message (project_id, dismiss_batch, id) where dismiss_batch is not null;

-- What was dismissed is one failure: the next one of the message is news, whoever reports it.
create trigger message_undismissed after update of failed_at on message
when new.dismiss_batch is not null and new.failed_at is not old.failed_at
begin
    update message set dismiss_batch = null where seq = new.seq;
end;
