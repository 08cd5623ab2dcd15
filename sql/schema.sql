-- The whole schema, created by `setup` in one transaction whose search_path is the schema of the tool.
-- Must hold: one row of run_batches per batch that a run made, one of runs per run of a command; one inventory per batch;
-- within a batch a content has at most one slot and at most one essay, by unique index, whatever a strategy does.

create type essay_status_enum as enum ('uploaded', 'ready_for_processing');

create table batch_essay_trackers (
  id bigint generated always as identity primary key,
  batch_id text not null unique,
  expected_count integer not null check (expected_count > 0),
  -- 'switching': neither, while the batch is migrated to `switching_to`; whoever claims through one of them waits.
  inventory text not null check (inventory in ('slots', 'essays', 'switching')),
  switching_to text check (switching_to in ('slots', 'essays')),
  -- When a migration began to copy from one to the other; null: none ever did.
  migrated_at timestamptz,
  user_id text not null default '',
  course_code text not null default '',
  correlation_id text not null default '',
  completed_at timestamptz,
  -- A hint: most slots up to this one are taken. Claims start behind it, and look everywhere before they say that
  -- nothing is free.
  low_water text collate "C" not null default '',
  created_at timestamptz not null default now(),
  check ((inventory = 'switching') = (switching_to is not null))
);

create table slot_assignments (
  id bigint generated always as identity primary key,
  batch_tracker_id bigint not null references batch_essay_trackers (id),
  internal_essay_id text not null,
  status text not null default 'available' check (status in ('available', 'assigned', 'failed')),
  text_storage_id text,
  original_file_name text,
  assigned_at timestamptz,
  unique (batch_tracker_id, internal_essay_id)
);

create unique index slot_assignments_content
  on slot_assignments (batch_tracker_id, text_storage_id)
  where text_storage_id is not null;

-- Ordered in a collation that the unique index above cannot serve: the planner would otherwise walk that
-- index past every assigned slot, and a claim would grow slower as its batch fills.
create index slot_assignments_available
  on slot_assignments (batch_tracker_id, internal_essay_id collate "C")
  where status = 'available';

create table essay_states (
  essay_id text primary key,
  batch_id text not null,
  current_status essay_status_enum not null default 'uploaded',
  processing_metadata jsonb not null default '{}',
  storage_references jsonb not null default '{}',
  timeline jsonb not null default '{}',
  text_storage_id text,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create unique index essay_states_content
  on essay_states (batch_id, text_storage_id)
  where text_storage_id is not null;

-- Ordered in a collation that the primary key cannot serve, for the same reason.
create index essay_states_available
  on essay_states (batch_id, essay_id collate "C")
  where current_status = 'uploaded';

create table event_outbox (
  id bigint generated always as identity primary key,
  aggregate_id text not null,
  aggregate_type text not null,
  event_type text not null,
  event_data jsonb not null,
  event_key text not null,
  topic text not null,
  created_at timestamptz not null default now(),
  published_at timestamptz
);

-- Whose a run is, and what it is for. Must hold: `command_id` is one process of the tool, which is alive while it holds
-- the lock of runs/lock.sql, or where `heartbeat_at` is not null, while that is fresh.
create table runs (
  run_id text primary key,
  command text not null,
  command_id text not null,
  strategy text not null,
  scenario text,
  -- Whether it was to leave its batches.
  keep boolean not null,
  -- The run whose engines warm up on it; null: none do.
  warms_up text,
  started_at timestamptz not null default clock_timestamp(),
  role text not null default current_user,
  host text not null,
  pid integer not null,
  heartbeat_at timestamptz
);

create table run_batches (
  run_id text not null,
  batch_id text not null,
  strategy text not null,
  -- The target's file, from the root on, of a batch on tables of its own: that target's `remove` alone removes it. Null: it
  -- is on these tables.
  target_file text,
  primary key (run_id, batch_id)
);
