import { strategyLabel } from '../../domain/rows.js';
import type { RunResult } from '../../domain/run-result.js';
import { plural } from '../format.js';
import { mark } from '../marks.js';
import { html, type Markup } from './markup.js';
import { PLAIN } from './plain.js';
import { dataTable, type Row } from './tables.js';

/** Every gate and invariant of some runs, folded. */
export function judgements(runs: readonly RunResult[]): Markup {
  const gates = runs.flatMap((run) => run.gates.map((gate) => gateRow(run, gate)));
  const invariants = invariantRows(runs);
  return html`<details>
    <summary>${plural(gates.length, 'gate')} and ${plural(invariants.length, 'invariant')}</summary>
    ${
      gates.length === 0
        ? ''
        : dataTable({
            caption: 'Gates',
            heads: ['run', 'gate', 'observed', 'held'].map((text) => ({ text })),
            rows: gates,
            classes: 'texts',
          })
    }
    ${dataTable({
      caption: 'Invariants',
      heads: ['invariant', 'held in'].map((text) => ({ text })),
      rows: invariants,
      classes: 'texts',
    })}
  </details>`;
}

function gateRow(run: RunResult, { expression, observed, passed }: RunResult['gates'][number]): Row {
  const name = `${strategyLabel(run)}, round ${run.round}`;
  return {
    cells: [name, expression, observed, mark(passed, PLAIN.colours)],
    classes: passed ? '' : 'bad',
  };
}

function invariantRows(runs: readonly RunResult[]): Row[] {
  const checked = runs.flatMap((run) => run.invariants);
  return [...new Set(checked.map(({ name }) => name))].map((name) => {
    const results = checked.filter((result) => result.name === name);
    const held = results.filter(({ passed }) => passed).length;
    return {
      cells: [name, `${held} of ${plural(results.length, 'run')}`],
      classes: held < results.length ? 'bad' : '',
    };
  });
}
