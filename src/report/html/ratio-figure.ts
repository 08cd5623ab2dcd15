import type { Row } from '../../domain/rows.js';
import { strategyLabel } from '../../domain/rows.js';
import type { Comparison, Ratio } from '../../domain/run-result.js';
import { formatRatio } from '../format.js';
import { findRatio } from '../ratio-cell.js';
import { formatTick, logAxis, type Axis, type Span } from './axes.js';
import { html, type Markup } from './markup.js';
import type { ClassOf } from './strategy-colours.js';

const WIDTH = 560;
const ROW_HEIGHT = 30;
const TOP = 14;
const AXIS_HEIGHT = 30;
/** Between the names on the left and the figures on the right. */
const ACROSS: Span = [140, 420];
const LONGEST_NAME = 19;

const TITLES: readonly (readonly [Ratio['metric'], string])[] = [
  ['throughput', 'Throughput: right of 1 is faster'],
  ['p95', 'p95 latency: left of 1 is faster'],
];

/** How the rows of a scenario compare to the baseline: a dot for each ratio and a line for its interval, in one cell. */
export function ratioFigures(rows: readonly Row[], comparison: Comparison, classOf: ClassOf): Markup[] {
  const figures = TITLES.flatMap(([metric, title]) => {
    const ratios = rows.flatMap((row) => findRatio(row, metric, comparison) ?? []);
    const caption = `${title}, as a multiple of ${comparison.baseline}; ${basisOf(ratios, rows, comparison)}`;
    return ratios.length === 0 ? [] : [figure(caption, ratios, classOf)];
  });
  return figures.length === 0 ? [] : [html`<div class="stack">${figures}</div>`];
}

/** The rounds that were paired and the confidence of the intervals, of these rows alone. */
function basisOf(ratios: readonly Ratio[], rows: readonly Row[], { baseline }: Comparison): string {
  const base = rows.find(({ strategy }) => strategy === baseline);
  const paired = rows
    .filter((row) => row !== base)
    .map(({ runs }) => runs.filter(({ round }) => base?.runs.some((run) => run.round === round)).length);
  const percents = ratios
    .map(({ confidence }) => Math.floor(confidence * 100))
    .filter((percent) => percent > 0);
  const confidence = percents.length === 0 ? '' : `, ${range(percents)} % confidence`;
  return `${range(paired)} ${Math.max(...paired) === 1 ? 'round' : 'rounds'}${confidence}`;
}

function range(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least}–${most}`;
}

function figure(caption: string, ratios: readonly Ratio[], classOf: ClassOf): Markup {
  const bottom = TOP + ratios.length * ROW_HEIGHT;
  const x = logAxis([1, ...ratios.flatMap(({ ratio, low, high }) => [ratio, low, high])], ACROSS, formatTick);
  return html`<figure class="chart ratios">
    <figcaption>${caption}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}" role="img" aria-label="${describe(caption, ratios)}">
      ${axis(x, bottom)} ${ratios.map((ratio, row) => drawRatio(ratio, row, x, classOf))}
    </svg>
  </figure> `;
}

function describe(caption: string, ratios: readonly Ratio[]): string {
  return `${caption}: ${ratios.map((ratio) => `${strategyLabel(ratio)} ${figuresOf(ratio)}`).join(', ')}`;
}

function axis(x: Axis, bottom: number): Markup {
  return html`<g class="grid">
    ${x.ticks.map(
      ({ position, label }) =>
        html`<line x1="${position}" x2="${position}" y1="${TOP - 6}" y2="${bottom}" />
          <text x="${position}" y="${bottom + 18}" class="middle">${label}</text>`,
    )}
    <line class="one" x1="${x.at(1)}" x2="${x.at(1)}" y1="${TOP - 6}" y2="${bottom}" />
  </g>`;
}

function drawRatio(ratio: Ratio, row: number, x: Axis, classOf: ClassOf): Markup {
  const y = TOP + (row + 0.5) * ROW_HEIGHT;
  const name = strategyLabel(ratio);
  const shown = name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name;
  return html`<g class="series ${classOf(ratio)}">
    <title>${name}</title>
    <text x="0" y="${y + 4}">${shown}</text>
    <line class="line" x1="${x.at(ratio.low)}" x2="${x.at(ratio.high)}" y1="${y}" y2="${y}" />
    <circle cx="${x.at(ratio.ratio)}" cy="${y}" r="5" />
    <text x="${WIDTH}" y="${y + 4}" class="end">${figuresOf(ratio)}</text>
  </g> `;
}

/** One round has no interval. */
function figuresOf({ ratio, low, high, confidence }: Ratio): string {
  const interval = confidence > 0 ? ` [${formatRatio(low)} – ${formatRatio(high)}]` : '';
  return formatRatio(ratio) + interval;
}
