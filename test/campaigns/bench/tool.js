import { builtInHost, resolveTarget } from '#els/targets/resolve.js';
import { executeRun } from '#els/app/execute-run.js';
import { toScenario } from '#els/scenario/resolve.js';
import { scenarioFileSchema } from '#els/scenario/schema.js';
import { freshSchema } from './server.js';
import { CONNECTIONS, WORKERS } from './settings.js';

const TIMEOUT_MS = 10_000;
const RAN_OUT = /^the slots ran out /;

/**
 * A scenario of the suite: CONNECTIONS over WORKERS where the shape does not say otherwise, and no call may fail.
 *
 * @param {object} shape fields of a scenario file
 */
export function benchScenario(shape) {
  const file = scenarioFileSchema.parse({
    name: 'bench',
    description: 'A measurement of the benchmark suite.',
    workers: WORKERS,
    connections: CONNECTIONS / WORKERS,
    gates: ['error == 0', 'unknown == 0'],
    ...shape,
  });
  return toScenario(file);
}

/**
 * Runs a scenario by the tool, from fresh tables to its verification. The rows stay for whoever looks at them next.
 *
 * @param {import('./server.js').Bench} bench
 * @param {{ strategy: import('#els/targets/els/engine/assignment.js').BuiltInStrategy, advisoryLocks?: boolean | undefined, scenario: import('#els/domain/scenario.js').Scenario, round: number }} load
 * @returns the run's result, its calls and the ids of its batches
 * @throws Error when the run did not pass, or its slots ran out before its time
 */
export async function runTool(bench, { strategy, advisoryLocks = false, scenario, round }) {
  await freshSchema(bench);
  /** @type {{ batchIds: readonly string[], calls: import('#els/domain/call.js').Call[] }} */
  const kept = { batchIds: [], calls: [] };
  /** @type {import('#els/history/history-file.js').HistoryFile} */
  const history = /** @type {never} */ ({
    begin: async (/** @type {import('#els/history/history-file.js').RunHeader} */ { batches }) => {
      kept.batchIds = batches.map(({ batchId }) => batchId);
      return {
        append: (/** @type {readonly import('#els/domain/call.js').Call[]} */ calls) =>
          void kept.calls.push(...calls),
        end: async () => undefined,
      };
    },
  });
  const what = { target: await resolveTarget(strategy, advisoryLocks), scenario, history };
  const job = { ...what, round, seed: round, keep: true, timeoutMs: TIMEOUT_MS };
  const place = { database: bench.database, host: builtInHost(bench.database), lacks: {} };
  const { result: run, failure } = await executeRun(place, bench.fleet, job, bench.stop);
  if (failure !== undefined) throw failure;
  const notes = run.notes.filter((note) => RAN_OUT.test(note));
  if (!run.passed || notes.length > 0) {
    const broken = [...run.invariants, ...run.gates].filter(({ passed }) => !passed);
    throw new Error(`${strategy} did not pass: ${run.verdict} ${JSON.stringify([...notes, ...broken])}`);
  }
  return { run, ...kept };
}
