-- Customers by their date of visit: how many the strategy would ask is counted by it, before it is switched on.
create index customer_by_visit on customer (project_id, visited_on) where visited_on is not null;
