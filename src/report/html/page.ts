import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../base/package-files.js';
import { groupScenarios } from '../../domain/rows.js';
import type { Report } from '../../domain/run-result.js';
import { endingOf, partialText } from '../ending.js';
import type { Tool } from '../json-document.js';
import { findings, passedNotes } from './findings.js';
import { html, raw, type Markup } from './markup.js';
import { scenarioSection } from './scenario-section.js';
import { strategyColours } from './strategy-colours.js';
import { sweepSection } from './sweep-section.js';
import { legend, verdict } from './verdict.js';

/**
 * The answer of `run`, `run --sweep` or `compare` as one HTML page that loads nothing: its style and its script stand
 * in it, and its policy forbids all others.
 */
export function renderHtml(report: Report, tool: Tool, writtenAt: Date): string {
  const command = `${tool.name} ${commandOf(report)}`;
  const { text } = html`<!doctype html>
    <html lang="en">
      ${head(`${command}: ${titleEnding(report)}`)}
      <body>
        <main>
          ${verdict(report, command)} ${findings(report.runs)} ${figures(report)} ${passedNotes(report.runs)}
        </main>
        <footer>${tool.name} ${tool.version}, ${writtenAt.toISOString()}</footer>
        ${inline('script', SCRIPT)}
      </body>
    </html> `;
  return text;
}

function titleEnding(report: Report): string {
  const { interrupted } = report;
  return endingOf(report) + (interrupted === undefined ? '' : `, ${partialText(interrupted)}`);
}

function figures(report: Report): Markup[] {
  const { runs, comparison, sweep } = report;
  const classOf = strategyColours(runs, comparison?.strategies ?? []);
  if (sweep !== undefined) return [sweepSection(sweep, report, classOf)];
  return [
    ...groupScenarios(runs).map(([, ofScenario]) => scenarioSection(ofScenario, comparison, classOf)),
    ...(comparison === undefined ? [] : [legend(comparison)]),
  ];
}

function commandOf({ comparison, sweep, rollout }: Report): string {
  if (rollout !== undefined) return 'compare --rollout';
  if (comparison !== undefined) return 'compare';
  return sweep === undefined ? 'run' : 'run --sweep';
}

const STYLE = readPart('report.css');
const SCRIPT = readPart('report.js');

function head(title: string): Markup {
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  return html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    ${inline('style', STYLE)}
  </head>`;
}

/** Between its tags stands nothing but the text: the policy knows it by its hash. */
function inline(element: 'script' | 'style', text: string): Markup {
  return raw(`<${element}>${text}</${element}>`);
}

/** What the policy lets run: exactly this text. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function readPart(name: string): string {
  return readFileSync(packageFile(`html/${name}`), 'utf8');
}
