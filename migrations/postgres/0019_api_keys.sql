-- Keys by which other systems use a project's REST API. ../sqlite has the comments.
create table api_key (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    name text not null,
    scopes smallint not null,
    key_hash bytea not null,
    created_by uuid references person (id) on delete set null,
    created_at bigint not null,
    used_at bigint,
    primary key (project_id, id)
);
create unique index api_key_by_hash on api_key (key_hash);

create table api_answer (
    project_id uuid not null,
    key_id uuid not null,
    name text not null,
    request_hash bytea not null,
    status smallint not null,
    body text not null,
    customer_id uuid not null,
    answered_at bigint not null,
    primary key (project_id, key_id, name),
    foreign key (project_id, key_id) references api_key (project_id, id) on delete cascade,
    foreign key (project_id, customer_id) references customer (project_id, id) on delete cascade
);
create index api_answer_by_age on api_answer (answered_at);
create index api_answer_of_customer on api_answer (project_id, customer_id);
