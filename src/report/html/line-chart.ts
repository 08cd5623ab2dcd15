import { line } from 'd3-shape';
import { MISSING } from '../format.js';
import type { Axis, Span } from './axes.js';
import { html, type Markup } from './markup.js';
import { dataTable } from './tables.js';

const WIDTH = 560;
const HEIGHT = 310;
const MARGIN = { top: 26, right: 18, bottom: 48, left: 62 };
/** Labels of marks stand in this many lines, one under the other. */
const MARK_LINES = 3;
const MARK_LINE_HEIGHT = 18;

/** The room between the axes. */
export const ACROSS: Span = [MARGIN.left, WIDTH - MARGIN.right];
export const UPWARDS: Span = [HEIGHT - MARGIN.bottom, MARGIN.top];

export interface Series {
  readonly label: string;
  /** Style classes: colour, dashes, weight. */
  readonly classes: string;
  /** In the order of x; y is null where nothing was measured. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** Something that happened at a value of x, or from one value to another. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface LineChart {
  readonly title: string;
  readonly xTitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
  /** Whether each point is drawn. */
  readonly dots?: boolean;
}

/** A chart of lines with a legend, and its values as a table, which the page's script shows at the pointer. */
export function lineChart(chart: LineChart): Markup {
  const { title, x, series } = chart;
  const xs = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort(
    (a, b) => a - b,
  );
  const positions = xs.map((value) => x.at(value).toFixed(1)).join(' ');
  return html`<figure class="chart" data-xs="${positions}">
    <figcaption>${title}</figcaption>
    ${series.length > 1 ? legend(series) : ''}
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(chart)}" tabindex="0">
      ${grid(chart)} ${(chart.marks ?? []).map((mark, position) => drawMark(mark, position, x))}
      ${series.map((each) => drawSeries(each, chart))}
      <line class="cursor" y1="${UPWARDS[1]}" y2="${UPWARDS[0]}" />
    </svg>
    ${values(chart, xs)}
  </figure> `;
}

function describe({ title, xTitle, series, marks = [] }: LineChart): string {
  const happened = marks.length > 0 ? `; marked: ${marks.map(({ label }) => label).join(', ')}` : '';
  return `${title} by ${xTitle}: ${series.map(({ label }) => label).join(', ')}${happened}. Values in the table below.`;
}

function legend(series: readonly Series[]): Markup {
  return html`<ul class="legend">
    ${series.map(({ label, classes }) => html`<li class="${classes}">${swatch()} ${label}</li> `)}
  </ul>`;
}

/** A piece of line in the colour and the dashes of the element around it. */
export function swatch(): Markup {
  return html`<svg class="swatch" viewBox="0 0 26 10" aria-hidden="true">
    <line class="line" x1="0" x2="26" y1="5" y2="5" />
  </svg>`;
}

function grid({ x, y, xTitle }: LineChart): Markup {
  const [left, right] = ACROSS;
  const [bottom] = UPWARDS;
  const xLabel = ({ position, label }: Axis['ticks'][number]) =>
    html`<line x1="${position}" x2="${position}" y1="${bottom}" y2="${bottom + 4}" />
      <text x="${position}" y="${bottom + 18}" class="middle">${label}</text>`;
  const yLabel = ({ position, label }: Axis['ticks'][number]) =>
    html`<line x1="${left}" x2="${right}" y1="${position}" y2="${position}" />
      <text x="${left - 8}" y="${position + 4}" class="end">${label}</text>`;
  return html`<g class="grid">
    ${y.ticks.map(yLabel)} ${x.ticks.map(xLabel)}
    <text x="${right}" y="${HEIGHT - 2}" class="end title">${xTitle}</text>
  </g>`;
}

function drawMark({ from, to, label }: Mark, position: number, x: Axis): Markup {
  const [left, right] = [x.at(from), x.at(to)];
  const [bottom, top] = UPWARDS;
  const nearEnd = left > (ACROSS[0] + ACROSS[1]) / 2;
  const y = top - 12 + (position % MARK_LINES) * MARK_LINE_HEIGHT;
  return html`<g class="mark">
    <rect x="${left}" y="${top}" width="${Math.max(0, right - left)}" height="${bottom - top}" />
    <line x1="${left}" x2="${left}" y1="${y - 8}" y2="${bottom}" />
    <text x="${left + (nearEnd ? -5 : 5)}" y="${y}" class="${nearEnd ? 'end' : ''}">${label}</text>
  </g> `;
}

function drawSeries({ label, classes, points }: Series, { x, y, dots = false }: LineChart): Markup {
  const path = line<Point>()
    .defined((point) => point.y !== null)
    .x((point) => x.at(point.x))
    .y((point) => y.at(point.y ?? NaN))
    .digits(1)(points);
  const shown = dots ? points.filter((point) => point.y !== null) : [];
  return html`<g class="series ${classes}">
    <title>${label}</title>
    <path class="line" d="${path ?? ''}" />
    ${shown.map((point) => html`<circle cx="${x.at(point.x)}" cy="${y.at(point.y ?? NaN)}" r="3.5" />`)}
  </g> `;
}

function values({ title, xTitle, formatX, formatY, series }: LineChart, xs: readonly number[]): Markup {
  const columns = series.map(({ points }) => new Map(points.map((point) => [point.x, point.y])));
  const cell = (value: number | null | undefined) => (value == null ? MISSING : formatY(value));
  return html`<details>
    <summary>Values</summary>
    ${dataTable({
      caption: title,
      heads: [{ text: xTitle }, ...series.map(({ label, classes }) => ({ text: label, classes }))],
      rows: xs.map((value) => ({
        cells: [formatX(value), ...columns.map((column) => cell(column.get(value)))],
      })),
    })}
  </details>`;
}
