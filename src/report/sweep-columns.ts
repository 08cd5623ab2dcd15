import type { ChalkInstance } from 'chalk';
import type { RunResult } from '../domain/run-result.js';
import type { Sweep, SweepStep } from '../domain/sweep.js';
import { gatesCell } from './comparison-columns.js';
import { formatCount, formatMicros, formatNumber, MISSING } from './format.js';
import type { Column } from './layout.js';
import { colourVerdict } from './marks.js';
import { openLoopColumns } from './open-loop.js';

/** The columns of a sweep's table; what belongs together is one group. */
export interface SweepTable {
  readonly values: Column;
  readonly groups: readonly (readonly Column[])[];
}

/** The table of a sweep, a cell for each step. */
export function sweepTable(
  { parameter, steps }: Sweep,
  runs: readonly RunResult[],
  colours: ChalkInstance,
): SweepTable {
  const column = (head: string, cells: readonly string[]): Column => ({ head: colours.dim(head), cells });
  const ofRuns = (head: string, cell: (run: RunResult) => string): Column => column(head, runs.map(cell));
  const clientBound = steps.map((step) => clientBoundCell(step, colours));
  return {
    values: column(
      parameter,
      steps.map(({ value }) => formatCount(value)),
    ),
    groups: [
      [
        ofRuns('total conns', ({ workers, connections }) => formatCount(workers * connections)),
        ...(runs.some(({ duePerSecond }) => duePerSecond !== undefined)
          ? [ofRuns('due per s', (run) => formatNumber(run.duePerSecond ?? NaN))]
          : []),
        ofRuns('per s', (run) => formatNumber(run.throughputPerSecond)),
      ],
      openLoopColumns(
        runs.map((run) => ({ runs: [run] })),
        column,
      ),
      (['p50', 'p95', 'p99'] as const).map((name) =>
        ofRuns(name, (run) => formatMicros(run.latencyMicros[name])),
      ),
      [ofRuns('took', (run) => formatMicros(run.durationMs * 1_000)), column('client-bound', clientBound)],
      [
        ofRuns('gates', (run) => gatesCell({ runs: [run] }, colours)),
        ofRuns('verdict', (run) => colourVerdict(run.verdict, colours)),
      ],
    ],
  };
}

function clientBoundCell({ clientSaturated }: SweepStep, colours: ChalkInstance): string {
  if (clientSaturated === null) return MISSING;
  return clientSaturated ? colours.yellow('yes') : 'no';
}
