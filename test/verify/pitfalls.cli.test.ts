import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { drawn, type Draw } from '../support/draws.js';
import { useDatabase } from '../support/database.js';
import { burstFile, pitfall, runJson, violated, type Printed } from './scenario-files.js';
import { IS_LONG } from '../support/long.js';

// Each pitfall of the design, as a custom strategy put through the real executable: the tool must prove it wrong.

const db = useDatabase();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-pitfalls-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Every delivery at once, on as many connections: all claims collide. */
function collision(draw: Draw): Promise<string> {
  const workers = draw.integer(2, 3);
  const connections = draw.integer(8, 12);
  const slots = workers * connections;
  return burstFile(folder, 'collision', { slots, contents: slots, deliveries: 1, workers, connections });
}

/** Few contents, each delivered many times at once. */
function duplicates(draw: Draw): Promise<string> {
  const contents = draw.integer(1, 4);
  return burstFile(folder, 'duplicates', {
    ...{ slots: contents + draw.integer(1, 4), contents, deliveries: draw.integer(8, 25) },
    ...{ workers: draw.integer(2, 3), connections: draw.integer(4, 8) },
  });
}

function expectInvalid({ code, passed, verdict, runs }: Printed, names: readonly string[]): void {
  const found = violated(runs[0]);
  const told = JSON.stringify(runs[0]?.outcomes);
  expect({ code, passed, verdict }, told).toEqual({ code: 1, passed: false, verdict: 'invalid' });
  expect(found, told).toEqual(expect.arrayContaining([...names]));
  for (const name of names) {
    const invariant = runs[0]?.invariants.find((each) => each.name === name);
    expect(invariant?.witnesses.length, name).toBeGreaterThan(0);
  }
}

describe('proves wrong', () => {
  drawn('1: Option A as it is worded, which inserts NULL where it found no slot', async (draw) => {
    const report = await runJson(db, pitfall('1-insert-values'), [await collision(draw)]);
    // An error says that nothing happened, which no invariant forbids; but nothing is proven of who heard nothing else.
    const { code, passed, verdict } = report;
    expect({ code, passed, verdict }).toEqual({ code: 1, passed: false, verdict: 'unknown' });
    expect(report.runs[0]?.notes.join()).toMatch(/contents that callers were only told errors of: [1-9]/);
    expect(report.runs[0]?.errorsByCode['strategy_failed']).toBeGreaterThan(0);
  });

  drawn('2: a lock on the tracker, which hides every slot from rivals', async (draw) => {
    const report = await runJson(db, pitfall('2-locks-tracker'), [await collision(draw)]);
    expectInvalid(report, ['full-when-told-full', 'no-false-no-slot']);
    expect(report.runs[0]?.outcomes.error).toBe(0);
  });

  drawn('3: essay state that every duplicate overwrites', async (draw) => {
    const report = await runJson(db, pitfall('3-overwrites'), [await duplicates(draw)]);
    expectInvalid(report, ['duplicate-wrote-nothing', 'event-in-the-same-transaction']);
    expect(violated(report.runs[0])).toEqual(['duplicate-wrote-nothing', 'event-in-the-same-transaction']);
    expect(report.runs[0]?.outcomes.error).toBe(0);
  });
});

describe('proves the built-in strategies right on the same scenarios', IS_LONG, () => {
  for (const strategy of ['legacy', 'cte', 'inventory']) {
    drawn(strategy, async (draw) => {
      const scenarios = [await collision(draw), await duplicates(draw)];
      const { code, verdict, runs } = await runJson(db, strategy, scenarios);
      expect(runs.map(violated)).toEqual([[], []]);
      expect({ code, verdict }).toEqual({ code: 0, verdict: 'valid' });
    });
  }
});
