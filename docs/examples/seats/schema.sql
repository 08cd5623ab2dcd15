-- Seats of events. A customer has one seat of an event at most: the unique constraint says so, whatever the code does.
create table if not exists events (
  id text primary key
);
create table if not exists seats (
  event_id text not null references events (id),
  number integer not null,
  customer text,
  primary key (event_id, number),
  unique (event_id, customer)
);
