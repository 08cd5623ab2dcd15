import type { RunResult } from '../../domain/run-result.js';
import type { Column } from '../layout.js';
import { phaseTable, switchTable } from '../rollout-tables.js';
import type { Markup } from './markup.js';
import { dataTable } from './tables.js';

/** The phases of a run and its switches; none where it had no rollout. */
export function rolloutTables({ rollout, round }: RunResult): Markup[] {
  if (rollout === undefined) return [];
  const { phases, switches } = rollout;
  return [
    tableOf(`Phases of the rollout, round ${round}`, phaseTable(phases)),
    ...(switches.length === 0 ? [] : [tableOf(`Switches, round ${round}`, switchTable(switches))]),
  ];
}

function tableOf(caption: string, columns: readonly Column[]): Markup {
  return dataTable({
    caption,
    heads: columns.map(({ head }) => ({ text: head })),
    rows: (columns[0]?.cells ?? []).map((_, row) => ({
      cells: columns.map(({ cells }) => cells[row] ?? ''),
    })),
  });
}
