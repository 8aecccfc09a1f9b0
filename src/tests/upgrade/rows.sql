-- What an older release had stored: one project with two people, two customers and three messages. `#n` stands for the id n.
-- Its tables and columns are in each schema since the first.

insert into project (id, number, slug, name, time_zone, last_seq, created_at) values (#1, 1, 'cup', 'Cup & Saucer', 'Europe/Berlin', 3, 1790000000000);
insert into project_change (project_id, version) values (#1, 7);
insert into person (id, email, name, password_hash, last_project_id, created_at) values
    (#10, 'mia@example.com', 'Mia Owner', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g', #1, 1790000000000),
    (#11, 'vic@example.com', 'Vic Viewer', null, null, 1790000000000);
insert into membership (project_id, person_id, role) values (#1, #10, 4), (#1, #11, 0);
insert into location (project_id, id, name) values (#1, #20, 'Harbor');
insert into customer (project_id, id, location_id, name, company, email, phone, search_text, last_number, last_messaged_at, unsubscribed_at, created_at) values
    (#1, #30, #20, 'Ana Ruiz', 'Ruiz Ltd', 'ana@example.com', '+12075550100', 'ana ruiz ruiz ltd ana@example.com +12075550100', 2, 1795431600000, null, 1791000000000),
    (#1, #31, null, 'Zoë Ångström', '', 'zoe@example.com', '', 'zoe angstrom zoe@example.com', 0, null, 1792000000000, 1791000000000);
insert into note (project_id, customer_id, id, author_id, text, created_at) values (#1, #30, #40, #10, 'Prefers mornings', 1791500000000);
insert into request (project_id, id, customer_id, number, created_at, created_by) values
    (#1, #50, #30, 1, 1795000000000, #10),
    (#1, #51, #30, 2, 1795431600000, null);
-- Clicked and reviewed; failed; scheduled.
insert into message (seq, project_id, id, customer_id, request_id, location_id, channel, template, reminder, recipient, state, status,
    scheduled_at, due_at, sent_at, opened_at, clicked_at, failed_at, failure_code, failure_text, day, generation, attempts, created_at) values
    (1099511627777, #1, #60, #30, #50, #20, 0, 0, 0, 'ana@example.com', 2, 3, 1795000000000, 1795000000000, 1795000005000, 1795000100000, 1795000200000, null, null, null, 20775, 1, 1, 1795000000000),
    (1099511627778, #1, #61, #30, #50, #20, 1, 0, 0, '+12075550100', 3, 4, 1795000000000, 1795000000000, null, null, null, 1795000009000, 'address-unknown', '30005 no such number', 20775, 1, 1, 1795000000000),
    (1099511627779, #1, #62, #30, #51, #20, 0, 1, 1, 'ana@example.com', 0, 0, 1799000000000, 1799000000000, null, null, null, null, null, null, 20821, 0, 0, 1795431600000);
insert into message_content (project_id, message_id, subject, text, html) values
    (#1, #60, 'How was the Harbor?', 'Tell us: https://reviews.example.com/r/first', '<p>Tell us</p>'),
    (#1, #61, '', 'Tell us: https://reviews.example.com/r/second', ''),
    (#1, #62, 'A reminder', 'Tell us: https://reviews.example.com/r/third', '<p>Tell us</p>');
insert into message_search (seq, text) values
    (1099511627777, 'ana ruiz ruiz ltd ana@example.com +12075550100 how was the harbor?'),
    (1099511627778, 'ana ruiz ruiz ltd ana@example.com +12075550100 30005 no such number'),
    (1099511627779, 'ana ruiz ruiz ltd ana@example.com +12075550100 a reminder');
insert into tracking_token (token, project_id, message_id) values ('first', #1, #60), ('second', #1, #61), ('third', #1, #62);
insert into message_event (project_id, message_id, id, at, kind, actor, detail) values
    (#1, #60, #70, 1795000000000, 0, 'Mia Owner', null),
    (#1, #60, #71, 1795000005000, 3, null, null),
    (#1, #60, #72, 1795000100000, 5, null, null),
    (#1, #60, #73, 1795000200000, 6, null, null),
    (#1, #61, #74, 1795000009000, 7, null, '30005 no such number');
insert into send_attempt (project_id, message_id, generation, started_at, finished_at, outcome, provider) values
    (#1, #60, 1, 1795000001000, 1795000005000, 'sent', 'smtp'),
    (#1, #61, 1, 1795000001000, 1795000009000, 'failed', 'twilio');
insert into review (project_id, id, customer_id, message_id, request_id, rating, text, created_at) values
    (#1, #80, #30, #60, #50, 5, 'Lovely place', 1795000300000);
