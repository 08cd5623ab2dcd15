import type { Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { cleanRuns } from '../app/clean-runs.js';
import { EXIT, UsageError } from '../domain/errors.js';
import { renderCleaningJson } from '../report/json.js';
import { renderCleaning, renderLeft } from '../report/held-runs.js';
import { printLine, printResult } from './console.js';
import { parseAge } from './age.js';
import { oneLine } from './failure.js';
import { addConnectionOptions, namesDatabase, whereOf, type ConnectionFlags } from './options.js';
import { ownSchemaTarget } from './own-schema-target.js';
import { readTool } from './tool.js';

interface CleanFlags extends ConnectionFlags {
  readonly abandoned?: boolean;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly strategy?: string;
  readonly json?: boolean;
}

const HELP = `
Removes the batches of runs and all that was written about them, and nothing else; never of a run at work. With
--abandoned and --older-than both have to apply; --older-than alone takes runs that were kept too.
Batches of a target with tables of its own are removed by its function or statement "remove", which is told before it
runs; where its file is gone, is wrong or has none, or other sessions of the role are at work, they are named and left.

Examples:
  els-assign clean --abandoned
  els-assign clean --older-than 1d --dry-run
  els-assign clean rmx38mow864212a
  els-assign clean --abandoned --strategy ./moved/seats.target.ts`;

/** `els-assign clean [run...]` */
export function addClean(program: Command, setExitCode: (code: number) => void): void {
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
    .option('--strategy <file>', 'the file of a target whose file has moved')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', HELP)
    .action(async (runIds: readonly string[], flags: CleanFlags) =>
      setExitCode(await runClean(runIds, flags)),
    );
}

async function runClean(runIds: readonly string[], flags: CleanFlags): Promise<number> {
  const { schema, abandoned = false, olderThan: olderThanMs, dryRun = false } = flags;
  const selects = abandoned || olderThanMs !== undefined;
  if (runIds.length > 0 === selects) throw whichRuns(selects);
  const given = await ownSchemaTarget(flags.strategy);
  const tell = (line: string) => printLine(oneLine(line));
  const files = { given, databaseIsNamed: namesDatabase(flags), tell };
  const { cleaning, failures, unread } = await withDatabase(
    whereOf(flags, given ? [given] : []),
    (database) => cleanRuns(database, { runIds, abandoned, olderThanMs }, { dryRun, files }),
  );
  await printResult(
    flags.json ? renderCleaningJson(schema, cleaning, readTool()) : renderCleaning(schema, cleaning),
  );
  for (const left of cleaning.left) tell(renderLeft(left));
  for (const { error } of unread) tell(error.message);
  const told = [...failures, ...unread.map(({ error }) => error)];
  return Math.max(EXIT.passed, ...told.map(({ exitCode }) => exitCode));
}

function whichRuns(selects: boolean): UsageError {
  const given = selects ? 'runs are named beside --abandoned or --older-than' : 'no run is named';
  const accepted = 'ids of runs, or --abandoned, --older-than, or both of these (els-assign runs lists them)';
  return new UsageError('which_runs', `${given}; accepted: ${accepted}`);
}
