import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScenarioOverrides } from '#els/domain/scenario.js';
import { loadScenario } from '#els/scenario/load.js';
import { resolveScenario, resolveScenarios } from '#els/scenario/overrides.js';
import { applyOverrides } from '#els/scenario/overrides.js';
import { scenarioFileSchema } from '#els/scenario/schema.js';
import { forRandomDraws } from '../support/draws.js';
import { usageErrorOf } from './usage-error.js';

const LIMITS = {
  batches: 100_000,
  slots: 1_000_000,
  contents: 10_000_000,
  deliveries: 10_000_000,
  workers: 64,
  connections: 256,
  bulk: 1_000,
};
const COUNTS = Object.keys(LIMITS) as (keyof typeof LIMITS)[];

/** A scenario file of known counts, with `contents` open or given. */
function file(fields: object = {}) {
  return scenarioFileSchema.parse({ name: 'mine', description: 'My own.', batches: 2, slots: 5, ...fields });
}

describe('applyOverrides', () => {
  it('puts each count in place of the file, and nothing else', () => {
    forRandomDraws(50, (draw) => {
      for (const field of COUNTS) {
        const value = draw.integer(1, Math.min(LIMITS[field], 1_000));
        const given = file({ contents: 3 });
        expect(applyOverrides(given, { [field]: value })).toEqual({ ...given, [field]: value });
      }
    });
  });

  it('lets contents follow batches × slots only where neither file nor flag says them', () => {
    forRandomDraws(50, (draw) => {
      const [batches, slots, contents] = [draw.integer(1, 90), draw.integer(1, 90), draw.integer(1, 90)];
      expect(applyOverrides(file(), { batches, slots }).contents).toBe(batches * slots);
      expect(applyOverrides(file(), { slots }).contents).toBe(2 * slots);
      expect(applyOverrides(file(), { batches, slots, contents }).contents).toBe(contents);
      expect(applyOverrides(file({ contents }), { batches, slots }).contents).toBe(contents);
    });
  });

  it('repeats a list of slots over the batches', () => {
    const given = applyOverrides(file({ batches: 5 }), { slots: [2, 7] });
    expect({ contents: given.contents, slots: given.slots }).toEqual({
      contents: 2 + 7 + 2 + 7 + 2,
      slots: [2, 7],
    });
  });

  it('takes no notice of a flag that was not given', () => {
    const nothing = { slots: undefined, durationMs: undefined } as unknown as ScenarioOverrides;
    expect(applyOverrides(file(), nothing)).toEqual(applyOverrides(file(), {}));
  });

  it.each(COUNTS)('refuses --%s outside its limits and accepts it at them', async (field) => {
    for (const value of [0, -1, 1.5, NaN, Infinity, LIMITS[field] + 1]) {
      expect(await usageErrorOf(() => applyOverrides(file(), { [field]: value }))).toEqual({
        code: 'invalid_override',
        message: `--${field} is ${value}; accepted: a whole number from 1 to ${LIMITS[field]}${field === 'slots' ? ', or a list of 1 to 100 of them' : ''}`,
      });
    }
    const small = file({ batches: 1, slots: 1, contents: 1 });
    expect(applyOverrides(small, { [field]: LIMITS[field] })[field]).toBe(LIMITS[field]);
    expect(applyOverrides(small, { [field]: 1 })[field]).toBe(1);
  });

  it.each([
    [
      { slots: 1_000_000, batches: 11 },
      '--batches 11 --slots 1000000: scenario mine: batches × slots is 11 × 1000000 = 11000000; accepted: at most 10000000',
    ],
    [
      { deliveries: 1_000_001 },
      '--deliveries 1000001: scenario mine: contents × deliveries is 10 × 1000001 = 10000010; accepted: at most 10000000',
    ],
    [
      { durationMs: 5_000 },
      '--duration: scenario mine is a burst; only closed and open loops take a duration; add --scenario sustained, or --rate',
    ],
  ])('refuses %j', async (overrides, message) => {
    expect(await usageErrorOf(() => applyOverrides(file(), overrides))).toEqual({
      code: 'invalid_override',
      message,
    });
  });

  it('gives a closed loop its duration, in place of the one in the file', () => {
    const closed = file({ arrival: 'closed', duration: '5s' });
    expect(applyOverrides(closed, {}).durationMs).toBe(5_000);
    expect(applyOverrides(closed, { durationMs: 250 }).durationMs).toBe(250);
    expect(applyOverrides(file({ arrival: 'closed' }), { durationMs: 250 }).durationMs).toBe(250);
  });

  const rollout = { steps: [{ at: '1s', strategy: 'cte' }] };
  const loop = { arrival: 'closed', duration: '5s', rollout };

  it.each<[overrides: ScenarioOverrides, message: string]>([
    [
      { durationMs: 800 },
      '--duration 800ms: scenario mine: rollout.steps[0].at is 1000ms; accepted: before the end of the duration, 800ms',
    ],
    [
      {
        faults: [
          { kind: 'pause-worker', atMs: 5 },
          { kind: 'kill-worker', atMs: 9 },
        ],
      },
      '--fault pause-worker --fault kill-worker: scenario mine: fault kill-worker beside a rollout; accepted: faults that kill no worker',
    ],
  ])('refuses %j beside a rollout', async (overrides, message) => {
    expect(await usageErrorOf(() => applyOverrides(file(loop), overrides))).toEqual({
      code: 'invalid_override',
      message,
    });
  });

  it('gives a rollout the fault that kills its migrations, and nothing else', async () => {
    const faults = [{ kind: 'kill-migration' as const, atMs: 0 }];
    expect(applyOverrides(file(loop), { faults }).faults).toEqual(faults);
    expect(await usageErrorOf(() => applyOverrides(file(), { faults }))).toEqual({
      code: 'invalid_override',
      message:
        '--fault kill-migration: scenario mine: fault kill-migration without a rollout; accepted: with a rollout only',
    });
  });

  it.each([0, -1, NaN, Infinity, 86_400_001])('refuses a duration of %d ms', async (durationMs) => {
    expect(await usageErrorOf(() => applyOverrides(file({ arrival: 'closed' }), { durationMs }))).toEqual({
      code: 'invalid_override',
      message: `--duration is "${durationMs}ms"; accepted: 250ms, 5s, 1m or plain seconds, from 1ms to 24 hours (1440m)`,
    });
  });
});

