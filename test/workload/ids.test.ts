import { describe, expect, it } from 'vitest';
import { ID_FORMS, type IdForm } from '#els/domain/promises.js';
import { idOf } from '#els/workload/ids.js';
import { contentId, contentIdsOf, deliveryAt, planWorkload } from '#els/workload/plan.js';
import { scenarioOf } from '../support/scenario.js';

const TEXTS = Array.from({ length: 20_000 }, (_, position) => `run-c${String(position).padStart(7, '0')}`);

/** What PostgreSQL takes for a value of the type, and writes in the same way. */
const VALID: Readonly<Record<IdForm, (id: string) => boolean>> = {
  text: (id) => id.length > 0,
  // RFC 9562: version 8, which is for forms of one's own, and the variant 10.
  uuid: (id) => /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
  integer: (id) => /^[1-9]\d*$/.test(id) && BigInt(id) < 2n ** 63n,
};

describe.each(ID_FORMS)('an id that is a %s', (form) => {
  it('is valid', () => {
    expect(TEXTS.filter((text) => !VALID[form](idOf(text, form)))).toEqual([]);
  });

  it('is another one for each text', () => {
    expect(new Set(TEXTS.map((text) => idOf(text, form))).size).toBe(TEXTS.length);
  });
});

it('is the same in every process and version: who delivers again must say the same', () => {
  expect(idOf('run-c0000001', 'text')).toBe('run-c0000001');
  expect(idOf('run-c0000001', 'uuid')).toBe('5f443a91-fdf3-872e-ac40-12287dbc18a8');
  expect(idOf('run-c0000001', 'integer')).toBe('3432338065362381719');
});

it('uses all bits that a form has', () => {
  const integers = TEXTS.map((text) => BigInt(idOf(text, 'integer')));
  const everSet = integers.reduce((bits, integer) => bits | integer, 0n);
  expect(everSet).toBe(2n ** 63n - 1n);
  const uuids = TEXTS.map((text) => BigInt(`0x${idOf(text, 'uuid').replaceAll('-', '')}`));
  const varied = uuids.reduce((bits, uuid) => bits | (uuid ^ (uuids[0] ?? 0n)), 0n);
  expect(varied.toString(2).replaceAll('0', '')).toHaveLength(122);
});

describe.each(ID_FORMS)('contentIdsOf, where ids are %s', (form) => {
  it.each([
    { batches: 1, contents: 1, deliveries: 1 },
    { batches: 3, contents: 10, deliveries: 2 },
    { batches: 4, contents: 8, deliveries: 5 },
    { batches: 5, contents: 3, deliveries: 1 },
  ])('names whom the deliveries of $batches batches for $contents contents name, each once', (shape) => {
    const ids = { batch: form, content: form };
    const plan = planWorkload(scenarioOf(shape), 'run', 7, ids);
    const asking = plan.batchIds.map(() => new Set<string>());
    for (let index = 0; index < plan.totalDeliveries; index++) {
      const { batch, content } = deliveryAt(plan, index);
      asking[batch]?.add(contentId(plan, content));
    }
    const told = plan.batchIds.map((_, batch) => contentIdsOf(plan, batch));
    expect(told.map((each) => [...each].sort())).toEqual(asking.map((each) => [...each].sort()));
    expect(told.flat()).toHaveLength(shape.contents);
    expect(new Set(told.flat()).size).toBe(shape.contents);
    expect([...told.flat(), ...plan.batchIds].filter((id) => !VALID[form](id))).toEqual([]);
  });
});

it('gives batches and contents of a run different ids, and each run its own', () => {
  const ids = { batch: 'integer', content: 'integer' } as const;
  const plans = ['run1', 'run2'].map((runId) =>
    planWorkload(scenarioOf({ batches: 9, contents: 90 }), runId, 7, ids),
  );
  const all = plans.flatMap((plan) => [
    ...plan.batchIds,
    ...plan.batchIds.flatMap((_, batch) => contentIdsOf(plan, batch)),
  ]);
  expect(new Set(all).size).toBe(2 * 99);
});
