-- What became of the last test of a connection, and what the last check of its sender's domain found. The server's connection is
-- tested by each project for itself.
create table connection_check (
    project_id blob not null references project (id) on delete cascade,
    connection_id blob not null,
    -- test or domain (src/server/store/connections.rs).
    kind text not null,
    -- JSON (src/domain/connection/page.rs, dns.rs).
    result text not null,
    primary key (project_id, connection_id, kind)
);
