import { expect, it } from 'vitest';
import type { CallRequest, Instance, InstanceSettings } from '#els/target/instance.js';
import type { StrategySpec } from '#els/targets/els/engine/strategy.js';
import { elsTarget } from '#els/targets/els/target.js';
import { openInstance } from '#els/targets/open.js';
import { until, withForeign } from '../../engine/support/hold.js';
import { custom } from '../../engine/support/custom.js';
import { useDatabase } from '../../support/database.js';

const db = useDatabase();
const CTE: StrategySpec = { kind: 'built-in', name: 'cte' };
const NOTHING = {
  ...{ slotId: null, recovered: false, replyLost: false, mayHaveHappened: false },
  ...{ errorCode: null, sqlState: null },
};
/** Nobody listens there. */
const NOWHERE = { host: '127.0.0.1', port: 1 };

async function open(
  applicationName: string,
  strategy = CTE,
  settings: Partial<InstanceSettings> = {},
): Promise<Instance> {
  return openInstance(elsTarget({ strategy, advisoryLocks: false }).spec, {
    ...{ connectionString: db.url, source: '--database-url', schema: db.schema, connections: 2 },
    ...{ applicationName, timeoutMs: 2_000, prepare: true, instance: 1, refs: new Map(), ...settings },
  });
}

const call = (batchId: string, contentId: string, more: Partial<CallRequest> = {}): CallRequest => ({
  ...{ batchId, contentId, callId: `${batchId} ${contentId}`, redelivered: false, ...more },
});

const backends = (applicationName: string) =>
  db.query('select 1 from pg_stat_activity where application_name = $1', [applicationName]);

it('connects when it is asked to, answers calls, counts what it did, settles, and disconnects', async () => {
  await db.register({ batchId: 'whole', slots: 2, inventory: 'slots' });
  const instance = await open('instance whole');
  expect(await backends('instance whole')).toHaveLength(0);
  await instance.connect(2);
  expect(await backends('instance whole')).toHaveLength(2);
  const counts = { completionLooks: 0 };
  expect(instance.counters).toEqual({ roundTrips: 0, retriesByCode: {}, counts });

  const first = await instance.assign(call('whole', 'a'));
  expect(first).toEqual({ ...NOTHING, outcome: 'created', slotId: expect.any(String) as string });
  expect(await instance.assign(call('whole', 'a', { callId: 'again' }))).toEqual({
    ...{ ...NOTHING, outcome: 'reused', slotId: first.slotId },
  });
  expect(await instance.assign(call('whole', 'b'))).toMatchObject({ outcome: 'created' });
  expect(await instance.assign(call('whole', 'c'))).toEqual({ ...NOTHING, outcome: 'no_slot' });
  await instance.settle();
  expect(instance.counters).toMatchObject({ roundTrips: 4, retriesByCode: {} });
  expect(instance.counters.counts['completionLooks']).toBeGreaterThan(0);
  expect(
    await db.query(
      `select 1 from batch_essay_trackers where batch_id = 'whole' and completed_at is not null`,
    ),
  ).toHaveLength(1);

  await instance.close();
  // The server may yet be ending what has disconnected.
  await until('it has disconnected', async () => (await backends('instance whole')).length === 0);
  expect(await instance.assign(call('whole', 'a'))).toMatchObject({
    ...{ outcome: 'error', errorCode: 'engine_closed', mayHaveHappened: false },
    message: 'the engine was closed',
  });
});

it('recognises what a call did whose answer was lost', async () => {
  await db.register({ batchId: 'lost', slots: 2, inventory: 'slots' });
  const instance = await open('instance lost');
  const { slotId } = await instance.assign(call('lost', 'a'));
  const again = await instance.assign(call('lost', 'a', { redelivered: true }));
  expect(again).toEqual({ ...NOTHING, outcome: 'created', slotId, recovered: true });
  const [many] = (await instance.assignMany?.([call('lost', 'a', { redelivered: true })])) ?? [];
  expect(many).toEqual(again);
  await instance.close();
});

it('answers calls that are made together in their order, those that failed among them', async () => {
  await db.register({ batchId: 'many', slots: 2, inventory: 'slots' });
  const instance = await open('instance many');
  const answers = await instance.assignMany?.([call('nowhere', 'a'), call('many', 'b'), call('many', 'c')]);
  const stored = await db.query<{ text_storage_id: string; essay_id: string }>(
    `select text_storage_id, essay_id from essay_states where batch_id = 'many' and text_storage_id is not null`,
  );
  const slotOf = (content: string) => stored.find((row) => row.text_storage_id === content)?.essay_id ?? '';
  expect(answers).toEqual([
    {
      ...{ ...NOTHING, outcome: 'error', errorCode: 'unknown_batch' },
      message: 'batch nowhere is not registered',
    },
    { ...NOTHING, outcome: 'created', slotId: slotOf('b') },
    { ...NOTHING, outcome: 'created', slotId: slotOf('c') },
  ]);
  await instance.close();
});

it('connects all the same where the server refuses a statement, which the calls tell', async () => {
  await db.register({ batchId: 'refused', slots: 1, inventory: 'slots' });
  const instance = await open('instance refused', custom('select * from missing where x = :batch_id'));
  await instance.connect(1);
  expect(await instance.assign(call('refused', 'a'))).toMatchObject({
    ...{ outcome: 'error', errorCode: 'strategy_failed', sqlState: '42P01' },
    message: 'relation "missing" does not exist',
  });
  await instance.close();
});

it('says where the server is not to be reached', async () => {
  const url = new URL(db.url);
  url.host = `${NOWHERE.host}:${NOWHERE.port}`;
  const instance = await open('instance nowhere', CTE, { connectionString: url.href, timeoutMs: 100 });
  await expect(instance.connect(1)).rejects.toMatchObject({ code: 'ECONNREFUSED', port: NOWHERE.port });
  expect(await instance.assign(call('nowhere', 'a'))).toMatchObject({
    ...{ outcome: 'error', errorCode: 'database_unavailable', mayHaveHappened: true },
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
  await instance.close();
});

it('says the same when it is closed again, whether or not it could settle', async () => {
  await db.register({ batchId: 'twice', slots: 1, inventory: 'slots' });
  const settled = await open('instance settled');
  await settled.close();
  await settled.close();
  const unsettled = await open('instance unsettled', CTE, { timeoutMs: 0 });
  await withForeign(db, async (foreign) => {
    await foreign.query(`select 1 from batch_essay_trackers where batch_id = 'twice' for no key update`);
    expect(await unsettled.assign(call('twice', 'a'))).toMatchObject({ outcome: 'created' });
    await expect(unsettled.close()).rejects.toMatchObject({ code: '55P03' });
    await expect(unsettled.close()).rejects.toMatchObject({ code: '55P03' });
  });
  await until('it has disconnected', async () => (await backends('instance unsettled')).length === 0);
});

it('throws what is a defect, and no answer of a target', async () => {
  const legacy = await open('instance legacy', { kind: 'built-in', name: 'legacy' });
  await expect(legacy.assignMany?.([call('any', 'a')])).rejects.toThrow('assigns one content at a time');
  await legacy.close();
  const settings = {
    ...{ connectionString: db.url, source: '--database-url', schema: db.schema, connections: 1 },
    ...{ applicationName: 'none', timeoutMs: 1, prepare: true, instance: 1, refs: new Map() },
  };
  expect(() => openInstance({ kind: 'nonsense', options: {} }, settings)).toThrow('nonsense');
});
