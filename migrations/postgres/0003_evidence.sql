-- What an attempt leaves for the provider's support: the server that was asked, and what was said, without anything that is
-- the customer's or secret (src/server/delivery/evidence.rs).
alter table send_attempt add column server text;
alter table send_attempt add column dialogue text;
