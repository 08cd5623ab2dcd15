import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { linesOf } from './document.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();
const quoted = pg.escapeIdentifier(database.schema);

const LOADS = [
  ['run', '--strategy', 'cte', '--scenario', 'batch-completion'],
  ['compare', '--rounds', '1', '--scenario', 'batch-completion'],
  ['prove', '--strategy', 'cte', '--callers', '2', '--max-schedules', '1'],
  ['migrate', '--all', '--to', 'essays'],
] as const;

const DRIFTS = [
  ['drop index essay_states_available', 'index essay_states_available of essay_states is missing', 'mended'],
  ['alter table essay_states drop column timeline', 'column essay_states.timeline is missing', 'mended'],
  [
    'alter table slot_assignments drop constraint slot_assignments_batch_tracker_id_internal_essay_id_key',
    'constraint slot_assignments_batch_tracker_id_internal_essay_id_key of slot_assignments is missing',
    'mended',
  ],
  ['drop table event_outbox', 'table event_outbox is missing', 'mended'],
  [
    'alter table event_outbox alter column topic type varchar(90)',
    'column event_outbox.topic is character varying(90); accepted: text',
    'left',
  ],
] as const;

async function change(sql: string): Promise<void> {
  await database.query(`set search_path to ${quoted}`);
  await database.query(sql);
}

beforeEach(async () => {
  await database.query(`drop schema if exists ${quoted} cascade`);
  await database.run(['setup']);
});

describe('a schema that drifted', () => {
  eachLongButFirst(DRIFTS)(
    '%s: every load refuses it before anything is written; setup says what it did',
    async (sql, line, outcome) => {
      await change(sql);
      const before = await fingerprint(database);
      for (const load of LOADS) {
        const { code, stdout, stderr } = await database.run(load);
        expect({ load, code, stdout }).toEqual({ load, code: 2, stdout: '' });
        const [first, ...below] = linesOf(stderr);
        expect(first).toMatch(/^els-assign: schema .* is not as els-assign setup makes it, 1 difference: /);
        expect(first).toContain(`els-assign setup --schema ${JSON.stringify(database.schema)} mends`);
        expect(below).toEqual([expect.stringContaining(line)]);
      }
      expect(await fingerprint(database)).toEqual(before);

      const { code, stdout, stderr } = await database.run(['setup']);
      if (outcome === 'mended') {
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout).toContain('was mended');
        expect(stdout).toContain('created');
        expect((await database.run(LOADS[0])).code).toBe(0);
      } else {
        expect({ code, stdout: stdout.includes('was set up already') }).toEqual({ code: 2, stdout: true });
        expect(stderr).toContain(line);
        expect(stderr).toContain('--reset');
        expect((await database.run(['setup', '--reset'])).code).toBe(0);
        expect((await database.run(LOADS[0])).code).toBe(0);
      }
    },
  );

  it('is mended as far as it can be, and the rest is named', async () => {
    await change('drop index essay_states_available');
    await change('alter table event_outbox alter column topic type varchar(90)');
    const { code, stdout, stderr } = await database.run(['setup']);
    expect(code).toBe(2);
    expect(stdout).toContain('index essay_states_available of essay_states created');
    expect(stderr).toContain('column event_outbox.topic is character varying(90)');
    expect(stderr).not.toContain('essay_states_available');
    expect((await database.run(LOADS[0])).stderr).toContain('1 difference');
  });

  it('is named in the JSON document', async () => {
    await change('drop index essay_states_available');
    const { stdout } = await database.run([...LOADS[0], '--json']);
    const document = JSON.parse(stdout) as { error: unknown };
    expect(document.error).toMatchObject({ code: 'schema_drift' });
  });

  it('is refused by verify and status where they read what is not there, and else is none of theirs', async () => {
    await change('drop index essay_states_available');
    expect((await database.run(['verify', '--allow-inconclusive'])).code).toBe(0);
    expect((await database.run(['status', 'none'])).stderr).toContain('is not registered');
    await change('alter table essay_states drop column text_storage_id');
    for (const reading of [
      ['verify'],
      ['status', 'none'],
      ['migrate', '--all', '--to', 'slots', '--dry-run'],
    ]) {
      const { code, stderr } = await database.run(reading);
      expect({ reading, code }).toEqual({ reading, code: 2 });
      expect(stderr).toContain('column essay_states.text_storage_id is missing');
    }
  });
});
