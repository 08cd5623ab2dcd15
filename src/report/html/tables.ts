import type { RunResult } from '../../domain/run-result.js';
import { endingOfRun } from '../ending.js';
import { html, type Content, type Markup } from './markup.js';

export interface Head {
  readonly text: string;
  readonly classes?: string;
}

/** A row; its first cell is its heading. */
export interface Row {
  readonly cells: readonly Content[];
  readonly classes?: string;
}

export interface DataTable {
  /** For those who cannot see where the table stands. */
  readonly caption: string;
  readonly heads: readonly Head[];
  readonly rows: readonly Row[];
  readonly classes?: string;
}

/** A table that scrolls by itself where it is wider than the page. */
export function dataTable({ caption, heads, rows, classes = 'figures' }: DataTable): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table class="${classes}">
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col" class="${head.classes ?? ''}">${head.text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(tableRow)}
      </tbody>
    </table>
  </div>`;
}

/** The style class of a row that tells of runs, by the worst of how they end. */
export function rowClass(runs: readonly RunResult[]): string {
  const endings = new Set(runs.map(endingOfRun));
  if (endings.has('FAILED')) return 'bad';
  return endings.has('INCONCLUSIVE') ? 'doubtful' : '';
}

function tableRow({ cells: [first = '', ...others], classes = '' }: Row): Markup {
  return html`<tr class="${classes}">
    <th scope="row">${first}</th>
    ${others.map((cell) => html`<td>${cell}</td>`)}
  </tr> `;
}
