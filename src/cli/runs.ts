import type { Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { readRuns } from '../app/held-runs.js';
import { EXIT } from '../domain/errors.js';
import { renderRunsJson } from '../report/json.js';
import { renderHeldRuns } from '../report/held-runs.js';
import { printLine, printResult } from './console.js';
import { oneLine } from './failure.js';
import { addConnectionOptions, type ConnectionFlags } from './options.js';
import { readTool } from './tool.js';

interface RunsFlags extends ConnectionFlags {
  readonly json?: boolean;
}

const HELP = `
A run is at work as long as its command lives; then it is kept (--keep) or, where something killed the command,
abandoned. Each run's engines warm up on batches of their own, which have a line of theirs.

Examples:
  els-assign runs
  els-assign runs --json`;

/** `els-assign runs` */
export function addRuns(program: Command, setExitCode: (code: number) => void): void {
  addConnectionOptions(program.command('runs'))
    .description('list what runs have left in the schema or are at work on: whose, since when, how many rows')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', HELP)
    .action(async (flags: RunsFlags) => setExitCode(await runRuns(flags)));
}

async function runRuns(flags: RunsFlags): Promise<number> {
  const { schema } = flags;
  const { runs, unread } = await withDatabase({ ...flags, env: process.env }, (database) =>
    readRuns(database),
  );
  await printResult(flags.json ? renderRunsJson(schema, runs, readTool()) : renderHeldRuns(schema, runs));
  for (const { error } of unread) printLine(oneLine(error.message));
  return Math.max(EXIT.passed, ...unread.map(({ error }) => error.exitCode));
}
