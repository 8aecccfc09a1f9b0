-- One project with COUNT emails that are due, each to a customer of its own.
insert into project (id, number, slug, name, time_zone, created_at) values (unhex('01900000000070018000000000000001'), 1, 'mails', 'Mails', 'UTC', 0);
insert into project_change (project_id) select id from project;
create temp table plan as
with recursive n (n) as (values (1) union all select n + 1 from n where n < COUNT)
select n, (select id from project) as project_id, unhex(printf('0190000000017001c%015x', n)) as customer_id,
    unhex(printf('0190000000027001d%015x', n)) as request_id, unhex(printf('0190000000037001e%015x', n)) as id from n;
insert into customer (project_id, id, name, email, search_text, last_number, created_at)
select project_id, customer_id, 'Customer ' || n, 'customer.' || n || '@example.com', 'customer', 1, 0 from plan;
insert into request (project_id, id, customer_id, number, created_at) select project_id, request_id, customer_id, 1, 0 from plan;
insert into message (seq, project_id, id, customer_id, request_id, channel, template, recipient, scheduled_at, due_at, day, created_at)
select (1 << 40) + n, project_id, id, customer_id, request_id, 0, 0, 'customer.' || n || '@example.com', 1000, 1000, 0, 0 from plan;
insert into message_content (project_id, message_id, subject, text, html)
select project_id, id, 'How was your visit?', 'Please tell us how it was: http://127.0.0.1/r/' || n, '<p>' || hex(zeroblob(4000)) || '</p>' from plan;
insert into tracking_token (token, project_id, message_id) select lower(hex(id)), project_id, id from plan;
