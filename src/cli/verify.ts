import type { Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { verdictPasses } from '../app/verdicts.js';
import { EXIT, UsageError } from '../domain/errors.js';
import type { VerificationReport } from '../domain/verification.js';
import { createColours } from '../report/colours.js';
import { renderVerificationJson } from '../report/json.js';
import { renderVerification } from '../report/verification.js';
import { tellAbandoned } from './abandoned-notice.js';
import { printLine, printResult, terminalWidth } from './console.js';
import { oneLine } from './failure.js';
import { addConnectionOptions, namesDatabase, whereOf, type ConnectionFlags } from './options.js';
import { ownSchemaTarget } from './own-schema-target.js';
import { readTool } from './tool.js';

interface VerifyFlags extends ConnectionFlags {
  readonly history?: string;
  readonly historyOnly?: boolean;
  readonly strategy?: string;
  readonly json?: boolean;
  readonly allowInconclusive?: boolean;
}

const HELP = `
Without --history the audits of sql/audit/ are run on every batch of the schema, whoever filled it. Nothing is
written: a role that may only read is enough. With --strategy the audits of that target are run on its batches that runs
left (run --keep), and its assignments are read. A run of a target is checked by the file that it was made with, or by
--strategy where that has moved.

Examples:
  els-assign verify
  els-assign run --keep --history calls.ndjson && els-assign verify --history calls.ndjson
  els-assign verify --history calls.ndjson --history-only --json
  els-assign verify --strategy ./seats.target.ts`;

/** `els-assign verify` */
export function addVerify(program: Command, setExitCode: (code: number) => void): void {
  addConnectionOptions(program.command('verify'))
    .description('check what a database holds, and what callers were told, without changing anything')
    .option('--history <file>', 'check the runs that run --history kept')
    .option('--history-only', 'check what callers were told alone; needs no database')
    .option('--strategy <file>', 'the file of a target with tables of its own')
    .option('--json', 'print one JSON document instead of text')
    .option('--allow-inconclusive', 'a verdict that is unknown does not fail the command')
    .addHelpText('after', HELP)
    .action(async (flags: VerifyFlags) => setExitCode(await runVerify(flags)));
}

async function runVerify(flags: VerifyFlags): Promise<number> {
  const report = await verify(flags);
  const passed = verdictPasses(report.verdict, flags.allowInconclusive ?? false);
  const colours = createColours(process.stdout, process.env);
  await printResult(
    flags.json
      ? renderVerificationJson(report, passed, readTool())
      : renderVerification(report, passed, colours, terminalWidth()),
  );
  return passed ? EXIT.passed : EXIT.failed;
}

async function verify(flags: VerifyFlags): Promise<VerificationReport> {
  const { history, historyOnly = false } = flags;
  if (historyOnly && history === undefined) {
    throw new UsageError('missing_history', '--history-only is given without --history; accepted: both');
  }
  const { openHistory } = await import('../app/open-history.js');
  const { verifyCalls, verifyKeptRuns, verifySchema } = await import('../app/verify.js');
  const { verifyTarget } = await import('../app/verify-target.js');
  const runs = history === undefined ? undefined : await openHistory(history);
  if (runs && historyOnly) return verifyCalls(runs);
  const target = await ownSchemaTarget(flags.strategy);
  const tell = (line: string) => printLine(oneLine(line));
  const files = { given: target, databaseIsNamed: namesDatabase(flags), tell };
  return withDatabase(whereOf(flags, target ? [target] : []), async (database) => {
    const asked = target ? () => verifyTarget(database, target, tell) : () => verifySchema(database);
    const report = await (runs ? verifyKeptRuns(database, runs, files) : asked());
    await tellAbandoned(database);
    return report;
  });
}
