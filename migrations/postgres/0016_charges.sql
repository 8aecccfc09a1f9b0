-- What customers paid, one row a charge. ../sqlite has the comments.
create table charge (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    customer_id uuid not null,
    charged_on integer not null,
    amount bigint not null,
    currency text not null,
    subscription smallint not null default 0,
    external_id text not null default '',
    added_at bigint not null,
    primary key (project_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index charge_of_customer on charge (project_id, customer_id, charged_on, id);
create unique index charge_by_external_id on charge (project_id, external_id) where external_id <> '';

create table charge_sum (
    project_id uuid not null,
    customer_id uuid not null,
    currency text not null,
    charges integer not null,
    total bigint not null,
    subscriptions integer not null,
    last_on integer not null,
    primary key (project_id, customer_id, currency),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index charge_sum_by_total on charge_sum (project_id, currency, total, customer_id);

create function charge_added() returns trigger language plpgsql as $$
begin
    insert into charge_sum as s (project_id, customer_id, currency, charges, total, subscriptions, last_on)
    select a.project_id, a.customer_id, a.currency, count(*), sum(a.amount), sum(a.subscription), max(a.charged_on)
    from added a group by a.project_id, a.customer_id, a.currency
    on conflict (project_id, customer_id, currency) do update set charges = s.charges + excluded.charges,
        total = s.total + excluded.total, subscriptions = s.subscriptions + excluded.subscriptions,
        last_on = greatest(s.last_on, excluded.last_on);
    update customer c set plan_revision = 0 from added a
    where c.project_id = a.project_id and c.id = a.customer_id and c.plan <> 1 and c.plan_revision > 0;
    return null;
end $$;
create trigger charge_added after insert on charge
    referencing new table as added for each statement execute function charge_added();

create function charge_removed() returns trigger language plpgsql as $$
begin
    update charge_sum s set charges = s.charges - 1, total = s.total - old.amount, subscriptions = s.subscriptions - old.subscription,
        last_on = coalesce((select max(c.charged_on) from charge c where c.project_id = old.project_id
            and c.customer_id = old.customer_id and c.currency = old.currency), s.last_on)
    where s.project_id = old.project_id and s.customer_id = old.customer_id and s.currency = old.currency;
    delete from charge_sum s
    where s.project_id = old.project_id and s.customer_id = old.customer_id and s.currency = old.currency and s.charges <= 0;
    update customer c set plan_revision = 0
    where c.project_id = old.project_id and c.id = old.customer_id and c.plan <> 1 and c.plan_revision > 0;
    return null;
end $$;
create trigger charge_removed after delete on charge for each row execute function charge_removed();

alter table customer_import add column charges integer not null default 0;

alter table customer add column erased_at bigint;

create table erased_address (
    project_id uuid not null references project (id) on delete cascade,
    hash bytea not null,
    erased_at bigint not null,
    primary key (project_id, hash)
);
create table erasure_key (
    project_id uuid primary key references project (id) on delete cascade,
    key bytea not null
);
