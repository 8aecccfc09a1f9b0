-- Templates that staff change. The number of the version in force; 0 for the default, which nobody has changed.
alter table template add column number integer not null default 0;

-- The last versions, that in force among them.
create table template_version (
    project_id blob not null,
    template smallint not null,
    channel smallint not null,
    number integer not null,
    -- Empty for SMS.
    subject text not null,
    body text not null,
    -- The version that it restores, 0 for the default; null where somebody wrote it.
    restored integer,
    saved_at bigint not null,
    saved_by blob references person (id) on delete set null,
    primary key (project_id, template, channel, number),
    foreign key (project_id, template, channel) references template (project_id, template, channel) on delete cascade
);

-- From now on the text of an email names the link to unsubscribe, as the default does.
update template set body = body || char(10) || char(10) || 'No more messages from us: {{unsubscribe_link}}'
where channel = 0 and body not like '%unsubscribe_link%';
