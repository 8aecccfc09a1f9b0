-- Filters of the Messages page that members have named.
create table saved_view (
    project_id uuid not null references project (id) on delete cascade,
    id uuid not null,
    owner_id uuid not null references person (id) on delete cascade,
    name text not null,
    -- As MessageFilter::to_query writes it (src/domain/filter.rs).
    query text not null,
    -- 1 where all members of the project have it in their list, else 0.
    is_shared smallint not null,
    created_at bigint not null,
    primary key (project_id, id)
);

-- Where the link Messages leads a member; nobody needs to have chosen.
create table default_view (
    project_id uuid not null references project (id) on delete cascade,
    person_id uuid not null references person (id) on delete cascade,
    view_id uuid not null,
    primary key (project_id, person_id),
    foreign key (project_id, view_id) references saved_view (project_id, id) on delete cascade
);
