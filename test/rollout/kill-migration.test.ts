import { expect, it } from 'vitest';
import { MigrationKiller } from '#els/targets/els/migrate/process/kill-migration.js';
import { mulberry32 } from '#els/base/random.js';

const killer = (seed: number) => new MigrationKiller(2, mulberry32(seed), 500, () => 600);
const MARKED = { batchId: 'b', step: 'marked' } as const;

it('draws every step, and kills in the midst more often than at a step', () => {
  const points = Array.from({ length: 400 }, (_, seed) => killer(seed).point);
  expect(new Set(points.map((point) => point?.step))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
  const inTheMidst = points.filter((point) => point?.waits === false);
  expect(inTheMidst.length).toBeGreaterThan(200);
  expect(inTheMidst.length).toBeLessThan(400);
});

it.each([true, false])('kills once, at the step that the process knows, where it waits: %s', (waits) => {
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);
  const seed = seeds.find((each) => killer(each).point?.step === 3 && killer(each).point?.waits === waits);
  const one = killer(seed ?? NaN);
  expect(one.hear(MARKED)).toBeUndefined();
  expect(one.point).toEqual({ step: 2, waits });
  expect(one.hear(MARKED)).toBeUndefined();
  const delayMs = one.hear(MARKED);
  expect([0, 1, 2, 3]).toContain(delayMs);
  expect(one.point).toBeUndefined();
  expect(one.hear(MARKED)).toBeUndefined();
  const when = waits ? 'when' : `${delayMs} ms after it told that`;
  const detail = `killed the migration ${when} batch b was marked; another process resumed`;
  expect(one.result).toMatchObject({ struck: true, startMs: 600, detail });
});
