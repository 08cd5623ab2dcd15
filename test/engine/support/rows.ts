import type { TestDatabase } from '../../support/database.js';

/** Every row that speaks of a batch, as text, in a fixed order: two snapshots are equal when nothing changed. */
export async function rowsOf(db: TestDatabase, batchId: string): Promise<string[]> {
  const rows = await db.query<{ row: string }>(
    `select 'tracker ' || t::text as row from batch_essay_trackers t where batch_id = $1
     union all
     select 'slot ' || s::text from slot_assignments s
     where batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1)
     union all
     select 'essay ' || e::text from essay_states e where batch_id = $1
     union all
     select 'event ' || o::text from event_outbox o where event_data ->> 'batch_id' = $1
     order by 1`,
    [batchId],
  );
  return rows.map(({ row }) => row);
}

export interface Essay {
  essay_id: string;
  current_status: string;
  text_storage_id: string | null;
  version: number;
  processing_metadata: Record<string, unknown>;
  storage_references: Record<string, unknown>;
  timeline: Record<string, unknown>;
}

/** The essays of a batch that have a content. */
export function assignedEssays(db: TestDatabase, batchId: string): Promise<Essay[]> {
  return db.query<Essay>(
    'select * from essay_states where batch_id = $1 and text_storage_id is not null order by essay_id',
    [batchId],
  );
}

export interface OutboxEvent {
  aggregate_id: string;
  aggregate_type: string;
  event_type: string;
  event_data: Record<string, unknown>;
  event_key: string;
  topic: string;
}

/** The events of a batch, of one type. */
export function eventsOf(db: TestDatabase, batchId: string, type: string): Promise<OutboxEvent[]> {
  return db.query<OutboxEvent>(
    `select aggregate_id, aggregate_type, event_type, event_data, event_key, topic from event_outbox
     where event_data ->> 'batch_id' = $1 and event_type = $2 order by id`,
    [batchId, type],
  );
}

export const ASSIGNED_EVENT = 'essay.slot.assigned';
export const COMPLETED_EVENT = 'batch.content.provisioning.completed';

/** Slots of a batch that disagree with their essays, where slots are the inventory. */
export function disagreements(db: TestDatabase, batchId: string): Promise<{ internal_essay_id: string }[]> {
  return db.query(
    `select slot.internal_essay_id from slot_assignments slot
     join batch_essay_trackers tracker on tracker.id = slot.batch_tracker_id
     left join essay_states essay on essay.essay_id = slot.internal_essay_id
     where tracker.batch_id = $1
       and (slot.text_storage_id is distinct from essay.text_storage_id
         or (slot.status = 'assigned') <> (essay.current_status = 'ready_for_processing'))`,
    [batchId],
  );
}
