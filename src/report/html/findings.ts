import { rowName } from '../../domain/rows.js';
import type { InvariantResult, RunResult, Witness } from '../../domain/run-result.js';
import { endingOfRun, type Ending } from '../ending.js';
import { remarksOf, violationText } from '../findings.js';
import { formatValue } from '../format.js';
import { timelineLines } from '../timeline-lines.js';
import { html, type Markup } from './markup.js';
import { PLAIN } from './plain.js';
import { dataTable } from './tables.js';

/** What went wrong and what is not known, run by run: failed gates, violated invariants with what proves them, notes. */
export function findings(runs: readonly RunResult[]): Markup[] {
  return [
    ...section('What went wrong', runs, 'FAILED'),
    ...section('What is not known', runs, 'INCONCLUSIVE'),
  ];
}

function section(heading: string, runs: readonly RunResult[], ending: Ending): Markup[] {
  const found = runs.filter((run) => endingOfRun(run) === ending);
  if (found.length === 0) return [];
  return [
    html`<section class="findings">
      <h2>${heading}</h2>
      ${found.map(finding)}
    </section> `,
  ];
}

/** What the reader should know of runs that passed; the same note of several runs stands once. */
export function passedNotes(runs: readonly RunResult[]): Markup | '' {
  const passed = runs.filter((run) => run.passed);
  const notes = [...new Set(passed.flatMap(remarksOf))];
  if (notes.length === 0) return '';
  const subjects = (note: string) =>
    [...new Set(passed.filter((run) => remarksOf(run).includes(note)).map(nameOf))].join('; ');
  return html`<section>
    <h2>Notes</h2>
    <ul class="lines">
      ${notes.map((note) => html`<li>${note} <span class="about">(${subjects(note)})</span></li> `)}
    </ul>
  </section> `;
}

function finding(run: RunResult): Markup {
  const gates = run.gates.filter((gate) => !gate.passed);
  const violated = run.invariants.filter((invariant) => !invariant.passed);
  return html`<article>
    <h3>${nameOf(run)} · <span class="${run.verdict}">verdict ${run.verdict}</span></h3>
    <ul class="lines">
      ${gates.map((gate) => html`<li>✗ <code>${gate.expression}</code>: ${gate.observed}</li> `)}
      ${remarksOf(run).map((note) => html`<li>${note}</li> `)}
    </ul>
    ${violated.map(violation)}
  </article> `;
}

function nameOf(run: RunResult): string {
  return `${rowName(run)} · round ${run.round}`;
}

function violation(invariant: InvariantResult): Markup {
  const { name, witnesses, timeline, excused } = invariant;
  return html`<h4>${excused ? '?' : '✗'} ${violationText(invariant)}</h4>
    ${witnesses.length === 0 ? '' : witnessTable(name, witnesses)}
    ${
      timeline.length === 0
        ? ''
        : html`<p class="about">One case, in the order of its calls:</p>
            <ol class="timeline">
              ${timelineLines(timeline, PLAIN).map((line) => html`<li>${line}</li>`)}
            </ol>`
    }`;
}

/** A column for each key that any witness has. */
function witnessTable(name: string, witnesses: readonly Witness[]): Markup {
  const keys = [...new Set(witnesses.flatMap((witness) => Object.keys(witness)))];
  return dataTable({
    caption: `Witnesses of ${name}`,
    heads: keys.map((text) => ({ text })),
    rows: witnesses.map((witness) => ({
      cells: keys.map((key) => {
        const value = witness[key];
        return value === undefined ? '' : formatValue(value);
      }),
    })),
    classes: 'texts',
  });
}
