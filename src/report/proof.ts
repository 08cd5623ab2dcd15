import type { ChalkInstance } from 'chalk';
import type { ConfigurationProof, Coverage, Proof } from '../domain/proof.js';
import { strategyLabel } from '../domain/rows.js';
import { counterexampleLines } from './counterexample.js';
import { formatCount, plural } from './format.js';
import { tableLines } from './layout.js';

/** The answer of `prove` as text: a line for each configuration, the schedule that fails, and the verdict last. */
export function renderProof(proof: Proof, colours: ChalkInstance): string {
  const { configurations, counterexample, notes } = proof;
  const blocks = [
    configurations.length > 0 ? configurationLines(configurations) : [],
    counterexample ? counterexampleLines(proof, counterexample) : [],
    notes,
    [endingLine(proof, colours)],
  ];
  const shown = blocks.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function configurationLines(configurations: readonly ConfigurationProof[]): string[] {
  const cells = (cell: (configuration: ConfigurationProof) => string) => configurations.map(cell);
  const table = tableLines([
    { head: 'configuration', cells: cells(({ name }) => name) },
    { head: 'schedules', cells: cells(({ schedules }) => formatCount(schedules)) },
    { head: 'of them', cells: cells(({ coverage }) => coverageWord(coverage)) },
    { head: 'steps that waited', cells: cells(({ blockedSteps }) => formatCount(blockedSteps)) },
    { head: 'seconds', cells: cells(({ durationMs }) => (durationMs / 1_000).toFixed(1)) },
  ]);
  const outcomes = configurations.flatMap(({ name, outcomes: seen }) => [
    `  ${name}`,
    ...Object.entries(seen).map(([outcome, times]) => `    ${formatCount(times)} × ${outcome}`),
  ]);
  const redirected = configurations.reduce((sum, configuration) => sum + configuration.redirected, 0);
  const note =
    redirected > 0
      ? [`in ${plural(redirected, 'schedule')} PostgreSQL woke waiting sessions in another order than before`]
      : [];
  return [...table, ...note, '', 'outcomes seen, in the order of the callers', ...outcomes];
}

function coverageWord(coverage: Coverage): string {
  switch (coverage.kind) {
    case 'all':
      return 'every one';
    case 'preemptions':
      return `≤ ${plural(coverage.most, 'preemption')}`;
    case 'cut off':
      return 'cut off';
  }
}

function endingLine(proof: Proof, colours: ChalkInstance): string {
  const { configurations, schedules, durationMs } = proof;
  const bounds = configurations.flatMap(({ coverage }) =>
    coverage.kind === 'preemptions' ? [coverage.most] : [],
  );
  const least = Math.min(...bounds);
  const most = Math.max(...bounds);
  const range = least === most ? plural(most, 'preemption') : `${least}–${most} preemptions`;
  const within = bounds.length > 0 ? ` up to ${range}` : '';
  const words = {
    valid: colours.green.bold(`PROVEN${within}`),
    invalid: colours.red.bold('VIOLATED'),
    unknown: colours.yellow.bold('INCONCLUSIVE'),
  };
  const parts = [
    strategyLabel(proof),
    plural(schedules, 'schedule'),
    plural(configurations.length, 'configuration'),
    `${(durationMs / 1_000).toFixed(1)} s`,
  ];
  return `${words[proof.verdict]}  ${parts.join(' · ')}`;
}
