import type { Comparison, Report } from '../../domain/run-result.js';
import { baselineHeading } from '../baseline.js';
import { claimsHeading, claimTexts, warningLines } from '../comparison-claims.js';
import { checkLines, legendLines } from '../comparison-findings.js';
import { endingLine, endingOf } from '../ending.js';
import { environmentLines } from '../environment.js';
import { summaryText } from '../rollout-tables.js';
import { html, type Content, type Markup } from './markup.js';
import { PLAIN } from './plain.js';

/** Which verdict has the colour of how a report or a run ends. */
const CLASSES = { PASSED: 'valid', FAILED: 'invalid', INCONCLUSIVE: 'unknown' } as const;

/** The answer before everything else: how it ends, what that rests on, claims, checks and doubts, the machine. */
export function verdict(report: Report, command: string): Markup {
  const { failure, comparison, rollout, baseline } = report;
  return html`<header>
    <h1>${command}</h1>
    <p class="verdict ${CLASSES[endingOf(report)]}">${endingLine(report, PLAIN)}</p>
    ${failure === undefined ? '' : html`<p class="failure">${failure.message}</p>`}
    ${rollout === undefined ? '' : html`<p>${summaryText(rollout)}</p>`}
    ${comparison === undefined ? '' : [...claims(comparison), judged(comparison)]}
    ${
      baseline === undefined
        ? ''
        : html`<p class="about">${baselineHeading(baseline)}</p>
            ${judged(baseline)}`
    }
    <p class="about">${environmentLines(report.environment, PLAIN).join(' · ')}</p>
  </header> `;
}

/** How the figures of a comparison are to be read. */
export function legend(comparison: Comparison): Markup {
  return html`<p class="about">${legendLines(comparison, PLAIN)}</p> `;
}

function claims(comparison: Comparison): Content[] {
  const texts = claimTexts(comparison);
  return texts.length === 0 ? [] : [html`<p class="about">${claimsHeading(comparison)}</p>`, list(texts)];
}

function judged({ checks, warnings }: Pick<Comparison, 'checks' | 'warnings'>): Content {
  return list([...checkLines(checks, PLAIN), ...warningLines(warnings, PLAIN)]);
}

function list(lines: readonly string[]): Content {
  return lines.length === 0
    ? ''
    : html`<ul class="lines">
        ${lines.map((line) => html`<li>${line}</li> `)}
      </ul>`;
}
