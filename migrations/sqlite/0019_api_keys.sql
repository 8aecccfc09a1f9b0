-- Keys by which other systems use a project's REST API.
create table api_key (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    name text not null,
    -- The sum of 1 (read), 2 (write) and 4 (delete).
    scopes smallint not null,
    -- SHA-256 of a key of 256 random bits; the key itself is nowhere.
    key_hash blob not null,
    created_by blob references person (id) on delete set null,
    created_at bigint not null,
    -- When it was last used, to within some minutes; null for never.
    used_at bigint,
    primary key (project_id, id)
);
create unique index api_key_by_hash on api_key (key_hash);

-- What requests with an Idempotency-Key were answered, to be repeated for a day. Each is written in the transaction that it is about.
create table api_answer (
    project_id blob not null,
    key_id blob not null,
    -- The Idempotency-Key.
    name text not null,
    -- SHA-256 of the request's path and body.
    request_hash blob not null,
    status smallint not null,
    body text not null,
    -- The customer whom the body tells about.
    customer_id blob not null,
    answered_at bigint not null,
    primary key (project_id, key_id, name),
    foreign key (project_id, key_id) references api_key (project_id, id) on delete cascade,
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index api_answer_by_age on api_answer (answered_at);
create index api_answer_of_customer on api_answer (project_id, customer_id);
