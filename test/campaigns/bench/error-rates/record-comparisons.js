import { compare } from '#els/app/compare.js';
import { resolveTarget } from '#els/targets/resolve.js';
import { resolveScenario } from '#els/scenario/overrides.js';
import { freshSchema } from '../server.js';
import { calibrate } from './calibrate.js';
import { writeCopy, writeSlowed } from './contenders.js';

const TIMEOUT_MS = 10_000;
const RAN_OUT = /^the slots ran out /;
/** More than can be taken in a second. */
const CONTENTS_PER_SECOND = 30_000;
const BATCHES = 100;

/**
 * Records real comparisons until there are as many as wanted, the two kinds in turn, so that the machine is the same
 * for both.
 *
 * @param {import('../server.js').Bench} bench
 * @param {import('./recording.js').Recording} recording
 * @param {{ equal: number, slowed: number }} wanted
 * @param {{ rounds: number, durationMs: number }} shape
 */
export async function recordComparisons(bench, recording, wanted, shape) {
  await freshSchema(bench);
  recording.environment = bench.environment;
  const against = (path, seed) => compareWithCte(bench, path, { ...shape, seed });
  const copy = await writeCopy(bench.folder);
  recording.slowedBy ??= await calibrate(async (work, seed) =>
    against(await writeSlowed(bench.folder, work), seed),
  );
  const paths = { equal: copy, slowed: await writeSlowed(bench.folder, recording.slowedBy.work) };
  while (recording.lacks(wanted)) {
    for (const kind of Object.keys(wanted).filter((each) => recording.count(each) < wanted[each])) {
      const seed = recording.comparisons.length + 1;
      await recording.add({ kind, seed, ...(await against(paths[kind], seed)) });
      console.error(`${kind} ${recording.count(kind)} of ${wanted[kind]}`);
    }
  }
}

/** One `compare` of cte with the strategy of a file. @throws Error when it ended early or some run is not valid */
async function compareWithCte({ database, stop }, path, { rounds, durationMs, seed }) {
  const slots = Math.ceil((CONTENTS_PER_SECOND * durationMs) / 1_000 / BATCHES);
  const plan = {
    scenarios: [await resolveScenario('sustained', { durationMs, batches: BATCHES, slots })],
    targets: [await resolveTarget('cte', false), await resolveTarget(path, false)],
    rounds: { burst: rounds, load: rounds },
    advisoryLocks: false,
    seed,
    keep: false,
    timeoutMs: TIMEOUT_MS,
  };
  const report = await compare(database, plan, {
    command: 'compare',
    onRun: () => undefined,
    stop,
    allowInconclusive: true,
  });
  stop.throwIfAborted();
  const problem =
    report.failure?.message ?? report.runs.flatMap(({ notes }) => notes).find((note) => RAN_OUT.test(note));
  if (report.verdict !== 'valid' || problem)
    throw new Error(`the comparison is ${report.verdict}: ${problem}`);
  return {
    rounds: pairsOf(report.runs, path),
    saturated: report.runs.filter((run) => run.client.saturated).length,
  };
}

function pairsOf(runs, path) {
  const references = new Map(
    runs.filter(({ strategy }) => strategy === 'cte').map((run) => [run.round, run.throughputPerSecond]),
  );
  return runs
    .filter(({ strategy }) => strategy === path)
    .map((run) => [run.throughputPerSecond, references.get(run.round)]);
}
