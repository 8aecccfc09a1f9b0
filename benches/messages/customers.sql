-- 1,000,000 customers of one project, with what its messages, reviews, notes and tags would have left in them: 60 % asked, 12 %
-- clicked, 8 % reviewed, 3 % with notes, 1 % unsubscribed, 1 in 5,000 archived, 5 % tagged, three in a million with a rare name.
-- Numbers are scattered by multiplication with a prime, so that every run makes the same rows.

insert into project (id, number, slug, name, time_zone, created_at)
values (unhex('0190000000007001a000000000000001'), 1, 'crowd', 'Crowd', 'Europe/Berlin', (unixepoch() - 800 * 86400) * 1000);

insert into project_change (project_id) select id from project;

insert into location (project_id, id, name)
select p.id, unhex(printf('0190000000007%03xb%015x', l.value, 1)), json_extract('["Harbor","Old Town","Station"]', '$[' || l.value || ']')
from project p, json_each('[0,1,2]') l;

create temp table word (n integer primary key, first text, last text);

insert into word
with f as (select key, value from json_each('["Ana","Ben","Carla","David","Elif","Farid","Greta","Hugo","Ines","Jonas","Katja","Liam","Mona","Nils","Olga","Pavel","Quentin","Rosa","Stefan","Tara","Uwe","Vera","Willem","Xenia","Yusuf","Zoe","Amelie","Boris","Chiara","Dario"]')),
     l as (select key, value from json_each('["Ruiz","Meyer","Novak","Silva","Kaya","Haddad","Lindt","Martin","Costa","Berger","Vogel","Murphy","Weiss","Jansen","Petrova","Horak","Dubois","Bianchi","Krause","Singh","Wolf","Marin","de Vries","Popov","Aydin","Hansen","Laurent","Ivanov","Greco","Fontana"]'))
select row_number() over () - 1, f.value, l.value from f, l;

insert into customer (project_id, id, location_id, name, company, email, phone, search_text, last_number, last_messaged_at, created_at,
    requested_at, clicked_at, reviewed_at, rating, has_notes, unsubscribed_at, archived_at)
with recursive c (n) as (select 0 union all select n + 1 from c where n < 999999),
    chance as (select n, n * 2654435761 % 1000003 as x, unixepoch() * 1000 - (1000000 - n) * 60000 as at from c)
select p.id, unhex(printf('0190000000017001c%015x', c.n)), unhex(printf('0190000000007%03xb%015x', c.n % 3, 1)),
    case when c.n % 333333 = 7 then 'Ottoline Quixworth' else w.first || ' ' || w.last end,
    case when c.n % 5 = 0 then w.last || ' GmbH' else '' end,
    lower(w.first) || '.' || c.n || '@example.com', printf('+1555%07d', c.n), '', x % 10 < 6, case when x % 10 < 6 then at + 1000 * (x % 5000) end, at,
    case when x % 10 < 6 then at end, case when x % 100 < 12 then at + 60000 end,
    case when x % 100 < 8 then at + 90000 end, case when x % 100 < 8 then 5 - x % 3 - (x % 97 = 0) - (x % 89 = 0) end, x % 100 between 20 and 22,
    case when x % 100 = 30 then at end, case when c.n % 5000 = 3 then at end
from chance c join project p join word w on w.n = c.x % 900;

update customer set search_text = lower(name || char(10) || company || char(10) || email || char(10) || phone);

insert into customer_tag (project_id, customer_id, tag)
select project_id, id, case when rowid % 100 = 1 then 'VIP' else 'regular' end from customer where rowid % 20 = 1;

insert into customer_search (seq, project_id, customer_id, text)
select (1 << 40) + row_number() over (order by id), project_id, id, search_text from customer;
