-- For how many days after a message was sent its review link works; null for ever. The link to unsubscribe always works.
alter table project add column link_days smallint;
