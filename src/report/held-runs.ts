import { escapeInvisible, quote } from '../base/wording.js';
import type { Cleaning, HeldRun, LeftRuns } from '../domain/held-run.js';
import { formatCount, MISSING, plural } from './format.js';
import { tableLines } from './layout.js';

/** The answer of `runs` as text: a line for each run, and how many there are in each state. */
export function renderHeldRuns(schema: string, runs: readonly HeldRun[]): string {
  if (runs.length === 0) return `schema ${quote(schema)} holds nothing of any run\n`;
  const states = (['at work', 'kept', 'abandoned', 'unknown'] as const)
    .map((state) => ({ state, count: runs.filter((run) => run.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${formatCount(count)} ${state}`);
  const ending = `schema ${quote(schema)} holds ${plural(runs.length, 'run')}: ${states.join(', ')}`;
  return `${[...runLines(runs), '', ending].join('\n')}\n`;
}

function runLines(runs: readonly HeldRun[]): string[] {
  const column = (head: string, cell: (run: HeldRun) => string) => ({
    head,
    cells: runs.map((run) => escapeInvisible(cell(run))),
  });
  const counted = (name: string) =>
    column(name, ({ counts: { [name]: count } }) => (count === undefined ? MISSING : formatCount(count)));
  const names = new Set(runs.flatMap(({ counts }) => Object.keys(counts)));
  return tableLines([
    column('run', ({ runId }) => runId),
    column('state', ({ state }) => state),
    column(
      'command',
      ({ command, warmsUp }) => `${command ?? 'library'}${warmsUp === null ? '' : ', warm-up'}`,
    ),
    column('since', ({ startedAt }) => startedAt?.replace(/\.\d+Z$/, 'Z') ?? MISSING),
    column('by', whoOf),
    column('strategy', ({ strategy }) => strategy),
    column('scenario', ({ scenario }) => scenario ?? MISSING),
    ...[...names].map(counted),
    ...(runs.some(({ database }) => database !== null)
      ? [column('database', ({ database }) => database ?? MISSING)]
      : []),
    ...(runs.some(({ file }) => file !== null) ? [column('file', ({ file }) => file ?? MISSING)] : []),
  ]);
}

function whoOf({ role, host, pid }: HeldRun): string {
  return role === null ? MISSING : `${role}, ${pid} on ${host}`;
}

/** The answer of `clean` as text: a line for each run that was removed, and the sum. */
export function renderCleaning(schema: string, { dryRun, removed, left, leftAtWork }: Cleaning): string {
  const how = dryRun ? 'would be removed' : 'removed';
  const runsLeft = left.reduce((count, { runIds }) => count + runIds.length, 0);
  const others = [
    ...(runsLeft === 0 ? [] : [`${plural(runsLeft, 'run')} left, whose target could not remove them`]),
    ...(leftAtWork === 0 ? [] : [`${plural(leftAtWork, 'run')} at work left alone`]),
  ];
  const sum = [`${plural(removed.length, 'run')} ${how} of schema ${quote(schema)}`, ...others].join(' · ');
  return `${[...removed.map((run) => `${escapeInvisible(run.runId)}  ${run.state} · ${countsText(run)}`), sum].join('\n')}\n`;
}

/** Which batches were left of a target, and why, in one line. */
export function renderLeft({ batches, batchIds, runIds, database, reason }: LeftRuns): string {
  const more = batches > batchIds.length ? [`${formatCount(batches - batchIds.length)} more`] : [];
  const which = [...batchIds.map(escapeInvisible), ...more].join(', ');
  const where = database === null ? '' : ` in database ${database}`;
  const whose = runIds.length === 1 ? `run ${runIds[0]}` : plural(runIds.length, 'run');
  return `${plural(batches, 'batch', 'batches')} of ${whose} left${where} (${which}): ${reason}`;
}

/** `batches 1 · slots 15` */
function countsText({ counts }: HeldRun): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(' · ');
}
