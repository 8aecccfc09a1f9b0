-- Files of customers. ../sqlite has the comments.
create table customer_import (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    created_by uuid references person (id) on delete set null,
    created_at bigint not null,
    file_name text not null,
    state smallint not null default 0,
    encoding text not null,
    separator text not null,
    has_header smallint not null,
    columns text not null,
    preview text not null,
    matching text not null,
    remembered smallint not null default 0,
    header text not null,
    total integer not null,
    added integer not null default 0,
    updated integer not null default 0,
    unchanged integer not null default 0,
    duplicates integer not null default 0,
    refused integer not null default 0,
    read_to bigint not null default 0,
    problems text not null default '[]',
    problem_bytes bigint not null default 0,
    failure text not null default '',
    started_at bigint,
    finished_at bigint,
    lease uuid,
    lease_until bigint,
    primary key (project_id, id)
);
create index customer_import_by_time on customer_import (project_id, created_at);
create index customer_import_started on customer_import (started_at, project_id, id) where state = 1;

create table import_matching (
    project_id uuid not null references project (id) on delete cascade,
    header text not null,
    matching text not null,
    primary key (project_id, header)
);
