import type { Comparison, Report } from '../../domain/run-result.js';
import { checksOf } from '../checks.js';
import { warningLines } from '../comparison-claims.js';
import { checkLines, legendLines } from '../comparison-findings.js';
import { endingLine } from '../ending.js';
import { environmentLines } from '../environment.js';
import { html, type Markup } from './markup.js';
import { PLAIN } from './plain.js';

/** The answer before everything else: PASSED or FAILED, what it rests on, the checks, the machine. */
export function verdict(report: Report, command: string): Markup {
  const { passed, failure } = report;
  return html`<header>
    <h1>${command}</h1>
    <p class="verdict ${passed ? 'valid' : 'invalid'}">${endingLine(report, PLAIN)}</p>
    ${failure === undefined ? '' : html`<p class="failure">${failure.message}</p>`} ${checks(report)}
    <p class="about">${environmentLines(report.environment, PLAIN).join(' · ')}</p>
  </header> `;
}

/** How the figures of a comparison are to be read. */
export function legend(comparison: Comparison): Markup {
  return html`<p class="about">${legendLines(comparison, PLAIN)}</p> `;
}

function checks(report: Report): Markup | string {
  const lines = [
    ...checkLines(checksOf(report), PLAIN),
    ...warningLines(report.baseline?.warnings ?? [], PLAIN),
  ];
  return lines.length === 0
    ? ''
    : html`<ul class="lines">
        ${lines.map((line) => html`<li>${line}</li> `)}
      </ul>`;
}
