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
    has_notes = (exists (select 1 from note n where n.project_id = customer.project_id and n.customer_id = customer.id))::int;

create function customer_requested() returns trigger language plpgsql as $$
begin
    update customer c set requested_at = new.created_at
    where c.project_id = new.project_id and c.id = new.customer_id and (c.requested_at is null or c.requested_at > new.created_at);
    return null;
end $$;
create trigger customer_requested after insert on request for each row execute function customer_requested();

-- The others work out anew what the rows of one customer say.
create function customer_unrequested() returns trigger language plpgsql as $$
begin
    update customer c set requested_at = (select min(r.created_at) from request r where r.project_id = old.project_id and r.customer_id = old.customer_id)
    where c.project_id = old.project_id and c.id = old.customer_id;
    return null;
end $$;
create trigger customer_unrequested after delete on request for each row execute function customer_unrequested();

create function customer_clicked() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then new := old; end if;
    update customer c set clicked_at = (select min(m.clicked_at) from message m where m.project_id = new.project_id and m.customer_id = new.customer_id)
    where c.project_id = new.project_id and c.id = new.customer_id;
    return null;
end $$;
create trigger customer_clicked_added after insert on message for each row
    when (new.clicked_at is not null) execute function customer_clicked();
create trigger customer_clicked_changed after update of clicked_at on message for each row
    when (new.clicked_at is distinct from old.clicked_at) execute function customer_clicked();
create trigger customer_clicked_removed after delete on message for each row
    when (old.clicked_at is not null) execute function customer_clicked();

create function customer_reviewed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then new := old; end if;
    update customer c set (reviewed_at, rating) = (
        select v.created_at, v.rating from review v where v.project_id = new.project_id and v.customer_id = new.customer_id order by v.created_at desc, v.id desc limit 1
    ) where c.project_id = new.project_id and c.id = new.customer_id;
    return null;
end $$;
create trigger customer_reviewed after insert or update of rating, created_at on review for each row execute function customer_reviewed();
create trigger customer_unreviewed after delete on review for each row execute function customer_reviewed();

create function customer_noted() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then new := old; end if;
    update customer c set has_notes = (exists (select 1 from note n where n.project_id = new.project_id and n.customer_id = new.customer_id))::int
    where c.project_id = new.project_id and c.id = new.customer_id;
    return null;
end $$;
create trigger customer_noted after insert on note for each row execute function customer_noted();
create trigger customer_unnoted after delete on note for each row execute function customer_noted();

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

-- What the search looks through: customer.search_text, kept by triggers. A table of its own, so that a change of anything else in a
-- customer leaves the index of trigrams alone.
create table customer_search (
    project_id uuid not null,
    customer_id uuid not null,
    text text not null,
    primary key (project_id, customer_id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
insert into customer_search (project_id, customer_id, text) select project_id, id, search_text from customer;
create index customer_search_by_text on customer_search using gin (project_id, text gin_trgm_ops);

create function customer_findable() returns trigger language plpgsql as $$
begin
    insert into customer_search (project_id, customer_id, text) select project_id, id, search_text from added;
    return null;
end $$;
create trigger customer_findable after insert on customer
    referencing new table as added for each statement execute function customer_findable();

create function customer_renamed() returns trigger language plpgsql as $$
begin
    update customer_search set text = new.search_text where project_id = new.project_id and customer_id = new.id;
    return null;
end $$;
create trigger customer_renamed after update of search_text on customer for each row
    when (new.search_text is distinct from old.search_text) execute function customer_renamed();
