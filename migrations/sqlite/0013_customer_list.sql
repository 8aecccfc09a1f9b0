-- What the Customers page filters and sorts by, and its search (src/server/store/customers/).

-- What follows from the customer's requests, messages, reviews and notes; kept by the triggers below.
-- The first request.
alter table customer add column requested_at bigint;
-- The first click of a person that is still known.
alter table customer add column clicked_at bigint;
-- The newest review, and its stars: both or neither.
alter table customer add column reviewed_at bigint;
alter table customer add column rating smallint;
-- 1 with at least one note, else 0.
alter table customer add column has_notes smallint not null default 0;

update customer set
    requested_at = (select min(r.created_at) from request r where r.project_id = customer.project_id and r.customer_id = customer.id),
    clicked_at = (select min(m.clicked_at) from message m where m.project_id = customer.project_id and m.customer_id = customer.id),
    reviewed_at = (select v.created_at from review v where v.project_id = customer.project_id and v.customer_id = customer.id order by v.created_at desc, v.id desc limit 1),
    rating = (select v.rating from review v where v.project_id = customer.project_id and v.customer_id = customer.id order by v.created_at desc, v.id desc limit 1),
    has_notes = exists (select 1 from note n where n.project_id = customer.project_id and n.customer_id = customer.id);

create trigger customer_requested after insert on request begin
    update customer set requested_at = new.created_at
    where project_id = new.project_id and id = new.customer_id and (requested_at is null or requested_at > new.created_at);
end;
create trigger customer_unrequested after delete on request begin
    update customer set requested_at = (select min(r.created_at) from request r where r.project_id = old.project_id and r.customer_id = old.customer_id)
    where project_id = old.project_id and id = old.customer_id;
end;

create trigger customer_clicked_added after insert on message when new.clicked_at is not null begin
    update customer set clicked_at = new.clicked_at
    where project_id = new.project_id and id = new.customer_id and (clicked_at is null or clicked_at > new.clicked_at);
end;
create trigger customer_clicked_changed after update of clicked_at on message when new.clicked_at is not old.clicked_at begin
    update customer set clicked_at = (select min(m.clicked_at) from message m where m.project_id = new.project_id and m.customer_id = new.customer_id)
    where project_id = new.project_id and id = new.customer_id;
end;
create trigger customer_clicked_removed after delete on message when old.clicked_at is not null begin
    update customer set clicked_at = (select min(m.clicked_at) from message m where m.project_id = old.project_id and m.customer_id = old.customer_id)
    where project_id = old.project_id and id = old.customer_id;
end;

create trigger customer_reviewed after insert on review begin
    update customer set (reviewed_at, rating) = (
        select v.created_at, v.rating from review v where v.project_id = new.project_id and v.customer_id = new.customer_id order by v.created_at desc, v.id desc limit 1
    ) where project_id = new.project_id and id = new.customer_id;
end;
create trigger customer_review_changed after update of rating, created_at on review begin
    update customer set (reviewed_at, rating) = (
        select v.created_at, v.rating from review v where v.project_id = new.project_id and v.customer_id = new.customer_id order by v.created_at desc, v.id desc limit 1
    ) where project_id = new.project_id and id = new.customer_id;
end;
create trigger customer_unreviewed after delete on review begin
    update customer set (reviewed_at, rating) = (
        select v.created_at, v.rating from review v where v.project_id = old.project_id and v.customer_id = old.customer_id order by v.created_at desc, v.id desc limit 1
    ) where project_id = old.project_id and id = old.customer_id;
end;

create trigger customer_noted after insert on note begin
    update customer set has_notes = 1 where project_id = new.project_id and id = new.customer_id and has_notes = 0;
end;
create trigger customer_unnoted after delete on note begin
    update customer set has_notes = exists (select 1 from note n where n.project_id = old.project_id and n.customer_id = old.customer_id)
    where project_id = old.project_id and id = old.customer_id;
end;

-- One for each order of the list, with what the filters test, so that customers who do not match are never fetched.
drop index customer_by_name;
create index customer_by_name on customer (project_id, name, id, archived_at, unsubscribed_at, requested_at, clicked_at, rating, has_notes, location_id, created_at);
create index customer_by_added on customer (project_id, created_at, id, archived_at, unsubscribed_at, requested_at, clicked_at, rating, has_notes, location_id);
create index customer_by_messaged on customer (project_id, coalesce(last_messaged_at, 0), id, archived_at, unsubscribed_at, requested_at, clicked_at, rating, has_notes, location_id, created_at);
-- One for each condition that few customers may meet: those are found by it, whatever the order.
create index customer_requested_at on customer (project_id, requested_at, id);
create index customer_rated on customer (project_id, rating, id) where rating is not null;
create index customer_missed on customer (project_id, id) where clicked_at is not null and rating is null;
create index customer_noted_on on customer (project_id, id) where has_notes = 1;
create index customer_unsubscribed on customer (project_id, id) where unsubscribed_at is not null;
create index customer_archived on customer (project_id, id) where archived_at is not null;
create index customer_of_location on customer (project_id, location_id, id) where location_id is not null;
create index customer_of_tag on customer_tag (project_id, tag, customer_id);

-- What the search looks through: customer.search_text, kept by triggers. seq is project.number << 40 | n: the row's place in the search
-- index, so that a search reads one project's rows only.
create table customer_search (
    seq integer primary key,
    project_id blob not null,
    customer_id blob not null,
    text text not null,
    unique (project_id, customer_id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
insert into customer_search (seq, project_id, customer_id, text)
select (p.number << 40) + row_number() over (partition by c.project_id order by c.id), c.project_id, c.id, c.search_text
from customer c join project p on p.id = c.project_id;
create virtual table customer_fts using fts5 (text, content = 'customer_search', content_rowid = 'seq', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0);
insert into customer_fts (rowid, text) select seq, text from customer_search;

create trigger customer_search_added after insert on customer_search begin
    insert into customer_fts (rowid, text) values (new.seq, new.text);
end;
create trigger customer_search_removed after delete on customer_search begin
    insert into customer_fts (customer_fts, rowid, text) values ('delete', old.seq, old.text);
end;
create trigger customer_search_changed after update of text on customer_search when new.text <> old.text begin
    insert into customer_fts (customer_fts, rowid, text) values ('delete', old.seq, old.text);
    insert into customer_fts (rowid, text) values (new.seq, new.text);
end;
create trigger customer_findable after insert on customer begin
    insert into customer_search (seq, project_id, customer_id, text)
    select coalesce((select max(s.seq) from customer_search s where s.seq >= (p.number << 40) and s.seq < ((p.number + 1) << 40)), p.number << 40) + 1,
        new.project_id, new.id, new.search_text
    from project p where p.id = new.project_id;
end;
create trigger customer_renamed after update of search_text on customer when new.search_text <> old.search_text begin
    update customer_search set text = new.search_text where project_id = new.project_id and customer_id = new.id;
end;
