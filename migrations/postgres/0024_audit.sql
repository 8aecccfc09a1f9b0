-- What members did in a project, in the words in which the product answered them: appended to, and deleted when it is old.
create table audit_entry (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    at bigint not null,
    -- The name at that time.
    actor text not null,
    -- The name of the server function.
    action text not null,
    sentence text not null,
    -- Whom it is about: not a foreign key, because what was done stays when a customer or message is deleted.
    customer_id uuid,
    message_id uuid,
    primary key (project_id, id)
);
create index audit_entry_by_time on audit_entry (project_id, at);
