-- For how many months what messages said and to whom, and their timelines, are kept after a message has come to its end; null for ever.
alter table project add column content_months smallint;
alter table project add column event_months smallint;

-- After how many months what the message said was removed; null while it is there.
alter table message_content add column removed_after smallint;
-- What is still there, in the order in which the messages were made.
create index message_content_kept on message_content (project_id, message_id) where removed_after is null;
