import { escapeInvisible, quote } from '../base/wording.js';
import type { Cleaning, HeldRun, RunRows } from '../domain/held-run.js';
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
  const counted = (head: keyof RunRows) => column(head, (run) => formatCount(run[head]));
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
    counted('batches'),
    counted('slots'),
    counted('essays'),
    counted('events'),
  ]);
}

function whoOf({ role, host, pid }: HeldRun): string {
  return role === null ? MISSING : `${role}, ${pid} on ${host}`;
}

/** The answer of `clean` as text: a line for each run that was removed, and the sum. */
export function renderCleaning(schema: string, { dryRun, removed, leftAtWork }: Cleaning): string {
  const how = dryRun ? 'would be removed' : 'removed';
  const left = leftAtWork === 0 ? [] : [`${plural(leftAtWork, 'run')} at work left alone`];
  const sum = [`${plural(removed.length, 'run')} ${how} of schema ${quote(schema)}`, ...left].join(' · ');
  return `${[...removed.map((run) => `${escapeInvisible(run.runId)}  ${run.state} · ${rowsText(run)}`), sum].join('\n')}\n`;
}

function rowsText({ batches, slots, essays, events }: RunRows): string {
  return [
    plural(batches, 'batch', 'batches'),
    plural(slots, 'slot'),
    plural(essays, 'essay'),
    plural(events, 'event'),
  ].join(' · ');
}
