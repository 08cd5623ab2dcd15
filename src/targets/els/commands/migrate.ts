import { Option, type Command } from 'commander';
import { withDatabase } from '../../../app/database.js';
import type { Migration } from './migrate-batches.js';
import type { Inventory } from '../engine/assignment.js';
import { EXIT, UsageError } from '../../../domain/errors.js';
import type { MigrationReport } from '../migrate/migration.js';
import { createColours } from '../../../report/colours.js';
import { renderMigrationJson, renderMigrationPlanJson } from './migration-json.js';
import { renderMigration, renderMigrationPlan } from './migration-text.js';
import { tellAbandoned } from '../../../cli/abandoned-notice.js';
import { printLine, printResult, terminalWidth } from '../../../cli/console.js';
import { oneLine } from '../../../cli/failure.js';
import { parseDurationOf } from '../../../scenario/duration.js';
import { migrationProgress } from './migration-progress.js';
import {
  addConnectionOptions,
  addOutputOptions,
  type ConnectionFlags,
  type OutputFlags,
} from '../../../cli/options.js';
import { signalExitCode, stoppable } from '../../../cli/stop-signal.js';
import { readTool } from '../../../cli/tool.js';

interface MigrateFlags extends ConnectionFlags, OutputFlags {
  readonly to: Inventory;
  readonly all?: boolean;
  readonly runsToo?: boolean;
  readonly dryRun?: boolean;
  readonly pauseLimit: number;
}

const HELP = `
Callers go on while most is copied; then a batch is marked, claims that are under way end, the rest is copied, slots and
essays are held against each other, and the batch is switched: until then its callers wait. A batch whose slots and
essays differ is left as it was. Killed at any moment, the same command resumes it; one the other way undoes it.

Examples:
  els-assign migrate --all --to essays --dry-run
  els-assign migrate --all --to essays
  els-assign migrate batch-17 --to slots --pause-limit 500ms`;

/** `els-assign migrate [batch]` */
export function addMigrate(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command('migrate')
    .argument('[batch]', 'id of the batch')
    .description(
      'switch live batches from one inventory to the other, without losing or doubling an assignment',
    )
    .option('--all', 'every batch of the schema that no run registered')
    .option('--runs-too', 'with --all: those of runs too; one at work becomes invalid')
    .addOption(
      new Option('--to <inventory>', 'what fills the batch from then on')
        .choices(['essays', 'slots'])
        .makeOptionMandatory(),
    )
    .option('--dry-run', 'print what would be done, and change nothing')
    .addOption(
      new Option(
        '--pause-limit <time>',
        'longest time that callers may have to wait; then the batch is put back',
      )
        .argParser(parseDurationOf('--pause-limit', 'invalid_pause_limit'))
        .default(5_000, '5s'),
    );
  addOutputOptions(addConnectionOptions(command))
    .addHelpText('after', HELP)
    .action(async (batch: string | undefined, flags: MigrateFlags) =>
      setExitCode(await runMigrate(batch, flags)),
    );
}

async function runMigrate(batch: string | undefined, flags: MigrateFlags): Promise<number> {
  if ((batch === undefined) === (flags.all !== true)) throw whichBatches(batch);
  const { runsToo = false } = flags;
  if (runsToo && flags.all !== true) {
    throw new UsageError('which_batches', '--runs-too is given without --all; accepted: both');
  }
  const migration = { to: flags.to, runsToo, batchIds: batch === undefined ? undefined : [batch] };
  return flags.dryRun ? plan(migration, flags) : carryOut(migration, flags);
}

function whichBatches(batch: string | undefined): UsageError {
  const given = batch === undefined ? 'neither a batch nor --all is given' : 'a batch and --all are given';
  return new UsageError('which_batches', `${given}; accepted: the id of one batch, or --all`);
}

async function plan(migration: Migration, flags: MigrateFlags): Promise<number> {
  const { planMigration } = await import('./migrate-batches.js');
  const planned = await withDatabase({ ...flags, env: process.env }, async (database) => {
    const found = await planMigration(database, migration);
    await tellAbandoned(database, flags);
    return found;
  });
  const passed = planned.batches.every(({ disagreements }) => disagreements.length === 0);
  const colours = createColours(process.stdout, process.env);
  await printResult(
    flags.json
      ? renderMigrationPlanJson(planned, passed, readTool())
      : renderMigrationPlan(planned, colours, terminalWidth()),
  );
  return passed ? EXIT.passed : EXIT.failed;
}

async function carryOut(migration: Migration, flags: MigrateFlags): Promise<number> {
  const { migrate } = await import('./migrate-batches.js');
  const { pauseLimit: pauseLimitMs } = flags;
  const report = await stoppable((signal) =>
    withDatabase({ ...flags, env: process.env }, async (database) => {
      const control = { pauseLimitMs, signal, ...migrationProgress(flags) };
      const done = await migrate(database, migration, control);
      if (done.failure === undefined) await tellAbandoned(database, flags);
      return done;
    }),
  );
  const passed = report.failure === undefined && report.interrupted === undefined && allSwitched(report);
  const colours = createColours(process.stdout, process.env);
  await printResult(
    flags.json
      ? renderMigrationJson(report, passed, readTool())
      : renderMigration(report, passed, colours, terminalWidth()),
  );
  return exitCode(report, passed);
}

function allSwitched({ batches }: MigrationReport): boolean {
  return batches.every(({ outcome }) => outcome !== 'put_back');
}

function exitCode({ failure, interrupted }: MigrationReport, passed: boolean): number {
  if (failure) printLine(`els-assign: ${oneLine(failure.message)}`);
  if (interrupted) {
    printLine(`stopped by ${interrupted}; the results are partial`);
    return signalExitCode(interrupted);
  }
  if (failure) return EXIT.infrastructure;
  return passed ? EXIT.passed : EXIT.failed;
}
