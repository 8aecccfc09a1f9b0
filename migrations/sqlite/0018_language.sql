-- In which language a project speaks to its customers: 0 English, 1 German, 2 French, 3 Spanish.
alter table project add column language smallint not null default 0;

-- A template that nobody has changed follows the language. It needs no row, and where the default was restored its text is empty.
delete from template where number = 0;
update template set subject = '', body = ''
where exists (select 1 from template_version v where v.project_id = template.project_id and v.template = template.template
    and v.channel = template.channel and v.number = template.number and v.restored = 0);
update template_version set subject = '', body = '' where restored = 0;
