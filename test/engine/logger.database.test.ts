import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AssignmentEngine } from '#els/targets/els/engine/engine.js';
import type { EngineLogger } from '#els/targets/els/engine/call-log.js';
import { requestFor, useDatabase } from '../support/database.js';
import { lockVacancies, untilLocked, withForeign } from './support/hold.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

interface Line {
  readonly level: keyof EngineLogger;
  readonly details: Record<string, unknown>;
  readonly message: string;
}
interface Step {
  readonly step: string;
  readonly because?: string;
  readonly micros: number;
  readonly roundTrips: number;
}

function recorder(): { logger: EngineLogger; lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: keyof EngineLogger) => (details: object, message: string) =>
    void lines.push({ level, details: details as Record<string, unknown>, message });
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

describe.each(VARIANTS)('$name', (variant) => {
  it('tells an outcome in short, then where the time went', async () => {
    const { logger, lines } = recorder();
    const engine = db.engine({ ...optionsOf(variant), logger });
    const request = requestFor(await newBatch(db, variant.inventory, 1), 'content');
    const before = engine.counters.roundTrips;
    const result = await engine.assign(request);
    const { batchId, textStorageId, correlationId } = request;
    const ids = { batchId, textStorageId, correlationId };
    const micros = expect.any(Number) as number;
    expect(lines.map(({ level }) => level)).toEqual(['info', 'debug']);
    expect(lines[0]).toMatchObject({
      details: { ...ids, ...result, micros },
      message: 'assignment: created',
    });
    const roundTrips = engine.counters.roundTrips - before;
    expect(lines[1]).toMatchObject({ details: { ...ids, micros, roundTrips } });
    const steps = lines[1]?.details.steps as Step[];
    const looks = variant.strategy === 'legacy' ? ['look'] : [];
    expect(steps.map(({ step }) => step)).toEqual(['connection', 'claim', ...looks]);
    expect(steps[1]?.roundTrips).toBe(roundTrips);
    const whole = lines[1]?.details.micros as number;
    // Each is rounded.
    expect(Math.abs(steps.reduce((sum, step) => sum + step.micros, 0) - whole)).toBeLessThanOrEqual(
      steps.length,
    );
  });

  it('tells what a call waited for', async () => {
    const { logger, lines } = recorder();
    const engine = db.engine({ ...optionsOf(variant), logger });
    const batchId = await newBatch(db, variant.inventory, 1);
    await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, variant.inventory, batchId);
      const call = engine.assign(requestFor(batchId, 'content'));
      await untilLocked(db);
      await sleep(100);
      await foreign.rollback();
      await call;
    });
    const steps = lines[1]?.details.steps as Step[];
    const wait = steps.find(({ step, because }) => step === 'wait' && because === 'contended');
    expect(wait?.micros).toBeGreaterThan(90_000);
  });
});

it('warns of a call that may be made again, and calls one an error that may not', async () => {
  const { logger, lines } = recorder();
  const options = { strategy: { kind: 'built-in', name: 'cte' }, timeoutMs: 50, logger } as const;
  const engine = db.engine(options);
  const batchId = await newBatch(db, 'slots', 1);
  await withForeign(db, async (foreign) => {
    await lockVacancies(foreign, 'slots', batchId);
    const late = await engine.assign(requestFor(batchId, 'late')).catch((error: unknown) => error);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      details: { batchId, outcome: 'error', code: 'contention_deadline', ambiguous: false, err: late },
    });
  });
  await expect(engine.assign(requestFor('nowhere', 'content'))).rejects.toThrow();
  await expect(engine.assign(null as never)).rejects.toThrow();
  await engine.close();
  await expect(engine.assign(requestFor(batchId, 'closed'))).rejects.toThrow();
  const told = lines
    .filter(({ level }) => level !== 'debug')
    .map(({ level, details }) => [level, details.code]);
  expect(told).toEqual([
    ['warn', 'contention_deadline'],
    ['error', 'unknown_batch'],
    ['error', 'invalid_request'],
    ['error', 'engine_closed'],
  ]);
});

it('counts the outcomes of many contents, and tells each failure', async () => {
  const { logger, lines } = recorder();
  const engine = db.engine({ strategy: { kind: 'built-in', name: 'inventory' }, logger });
  const batchId = await newBatch(db, 'essays', 1);
  const requests = [requestFor(batchId, 'a'), requestFor(batchId, 'a'), requestFor('nowhere', 'b')];
  await engine.assignMany(requests);
  expect(lines.map(({ level }) => level)).toEqual(['error', 'info', 'debug']);
  expect(lines[0]?.details).toMatchObject({ batchId: 'nowhere', textStorageId: 'b', code: 'unknown_batch' });
  expect(lines[1]?.details).toMatchObject({ requests: 3, outcomes: { created: 1, reused: 1, error: 1 } });
  await expect(engine.assignMany(null as never)).rejects.toThrow();
  expect(lines[3]).toMatchObject({ level: 'error', details: { code: 'invalid_request' } });
});

const FAILING: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('disk full');
    },
  ],
  ['rejects', () => Promise.reject(new Error('disk full'))],
];

describe.each(FAILING)('a logger that %s', (_, fail) => {
  it('breaks no call, and is told of once', async () => {
    const logger: EngineLogger = { debug: fail, info: fail, warn: fail, error: fail };
    const engine: AssignmentEngine = db.engine({ strategy: { kind: 'built-in', name: 'cte' }, logger });
    const batchId = await newBatch(db, 'slots', 1);
    const warnings: Error[] = [];
    const listener = (warning: Error) => void warnings.push(warning);
    process.on('warning', listener);
    const first = once(process, 'warning');
    expect(await engine.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'created' });
    await first;
    await expect(engine.assign(requestFor('nowhere', 'content'))).rejects.toMatchObject({
      code: 'unknown_batch',
    });
    await sleep(20);
    process.off('warning', listener);
    expect(warnings.map(({ message }) => message)).toEqual([
      'the logger of an assignment engine failed: disk full',
    ]);
  });
});
