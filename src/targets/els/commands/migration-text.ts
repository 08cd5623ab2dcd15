import type { ChalkInstance } from 'chalk';
import { escapeInvisible } from '../../../base/wording.js';
import type {
  BatchMigration,
  MigrationPlan,
  MigrationReport,
  PlannedMigration,
} from '../migrate/migration.js';
import { colourEnding, partialText } from '../../../report/ending.js';
import { witnessRowLines } from '../../../report/findings.js';
import { formatCount, formatMicros, plural } from '../../../report/format.js';
import { mark } from '../../../report/marks.js';
import { createStyle, type Style, type TextOptions } from '../../../report/style.js';

/** More batches than this are told together. */
const MOST_LINES = 20;

/** The answer of `migrate` as text: a line for each batch where they are few, those that were put back, the sum. */
export function renderMigration(
  report: MigrationReport,
  passed: boolean,
  colours: ChalkInstance,
  options: TextOptions,
): string {
  const style = createStyle(colours, options);
  const few = report.batches.length <= MOST_LINES;
  const told = report.batches.filter(({ outcome }) => few || UNWANTED.includes(outcome));
  const lines = [
    ...told.flatMap((batch) => batchLines(batch, style)),
    ...leftAloneLines(report.leftAlone, 'were'),
    `${colourEnding(passed ? 'PASSED' : 'FAILED', colours)}  ${summary(report)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function leftAloneLines(batches: number, how: string): string[] {
  if (batches === 0) return [];
  const why = 'for a migration spoils a run at work: --runs-too takes them, or name one';
  return [`${plural(batches, 'batch', 'batches')} of runs ${how} left alone, ${why}`];
}

const SAID: Readonly<Record<BatchMigration['outcome'], string>> = {
  migrated: 'migrated',
  already: 'was there already',
  undone: 'a migration that was interrupted is undone',
  put_back: 'left as it was, for its slots and essays differ:',
  unfinished: 'not migrated',
};

const UNWANTED: readonly BatchMigration['outcome'][] = ['put_back', 'unfinished'];
const FIGURES: readonly BatchMigration['outcome'][] = ['migrated', 'undone', 'unfinished'];

function batchLines(
  { batchId, outcome, copied, pauseMs, disagreements }: BatchMigration,
  style: Style,
): string[] {
  const figures = FIGURES.includes(outcome) ? [copiedText(copied), pauseText(pauseMs)] : [];
  const said = [SAID[outcome], ...figures].join(' · ');
  return [
    `${mark(!UNWANTED.includes(outcome), style.colours)} ${escapeInvisible(batchId)}  ${said}`,
    ...witnessRowLines(disagreements, style),
  ];
}

function copiedText(rows: number): string {
  return rows === 0 ? 'nothing to copy' : `${plural(rows, 'row')} copied`;
}

function pauseText(pauseMs: number): string {
  return `callers waited ${formatMicros(pauseMs * 1_000)} at the most`;
}

function summary({ to, batches, plannedBatches, interrupted }: MigrationReport): string {
  const count = (outcome: BatchMigration['outcome']) =>
    batches.filter((each) => each.outcome === outcome).length;
  const putBack = count('put_back');
  const filled = batches.length - putBack - count('unfinished');
  if (plannedBatches === 0) return 'there are no batches to migrate';
  return [
    `${formatCount(filled)} of ${plural(plannedBatches, 'batch', 'batches')} filled through ${to}`,
    ...(putBack > 0 ? [`${formatCount(putBack)} left as they were`] : []),
    copiedText(batches.reduce((sum, { copied }) => sum + copied, 0)),
    pauseText(batches.reduce((longest, { pauseMs }) => Math.max(longest, pauseMs), 0)),
    ...(interrupted === undefined ? [] : [partialText(interrupted)]),
  ].join(' · ');
}

/** The answer of `migrate --dry-run` as text: what each batch has to copy, and what stands against it. */
export function renderMigrationPlan(
  { to, batches, leftAlone }: MigrationPlan,
  colours: ChalkInstance,
  options: TextOptions,
): string {
  const style = createStyle(colours, options);
  const open = batches.filter(({ inventory }) => inventory !== to);
  const told = open.filter(({ disagreements }) => open.length <= MOST_LINES || disagreements.length > 0);
  const pending = open.reduce((sum, batch) => sum + batch.pending, 0);
  const lines = [
    ...told.flatMap((batch) => plannedLines(batch, to, style)),
    ...leftAloneLines(leftAlone, 'would be'),
    `${formatCount(open.length)} of ${plural(batches.length, 'batch', 'batches')} would be migrated to ${to} · ` +
      `${plural(pending, 'row')} to copy as of now · nothing was changed`,
  ];
  return `${lines.join('\n')}\n`;
}

function plannedLines(
  { batchId, inventory, pending, disagreements }: PlannedMigration,
  to: string,
  style: Style,
): string[] {
  const rows =
    disagreements.length === 0 ? `${plural(pending, 'row')} to copy` : 'slots and essays differ now:';
  return [
    `${mark(disagreements.length === 0, style.colours)} ${escapeInvisible(batchId)}  ${inventory} → ${to} · ${rows}`,
    ...witnessRowLines(disagreements, style),
  ];
}
