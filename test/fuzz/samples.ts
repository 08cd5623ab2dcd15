import { readdirSync, readFileSync } from 'node:fs';
import { BASELINE_KIND, BASELINE_VERSION } from '#els/baseline/schema.js';
import { shapeOf } from '#els/baseline/shape.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import { toCallLine, toEndLine, toRunLine } from '#els/history/records.js';
import { listBuiltInScenarios } from '#els/scenario/load.js';
import { callOf } from '../verify/histories.js';

// Valid inputs, to be spoilt.

const ROOT = new URL('../../', import.meta.url);

function textsIn(folder: string, extension: string): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(new URL(`${folder}${name}`, ROOT), 'utf8'));
}

export const SCENARIOS = [
  ...textsIn('scenarios/', '.json').map((text) => JSON.parse(text) as object),
  {
    ...{ name: 'open', description: 'An open loop.', slots: 9, contents: 20, arrival: 'open', rate: 100 },
    ...{ spacing: 'constant', latencyLimit: '50ms', faults: ['kill-worker@1s'], rttMs: 0.5 },
    ...{
      stages: [
        { rate: 10, duration: '0s' },
        { rate: 5, duration: '1.5s' },
      ],
      gates: ['p95 < 5ms', 'late == 0'],
    },
  },
];

export const CONFIGURATION = {
  ...{ $schema: 'config.schema.json', databaseUrlVariable: 'CI_DATABASE_URL', schema: 'els_assign' },
  ...{
    strategies: ['legacy', './mine.sql'],
    scenarios: ['sustained', 'own/load.json'],
    gates: ['cte.p95 < p50 * 2'],
  },
  ...{ rounds: 4, batches: 1, slots: 10, contents: 9, deliveries: 2, workers: 2, connections: 8, bulk: 1 },
  ...{ duration: '1.5s', timeout: '10s', rttMs: 0.5, faults: ['kill-worker'], seed: 1, advisoryLocks: true },
  ...{ allowInconclusive: false, baseline: 'baseline.json', keep: false },
};

const latencyMicros = { mean: 1, p50: 1, p95: 2.5, p99: 3 };

export const BASELINE = {
  ...{ kind: BASELINE_KIND, schemaVersion: BASELINE_VERSION },
  ...{ tool: { name: 'els-assign', version: '0.1.0' }, measuredAt: '2026-01-31T12:00:00.000Z' },
  environment: {
    ...{ postgresVersion: '18.4', nodeVersion: 'v20.19.0', cpus: 2, embedded: true, synchronousCommit: 'on' },
    ...{ fsync: 'on', fullPageWrites: 'on', autovacuum: 'on' },
  },
  rows: (await listBuiltInScenarios()).map((scenario) => ({
    ...{ scenario: scenario.name, strategy: 'cte', advisoryLocks: false, shape: shapeOf(scenario) },
    rounds: [{ round: 1, throughputPerSecond: 5_000.5, latencyMicros }],
  })),
};

const CALLS = [
  callOf(1, [0.25, 9], { outcome: 'created', slotId: 'essay-1', recovered: true }),
  callOf(1, [1, 8], { outcome: 'reused', slotId: 'essay-1', replyLost: true, worker: 2 }),
  callOf(2, [2, 7], { outcome: 'no_slot' }),
  callOf(3, [3, 6], { outcome: 'unknown', errorCode: 'database_unavailable', sqlState: '57P01' }),
];

/** The lines of a history: a run, its calls, and its end. */
export const HISTORY: readonly object[] = [
  toRunLine({
    ...{ runId: 'r1', scenario: 'overflow', strategy: './a.sql', advisoryLocks: false, seed: 7 },
    ...BUILT_IN_TERMS,
    tool: { name: 'els-assign', version: '0.1.0' },
    batches: ['batch', 'other'].map((batchId) => ({ batchId, slots: 2 })),
    ...{ bootId: 'b', anchor: { monotonicMicros: 5, wallClock: '2026-01-31T12:00:00.000Z' } },
    ...{ startMicros: 0, durable: true },
  }),
  ...CALLS.map((call) => toCallLine(call, false)),
  toEndLine({
    faults: [
      {
        ...{ kind: 'kill-worker', plannedMs: 1, startMs: 1, endMs: 2, struck: true, detail: 'worker 1' },
        left: { orphans: 1, uncompleted: 0 },
      },
    ],
    ...{ incomplete: ['worker 1 was killed'], durable: false, calls: CALLS.length },
  }),
].map((line) => JSON.parse(line) as object);

export const GATES = [
  'p95 < 500ms',
  'reused == contents * (deliveries - 1)',
  'inventory.p95 <= cte.p95 * 1.05',
  '"./mine v2.sql".throughput / legacy.throughput >= 2',
  '((created + reused) / (batches * slots)) >= 1.5 + 0.25',
];

export const STATEMENTS = textsIn('sql/strategies/', '.sql').map((sql) => `-- inventory: slots\n${sql}`);
