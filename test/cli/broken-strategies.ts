import { readFileSync } from 'node:fs';
import type { TemporaryFolder } from './temporary-folder.js';

const CTE = readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8');

/** Says `created` where the content has its slot already. */
export function claimsToCreate(files: TemporaryFolder): string {
  return files.write('claims-to-create.sql', replaced("then 'reused'", "then 'created'"));
}

/** Says `no_slot` while a rival holds the last slot and, its commit being slow, may still give it back. */
export function givesUpEarly(files: TemporaryFolder): string {
  const slow = replaced(
    'left join assigned on true',
    'left join (select assigned.*, pg_sleep(0.05) from assigned) as assigned on true',
  );
  return files.write('gives-up-early.sql', replaced("null then 'contended'", "null then 'no_slot'", slow));
}

/** Correct, and some ten times slower than `cte`. */
export function sleeps(files: TemporaryFolder): string {
  return files.write('sleeps.sql', replaced('from (select) as always', 'from pg_sleep(0.05) as always'));
}

function replaced(sound: string, broken: string, sql = CTE): string {
  if (sql.split(sound).length !== 2) throw new Error(`cte.sql does not say ${sound} once: adapt this test`);
  return sql.replace(sound, broken);
}

/** Correct, but holds the batch's tracker while it sleeps: some 100 ms, two seconds for contents whose id ends with 1. */
export function holdsTheTracker(files: TemporaryFolder): string {
  const held = 'select from batch_essay_trackers where batch_id = :batch_id for update';
  const seconds = `case when :text_storage_id like '%1' then 2 else 0.1 end`;
  const slow = `from (select pg_sleep(${seconds}) from (${held}) as held) as always`;
  return files.write('holds-the-tracker.sql', replaced('from (select) as always', slow));
}

/** Correct, and uses up a row of a table that is not the tool's with each execution. */
export function consumes(table: string, files: TemporaryFolder): string {
  const taking = `taken as (
  delete from ${table} where id = (select id from ${table} limit 1 for update skip locked)
), seen as materialized (`;
  return files.write('consumes.sql', replaced('with seen as materialized (', `with ${taking.trimStart()}`));
}
