-- What customers paid, one row a charge.
create table charge (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    customer_id blob not null,
    -- Days since 1970-01-01.
    charged_on integer not null,
    -- In the currency's smallest unit.
    amount bigint not null,
    -- ISO 4217.
    currency text not null,
    -- 1 where it is part of a subscription, else 0.
    subscription smallint not null default 0,
    -- By which the business's books know it: there is one charge of each; empty for none.
    external_id text not null default '',
    added_at bigint not null,
    primary key (project_id, id),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index charge_of_customer on charge (project_id, customer_id, charged_on, id);
create unique index charge_by_external_id on charge (project_id, external_id) where external_id <> '';

-- What a customer's charges in one currency come to; kept by the triggers below.
create table charge_sum (
    project_id blob not null,
    customer_id blob not null,
    currency text not null,
    charges integer not null,
    total bigint not null,
    -- How many of them are part of a subscription.
    subscriptions integer not null,
    -- The day of the last one.
    last_on integer not null,
    primary key (project_id, customer_id, currency),
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
) without rowid;
-- Who has paid at least so much may be few.
create index charge_sum_by_total on charge_sum (project_id, currency, total, customer_id);

-- What a condition of the strategy depends on has changed: the customer is looked at again.
create trigger charge_added after insert on charge begin
    insert into charge_sum (project_id, customer_id, currency, charges, total, subscriptions, last_on)
    values (new.project_id, new.customer_id, new.currency, 1, new.amount, new.subscription, new.charged_on)
    on conflict do update set charges = charges + 1, total = total + excluded.total,
        subscriptions = subscriptions + excluded.subscriptions, last_on = max(last_on, excluded.last_on);
    update customer set plan_revision = 0
    where project_id = new.project_id and id = new.customer_id and plan <> 1 and plan_revision > 0;
end;
create trigger charge_removed after delete on charge begin
    update charge_sum set charges = charges - 1, total = total - old.amount, subscriptions = subscriptions - old.subscription,
        last_on = coalesce((select max(c.charged_on) from charge c where c.project_id = old.project_id
            and c.customer_id = old.customer_id and c.currency = old.currency), last_on)
    where project_id = old.project_id and customer_id = old.customer_id and currency = old.currency;
    delete from charge_sum
    where project_id = old.project_id and customer_id = old.customer_id and currency = old.currency and charges <= 0;
    update customer set plan_revision = 0
    where project_id = old.project_id and id = old.customer_id and plan <> 1 and plan_revision > 0;
end;

-- The charges that an import added.
alter table customer_import add column charges integer not null default 0;

-- When the person behind a customer was erased; the row stays for what is counted.
alter table customer add column erased_at bigint;

-- Addresses of people who were erased, as HMAC-SHA-256 by the project's key: they are not taken again.
create table erased_address (
    project_id blob not null references project (id) on delete cascade,
    hash blob not null,
    erased_at bigint not null,
    primary key (project_id, hash)
) without rowid;
create table erasure_key (
    project_id blob primary key references project (id) on delete cascade,
    key blob not null
);
