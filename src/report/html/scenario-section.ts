import type { Row } from '../../domain/rows.js';
import { strategyLabel } from '../../domain/rows.js';
import type { Comparison, RunResult } from '../../domain/run-result.js';
import { comparisonTable } from '../comparison-columns.js';
import { rowsOf } from '../comparison-rows.js';
import { faultLines } from '../fault-lines.js';
import { plural } from '../format.js';
import { runBlock } from '../run-block.js';
import { planLines } from '../run-facts.js';
import { judgements } from './judgements.js';
import { swatch } from './line-chart.js';
import { html, type Markup } from './markup.js';
import { percentileFigure } from './percentile-figure.js';
import { PLAIN } from './plain.js';
import { ratioFigures } from './ratio-figure.js';
import { rolloutTables } from './rollout-tables.js';
import type { ClassOf } from './strategy-colours.js';
import { dataTable, rowClass } from './tables.js';
import { timeFigures } from './time-figures.js';

/** All that was measured under one scenario: a row for each strategy, and the strategies overlaid in charts. */
export function scenarioSection(
  runs: readonly [RunResult, ...RunResult[]],
  comparison: Comparison | undefined,
  classOf: ClassOf,
): Markup {
  const [first] = runs;
  const rows = rowsOf(runs, comparison);
  const rounds = new Set(runs.map((run) => run.round)).size;
  const figures = [
    ...percentileFigure(rows, classOf),
    ...(comparison === undefined ? [] : ratioFigures(rows, comparison, classOf)),
    ...timeFigures(rows, classOf),
  ];
  const medians = rounds > 1 ? `; medians of ${plural(rounds, 'round')}, success of the worst` : '';
  return html`<section>
    <h2>${first.scenario}</h2>
    <p class="about">${planLines(first, PLAIN)}${medians}</p>
    ${resultTable(rows, classOf)} ${runs.flatMap(rolloutTables)} ${faultList(runs)}
    <div class="charts">${figures}</div>
    ${judgements(runs)} ${comparison === undefined ? inFull(runs) : ''}
  </section> `;
}

/** The runs as the terminal shows them: what no table or chart has is there too. */
function inFull(runs: readonly RunResult[]): Markup {
  const lines = runs.flatMap((run) => [...runBlock(run, PLAIN), '']);
  return html`<details>
    <summary>${plural(runs.length, 'run')} in full</summary>
    <pre class="scroll" tabindex="0">${lines.join('\n')}</pre>
  </details>`;
}

/** Without the ratios, which have a chart of their own. */
function resultTable(rows: readonly Row[], classOf: ClassOf): Markup {
  const columns = comparisonTable(rows, undefined, PLAIN.colours).groups.flat();
  return dataTable({
    caption: 'Results by strategy',
    heads: [{ text: 'strategy' }, ...columns.map(({ head }) => ({ text: head }))],
    rows: rows.map((row, position) => ({
      classes: rowClass(row.runs),
      cells: [
        html`<span class="${classOf(row)}">${swatch()} ${strategyLabel(row)}</span>`,
        ...columns.map(({ cells }) => cells[position] ?? ''),
      ],
    })),
  });
}

function faultList(runs: readonly RunResult[]): Markup | '' {
  const lines = runs.flatMap((run) =>
    faultLines(run, PLAIN).map((line) => `${line} (${strategyLabel(run)}, round ${run.round})`),
  );
  return lines.length === 0
    ? ''
    : html`<ul class="lines">
        ${lines.map((line) => html`<li>${line}</li> `)}
      </ul>`;
}
