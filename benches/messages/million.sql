-- 1,000,000 messages in 200 projects, the first with 200,000, and one more project with 100,000 scheduled ones.
-- Shape: 86 % sent, 6 % scheduled, 4 % failed, 4 % canceled, over the year before today. Eight messages a customer,
-- four a request; the first customer of the first project has 500.
-- Numbers are scattered by multiplication with a prime, so that every run makes the same rows.

create temp table project_size as
with recursive p (number) as (values (1) union all select number + 1 from p where number < 201)
select number,
    case number when 1 then 200000 when 201 then 100000 else 800000 / 199 + (number <= 1 + 800000 % 199) end as size,
    unhex(printf('0190000000007%03xa%015x', number, number)) as id
from p;

insert into project (id, number, slug, name, time_zone, last_seq, created_at)
select id, number, case number when 1 then 'big' when 201 then 'bulk' else 'project-' || number end, 'Project ' || number, 'Europe/Berlin',
    size, (unixepoch() - 400 * 86400) * 1000
from project_size;

insert into project_change (project_id, version) select id, 1 from project_size;

insert into location (project_id, id, name)
select p.id, unhex(printf('0190000000007%03xb%015x', l.value, p.number)), json_extract('["Harbor","Old Town","Station"]', '$[' || l.value || ']')
from project_size p, json_each('[0,1,2]') l;

create temp table word (n integer primary key, first text, last text);

insert into word
with f as (select key, value from json_each('["Ana","Ben","Carla","David","Elif","Farid","Greta","Hugo","Ines","Jonas","Katja","Liam","Mona","Nils","Olga","Pavel","Quentin","Rosa","Stefan","Tara","Uwe","Vera","Willem","Xenia","Yusuf","Zoe","Amelie","Boris","Chiara","Dario"]')),
     l as (select key, value from json_each('["Ruiz","Meyer","Novak","Silva","Kaya","Haddad","Lindt","Martin","Costa","Berger","Vogel","Murphy","Weiss","Jansen","Petrova","Horak","Dubois","Bianchi","Krause","Singh","Wolf","Marin","de Vries","Popov","Aydin","Hansen","Laurent","Ivanov","Greco","Fontana"]'))
select row_number() over () - 1, f.value, l.value from f, l;

insert into customer (project_id, id, location_id, name, company, email, phone, search_text, last_number, last_messaged_at, created_at)
with recursive c (number, id, n, last) as (
    select number, id, 0, size / 8 from project_size
    union all select number, id, n + 1, last from c where n < last
)
select c.id, unhex(printf('0190000000017%03xc%09x%06x', number % 4096, c.n, number)),
    unhex(printf('0190000000007%03xb%015x', c.n % 3, number)),
    case when c.n = 7 then 'Ottoline Quixworth' else w.first || ' ' || w.last end,
    case when c.n % 5 = 0 then w.last || ' GmbH' else '' end,
    lower(w.first) || '.' || c.n || '@example.com', printf('+1555%07d', c.n), '', 2, unixepoch() * 1000 - c.n, (unixepoch() - 390 * 86400) * 1000
from c join word w on w.n = (c.n * 2654435761 + c.number) % 900;

update customer set search_text = lower(name || char(10) || company || char(10) || email || char(10) || phone);

-- One row a message, with the numbers that everything else follows from.
create temp table plan as
with recursive m (number, project_id, n, size) as (
    select number, id, 0, size from project_size
    union all select number, project_id, n + 1, size from m where n + 1 < size
)
select number, project_id, n, size,
    case when number = 1 and n < 500 then 0 else n / 8 + 1 - (n / 8 + 1 > size / 8) end as customer,
    n / 4 as request,
    (n * 2654435761 + number * 40503) % 1000 as h,
    (n * 2246822519 + number * 3266489917) % 1000 as g,
    ((unixepoch() - 365 * 86400) * 1000) + cast(n * (364.0 * 86400000 / size) as integer) as at
from m;

insert into request (project_id, id, customer_id, number, created_at)
select project_id, unhex(printf('0190000000027%03xd%09x%06x', number % 4096, request, number)),
    unhex(printf('0190000000017%03xc%09x%06x', number % 4096, customer, number)),
    row_number() over (partition by project_id, customer order by request), min(at)
from plan group by number, request;

