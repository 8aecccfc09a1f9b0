-- Files of customers. The files themselves are in the data folder of the server that took them (imports/).
create table customer_import (
    project_id blob not null references project (id) on delete cascade,
    id blob not null,
    created_by blob references person (id) on delete set null,
    created_at bigint not null,
    file_name text not null,
    -- The numbers of src/domain/import.rs: 0 is ready, 1 started.
    state smallint not null default 0,
    encoding text not null,
    separator text not null,
    -- 1 where the first row holds the names of the columns, else 0.
    has_header smallint not null,
    -- JSON: the names of the columns, the first rows, and which column holds what.
    columns text not null,
    preview text not null,
    matching text not null,
    -- 1 where the matching is that of an earlier file with the same header.
    remembered smallint not null default 0,
    -- Of the header: SHA-256 in hexadecimal.
    header text not null,
    -- Rows, and what became of those up to the byte `read_to` of the file.
    total integer not null,
    added integer not null default 0,
    updated integer not null default 0,
    unchanged integer not null default 0,
    duplicates integer not null default 0,
    refused integer not null default 0,
    read_to bigint not null default 0,
    -- JSON: the first rows that were not imported. All of them are in a file, whose bytes up to `problem_bytes` count.
    problems text not null default '[]',
    problem_bytes bigint not null default 0,
    failure text not null default '',
    started_at bigint,
    finished_at bigint,
    -- The server that imports it.
    lease blob,
    lease_until bigint,
    primary key (project_id, id)
);
create index customer_import_by_time on customer_import (project_id, created_at);
-- The look for what is to be done runs over all projects.
create index customer_import_started on customer_import (started_at, project_id, id) where state = 1;

-- Which column of files with this header holds what, as it was chosen last.
create table import_matching (
    project_id blob not null references project (id) on delete cascade,
    header text not null,
    matching text not null,
    primary key (project_id, header)
);
