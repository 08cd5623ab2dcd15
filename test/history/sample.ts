import type { Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import type { HistoryFile, RunHeader } from '#els/history/history-file.js';
import type { RunTrailer } from '#els/history/run-writer.js';
import { times, type Draw } from '../support/draws.js';
import { callOf, drawOverflow, validHistory } from '../verify/histories.js';

const BATCHES = ['batch', 'bätch "2"', 'b\u2028\n'] as const;

export const TOOL = { name: 'els-assign', version: '0.0.0-test' };

/** A run as it is given to a history file. */
export interface GivenRun {
  readonly header: RunHeader;
  readonly calls: readonly Call[];
  /** Those of them that were made alone after the load. */
  readonly closing: ReadonlySet<Call>;
  readonly trailer: RunTrailer;
}

/** Writes a run as one that takes its calls at once. */
export async function keep(file: HistoryFile, { header, calls, closing, trailer }: GivenRun): Promise<void> {
  const run = await file.begin(header);
  run.append(calls, closing);
  await run.end(trailer);
}

/** A run with every field that a call or a run may have. */
export function drawRun(draw: Draw): GivenRun {
  const shape = drawOverflow(draw);
  const lost = { outcome: 'unknown', errorCode: 'database_unavailable', sqlState: '57P01' } as const;
  const found = { outcome: 'created', slotId: 'essay-of-100', recovered: true, worker: -1 } as const;
  const closing = times(draw.integer(0, 2), (position) =>
    callOf(102 + position, [9, 10], { outcome: 'no_slot', worker: -1 }),
  );
  const calls = [
    ...validHistory(shape, draw),
    callOf(100, [0.25, 1_000_000_000_000.5], { ...lost, batchId: draw.pick(BATCHES) }),
    callOf(100, [7, 8.125], found),
    callOf(101, [1, 1], { outcome: 'reused', slotId: 'e "1"\n', replyLost: true }),
    ...closing,
  ];
  const header: RunHeader = {
    runId: `run-${draw.integer(1, 1_000_000)}`,
    scenario: 'overflow',
    strategy: draw.pick(['legacy', './a "file".sql']),
    advisoryLocks: draw.integer(0, 1) === 1,
    seed: draw.integer(0, 2 ** 32 - 1),
    ...BUILT_IN_TERMS,
    batches: BATCHES.map((batchId, position) => ({ batchId, slots: shape.slots + position })),
    startMicros: draw.integer(0, 10_000) / 8,
    durable: draw.integer(0, 1) === 1,
  };
  const trailer: RunTrailer = {
    faults: times(draw.integer(0, 2), (position) => ({
      ...{ kind: 'kill-worker', plannedMs: position, startMs: position - 1, endMs: position + 0.5 },
      ...{ struck: true, detail: 'worker 1', left: { orphans: 1, uncompleted: 0 } },
    })),
    incomplete: times(draw.integer(0, 2), (position) => `worker ${position} was killed`),
    ...(draw.integer(0, 1) === 1 && { durable: draw.integer(0, 1) === 1 }),
  };
  return { header, calls, closing: new Set(closing), trailer };
}
