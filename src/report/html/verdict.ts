import type { Comparison, Report } from '../../domain/run-result.js';
import { checkLines, legendLines } from '../comparison-findings.js';
import { endingLine } from '../ending.js';
import { environmentLines } from '../environment.js';
import { html, type Markup } from './markup.js';
import { PLAIN } from './plain.js';

/** The answer before everything else: PASSED or FAILED, what it rests on, the checks, the machine. */
export function verdict(report: Report, command: string): Markup {
  const { passed, comparison, failure } = report;
  return html`<header>
    <h1>${command}</h1>
    <p class="verdict ${passed ? 'valid' : 'invalid'}">${endingLine(report, PLAIN)}</p>
    ${failure === undefined ? '' : html`<p class="failure">${failure.message}</p>`}
    ${comparison === undefined ? '' : checks(comparison)}
    <p class="about">${environmentLines(report.environment, PLAIN).join(' · ')}</p>
  </header> `;
}

/** How the figures of a comparison are to be read. */
export function legend(comparison: Comparison): Markup {
  return html`<p class="about">${legendLines(comparison, PLAIN)}</p> `;
}

function checks({ checks }: Comparison): Markup {
  return html`<ul class="lines">
    ${checkLines(checks, PLAIN).map((line) => html`<li>${line}</li> `)}
  </ul>`;
}
