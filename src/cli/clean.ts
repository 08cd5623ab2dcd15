import type { Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { cleanRuns } from '../app/held-runs.js';
import { UsageError } from '../domain/errors.js';
import { renderCleaningJson } from '../report/json.js';
import { renderCleaning } from '../report/held-runs.js';
import { printResult } from './console.js';
import { parseAge } from './age.js';
import { addConnectionOptions, type ConnectionFlags } from './options.js';
import { readTool } from './tool.js';

interface CleanFlags extends ConnectionFlags {
  readonly abandoned?: boolean;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const HELP = `
Removes the batches of runs and all that was written about them, and nothing else; never of a run at work. With
--abandoned and --older-than both have to apply; --older-than alone takes runs that were kept too.

Examples:
  els-assign clean --abandoned
  els-assign clean --older-than 1d --dry-run
  els-assign clean rmx38mow864212a`;

/** `els-assign clean [run...]` */
export function addClean(program: Command): void {
  addConnectionOptions(
    program.command('clean').argument('[run...]', 'ids of runs, as els-assign runs lists them'),
  )
    .description('remove what runs have left in the schema, and nothing else')
    .option('--abandoned', 'runs whose command was killed')
    .option(
      '--older-than <time>',
      'runs that began earlier than this ago, e.g. 30m, 12h, 1d',
      parseAge('--older-than'),
    )
    .option('--dry-run', 'print what would be removed, and change nothing')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', HELP)
    .action(runClean);
}

async function runClean(runIds: readonly string[], flags: CleanFlags): Promise<void> {
  const { schema, abandoned = false, olderThan: olderThanMs, dryRun = false } = flags;
  const selects = abandoned || olderThanMs !== undefined;
  if (runIds.length > 0 === selects) throw whichRuns(selects);
  const cleaning = await withDatabase({ ...flags, env: process.env }, (database) =>
    cleanRuns(database, { runIds, abandoned, olderThanMs }, { dryRun }),
  );
  await printResult(
    flags.json ? renderCleaningJson(schema, cleaning, readTool()) : renderCleaning(schema, cleaning),
  );
}

function whichRuns(selects: boolean): UsageError {
  const given = selects ? 'runs are named beside --abandoned or --older-than' : 'no run is named';
  const accepted = 'ids of runs, or --abandoned, --older-than, or both of these (els-assign runs lists them)';
  return new UsageError('which_runs', `${given}; accepted: ${accepted}`);
}