insert into message (seq, project_id, id, customer_id, request_id, location_id, channel, template, reminder, recipient, state, status,
    scheduled_at, due_at, sent_at, delivered_at, opened_at, clicked_at, failed_at, failure_code, failure_text, canceled_at, cancel_cause,
    day, generation, attempts, version, created_at)
select (number << 40) + n + 1, project_id, unhex(printf('%012x7%03xe%09x%06x', at, n % 4096, n, number)),
    unhex(printf('0190000000017%03xc%09x%06x', number % 4096, customer, number)),
    unhex(printf('0190000000027%03xd%09x%06x', number % 4096, request, number)),
    unhex(printf('0190000000007%03xb%015x', customer % 3, number)),
    channel, n % 4 - (n % 4 > 1), case n % 4 when 1 then 1 when 2 then 2 else 0 end,
    case channel when 0 then 'customer.' || customer || '@example.com' else printf('+1555%07d', customer) end,
    kind, case kind when 2 then case when clicked then 3 when opened then 2 else 1 end when 3 then 4 when 4 then 6 else 0 end,
    due, due, iif(kind = 2, at, null), iif(kind = 2, at + 1200, null), iif(opened, at + 3600000 + h * 1000, null),
    iif(clicked, at + 3700000 + h * 1000, null),
    iif(kind = 3, at + 900, null), iif(kind = 3, 'address-unknown', null), iif(kind = 3, '550 5.1.1 no such user', null),
    iif(kind = 4, at - 7200000, null), iif(kind = 4, 0, null),
    (case when kind in (2) then at else due end) / 86400000, iif(kind in (2, 3), 1, 0), iif(kind in (2, 3), 1, 0), 1, at - 86400000
from (
    select *, case when kind = 0 then (unixepoch() + 86400) * 1000 + h * 3600000 else at end as due,
        kind = 2 and channel = 0 and g < 450 as opened, kind = 2 and g < 180 as clicked
    from (
        select *, request % 2 as channel, case when number = 201 or h < 60 then 0 when h < 100 then 3 when h < 140 then 4 else 2 end as kind from plan
    )
);

insert into message_content (project_id, message_id, subject, text, html)
select project_id, id, iif(channel = 0, 'How was your visit?', ''), 'Please tell us how it was.', iif(channel = 0, '<p>Please tell us how it was.</p>', '')
from message;

insert into message_event (project_id, message_id, id, at, kind)
select project_id, id, id, created_at, 0 from message;

insert into tracking_token (token, project_id, message_id)
select lower(hex(id)), project_id, id from message;

insert into message_search (seq, text)
select m.seq, c.search_text || char(10) || iif(m.channel = 0, 'how was your visit?', '') || char(10)
    || iif(m.failed_at is null, '', 'address does not exist ' || m.failure_text) || char(10)
    || lower(printf('%s-%s-%s-%s-%s', substr(hex(m.id), 1, 8), substr(hex(m.id), 9, 4), substr(hex(m.id), 13, 4), substr(hex(m.id), 17, 4), substr(hex(m.id), 21)))
from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id;

update message set any_opened_at = opened_at, any_clicked_at = clicked_at where opened_at is not null or clicked_at is not null;

-- A third of those who clicked.
insert into review (project_id, id, customer_id, message_id, request_id, rating, text, created_at)
select project_id, id, customer_id, id, null, 5 - seq % 7 % 5, 'Good', clicked_at + 60000 from message where clicked_at is not null and seq % 3 = 0;

update message set rating = 5 - seq % 7 % 5 where clicked_at is not null and seq % 3 = 0;

insert into counter (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed)
select project_id, d, coalesce(location_id, zeroblob(16)), channel, template, status, count(*), count(opened_at), count(clicked_at),
    count(any_opened_at), count(any_clicked_at), count(rating)
from (select *, day as d from message union all select *, 0 as d from message)
group by 1, 2, 3, 4, 5, 6;

insert into customer_search (seq, project_id, customer_id, text)
select (p.number << 40) + row_number() over (partition by c.project_id order by c.id), c.project_id, c.id, c.search_text
from customer c join project p on p.id = c.project_id;

update customer set
    requested_at = (select min(r.created_at) from request r where r.project_id = customer.project_id and r.customer_id = customer.id);
