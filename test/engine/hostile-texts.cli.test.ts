import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import type { AssignmentRequest } from '#els/targets/els/engine/assignment.js';
import { createAssignmentEngine, type EngineOptions } from '#els/targets/els/engine/engine.js';
import { runHosted } from '../support/hosted-command.js';
import { useDatabase } from '../support/database.js';
import { tapWire, type Wire } from '../support/wire.js';
import { custom, sqlFile } from './support/custom.js';
import { ASSIGNED_EVENT, assignedEssays, eventsOf } from './support/rows.js';
import { optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

/** Stands in every text below, and in no statement. */
const MARK = 'zq9';

/** What would end a literal, begin another statement or a comment, or be taken for a bind. */
const TEXTS = [
  `${MARK}'; drop table essay_states; --`,
  `${MARK}" or 1=1; delete from slot_assignments; /*`,
  `${MARK}\\'; E'\\\\' || $1 $2 :batch_id :"schema" $$ $${MARK}$`,
  `:text_storage_id ${MARK} %s \${${MARK}} {"a": null}`,
  `${MARK}\n\t\r\u0001\u2028\u202e é 漢 👩‍👩‍👧 ﬀ`,
];

let wire: Wire;
let pool: DatabasePool | undefined;
const batches: string[] = [];

beforeAll(async () => {
  wire = await tapWire(db.url);
});
afterAll(() => wire.close());

function engineOn(options: EngineOptions) {
  const address = withConnectionString('--database-url', wire.url);
  pool = createPool(address, { connections: 2, applicationName: `hostile ${db.schema}` });
  return createAssignmentEngine(pool, { schema: db.schema, ...options });
}

/** A request whose every field is hostile. */
function hostileRequest(batchId: string, text: string): AssignmentRequest {
  const fields = { textStorageId: text, originalFileName: text, contentMd5Hash: text, fileUploadId: text };
  return { batchId, ...fields, fileSizeBytes: 1, correlationId: `${text}${randomBytes(4).toString('hex')}` };
}

const cte = sqlFile('strategies/cte.sql');
const cases: [name: string, options: EngineOptions, inventory: 'slots' | 'essays', many: boolean][] = [
  ...VARIANTS.map((variant): (typeof cases)[number] => {
    return [variant.name, optionsOf(variant), variant.inventory, variant.strategy !== 'legacy'];
  }),
  ['a custom strategy', { strategy: custom(cte) }, 'slots', false],
];

describe.each(cases)('%s', (_, options, inventory, many) => {
  it('keeps hostile texts as they are, and lets none of them reach the text of a statement', async () => {
    const engine = engineOn(options);
    const batchId = `${TEXTS.join('').slice(0, 200)}${randomBytes(4).toString('hex')}`;
    batches.push(batchId);
    await db.register({ batchId, slots: TEXTS.length, inventory });
    const requests = TEXTS.map((text) => hostileRequest(batchId, text));
    for (const request of requests)
      expect(await engine.assign(request)).toMatchObject({ outcome: 'created' });
    const again = many
      ? (await engine.assignMany(requests)).map((each) => each.status === 'fulfilled' && each.value.outcome)
      : [(await engine.assign(requests[0]!)).outcome];
    expect(new Set(again)).toEqual(new Set(['reused']));
    await engine.close();
    await pool?.end();

    const essays = await assignedEssays(db, batchId);
    expect(essays.map((essay) => essay.text_storage_id)).toEqual(TEXTS);
    expect(essays.map((essay) => essay.processing_metadata['original_file_name'])).toEqual(TEXTS);
    const events = await eventsOf(db, batchId, ASSIGNED_EVENT);
    expect(events.map(({ event_data }) => event_data)).toEqual(
      requests.map(({ textStorageId, correlationId }, position) => ({
        ...{ batch_id: batchId, essay_id: essays[position]?.essay_id },
        ...{ text_storage_id: textStorageId, correlation_id: correlationId },
      })),
    );
    expect(wire.sql.filter((text) => text.includes(MARK))).toEqual([]);
    expect(wire.values.some((text) => text.includes(TEXTS[0]!))).toBe(true);
  });
});

describe('over the same wire', () => {
  const run = (...args: string[]) =>
    runHosted([...args, '--database-url', wire.url, '--schema', db.schema, '--json']);

  it('verify finds the batches sound', async () => {
    const { code, stdout } = await run('verify');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'valid', checked: [{ batches: batches.length }] });
    expect(code).toBe(0);
  });

  it('status knows each by its id, and no other', async () => {
    for (const batchId of batches.slice(0, 3)) {
      const { code, stdout } = await run('status', batchId);
      expect(JSON.parse(stdout)).toMatchObject({ batchId, ready: TEXTS.length });
      expect(code).toBe(0);
    }
    const { code, stderr } = await run('status', `${batches[0]}' or '1' = '1`);
    expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
  });

  it('and no statement had a text in it', () => {
    expect(wire.sql.length).toBeGreaterThan(10);
    expect(wire.sql.filter((text) => text.includes(MARK))).toEqual([]);
  });
});
