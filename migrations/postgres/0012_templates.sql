-- Templates that staff change. The number of the version in force; 0 for the default, which nobody has changed.
alter table template add column number integer not null default 0;

-- The last versions, that in force among them.
create table template_version (
    project_id uuid not null,
    template smallint not null,
    channel smallint not null,
    number integer not null,
    -- Empty for SMS.
    subject text not null,
    body text not null,
    -- The version that it restores, 0 for the default; null where somebody wrote it.
    restored integer,
    saved_at bigint not null,
    saved_by uuid references person (id) on delete set null,
    primary key (project_id, template, channel, number),
    foreign key (project_id, template, channel) references template (project_id, template, channel) on delete cascade
);

-- From now on the text of an email names the link to unsubscribe, as the default does.
update template set body = body || chr(10) || chr(10) || 'No more messages from us: {{unsubscribe_link}}'
where channel = 0 and body not like '%unsubscribe_link%';

-- How the review page looks and what it says, where a project has chosen it; empty for what it did not choose.
create table review_page (
    project_id uuid primary key references project (id) on delete cascade,
    -- https addresses.
    logo text not null default '',
    google text not null default '',
    trustpilot text not null default '',
    facebook text not null default '',
    other text not null default '',
    other_name text not null default '',
    -- #rrggbb
    color text not null default '',
    introduction text not null default '',
    thanks text not null default ''
);
