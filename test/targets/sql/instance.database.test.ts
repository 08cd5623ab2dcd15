import { expect, it } from 'vitest';
import { SqlInstance } from '#els/targets/sql/instance.js';
import type { SqlDefinition } from '#els/targets/sql/file.js';
import { useDatabase } from '../../support/database.js';

const db = useDatabase();

it('begins nothing for a call whose deadline passes while it waits for a connection', async () => {
  await db.query('create table asked (call_id text)');
  const text = `with waited as materialized (select pg_sleep(0.3)),
    written as (insert into ${db.schema}.asked values ($1) returning 1)
    select '1' as slot_id, 'created' as outcome from waited, written`;
  const claim = { name: 'claim', text, binds: ['call_id'], parameterTypes: [25] };
  const instance = new SqlInstance({ claim } as unknown as SqlDefinition, {
    ...{ connectionString: db.url, source: 'test', schema: db.schema, connections: 1, instance: 1 },
    ...{ applicationName: 'test', timeoutMs: 1_000, prepare: false, refs: new Map() },
  });
  const call = (callId: string, signal: AbortSignal) =>
    instance.assign({ batchId: 'b', contentId: 'c', callId, redelivered: false, ref: undefined, signal });
  const deadline = new AbortController();
  const first = call('first', new AbortController().signal);
  const late = call('late', deadline.signal);
  deadline.abort(new Error('too late'));
  await expect(late).rejects.toThrow('too late');
  expect(await first).toMatchObject({ outcome: 'created' });
  await instance.close();
  expect(await db.query('select call_id from asked')).toEqual([{ call_id: 'first' }]);
});
