-- Whether the member is told by email of reviews with one or two stars: 1 or 0; null for what is usual, which is that Owners are.
alter table membership add column low_ratings smallint;

-- Whether it has one or two stars, and nobody has dealt with it yet. What came before is none of these.
alter table review add column is_open smallint not null default 0;
create index review_open on review (project_id, id) where is_open = 1;

-- The emails that are still to tell a member of such a review.
create table review_alert (
    project_id uuid not null,
    review_id uuid not null,
    person_id uuid not null references person (id) on delete cascade,
    -- When it is tried next.
    due_at bigint not null,
    -- How often it was tried.
    attempts integer not null default 0,
    primary key (project_id, review_id, person_id),
    foreign key (project_id, review_id) references review (project_id, id) on delete cascade
);
-- Looked through over all projects.
create index review_alert_due on review_alert (due_at, project_id);