describe('resolveScenario', () => {
  it('gives what loadScenario gives where there is no override', async () => {
    expect(await resolveScenario('overflow', {})).toEqual(await loadScenario('overflow'));
  });

  it('gives a content to every slot of a built-in scenario that was made larger', async () => {
    expect(await resolveScenario('high-concurrency', { slots: 200 })).toMatchObject({
      slots: 200,
      contents: 200,
    });
    expect(await resolveScenario('overflow', { slots: 20 })).toMatchObject({ slots: 20, contents: 30 });
  });

  it('refuses a duration for a burst', async () => {
    expect(await usageErrorOf(() => resolveScenario('overflow', { durationMs: 1_000 }))).toEqual({
      code: 'invalid_override',
      message:
        '--duration: scenario overflow is a burst; only closed and open loops take a duration; add --scenario sustained, or --rate',
    });
  });

  it('refuses a name that it does not know', async () => {
    expect((await usageErrorOf(() => resolveScenario('overflw', {}))).code).toBe('unknown_scenario');
  });
});

describe('resolveScenarios', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'els-overrides-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps the order and applies counts to all, a duration to the closed loops alone', async () => {
    const path = join(folder, 'closed.json');
    await writeFile(path, JSON.stringify(file({ arrival: 'closed' })));
    const scenarios = await resolveScenarios(['sustained', 'overflow', path], {
      durationMs: 700,
      workers: 5,
    });
    expect(scenarios.map(({ name, workers, durationMs }) => [name, workers, durationMs])).toEqual([
      ['sustained', 5, 700],
      ['overflow', 5, undefined],
      ['mine', 5, 700],
    ]);
  });

  it('refuses a duration where every scenario is a burst', async () => {
    expect(
      await usageErrorOf(() => resolveScenarios(['cross-instance', 'overflow'], { durationMs: 700 })),
    ).toEqual({
      code: 'invalid_override',
      message:
        '--duration: scenario cross-instance is a burst; only closed and open loops take a duration; add --scenario sustained, or --rate',
    });
  });

  it('reports the first name that is wrong', async () => {
    const { message } = await usageErrorOf(() => resolveScenarios(['overflow', './nope.json', 'nope'], {}));
    expect(message).toBe('cannot read scenario file "./nope.json": no such file or directory');
  });
});
