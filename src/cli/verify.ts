import type { Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { verdictPasses } from '../app/verdicts.js';
import { EXIT, UsageError } from '../domain/errors.js';
import type { VerificationReport } from '../domain/verification.js';
import { createColours } from '../report/colours.js';
import { renderVerificationJson } from '../report/json.js';
import { renderVerification } from '../report/verification.js';
import { tellAbandoned } from './abandoned-notice.js';
import { printResult, terminalWidth } from './console.js';
import { addConnectionOptions, type ConnectionFlags } from './options.js';
import { readTool } from './tool.js';

interface VerifyFlags extends ConnectionFlags {
  readonly history?: string;
  readonly historyOnly?: boolean;
  readonly json?: boolean;
  readonly allowInconclusive?: boolean;
}

const HELP = `
Without --history the audits of sql/audit/ are run on every batch of the schema, whoever filled it. Nothing is
written: a role that may only read is enough.

Examples:
  els-assign verify
  els-assign run --keep --history calls.ndjson && els-assign verify --history calls.ndjson
  els-assign verify --history calls.ndjson --history-only --json`;

/** `els-assign verify` */
export function addVerify(program: Command, setExitCode: (code: number) => void): void {
  addConnectionOptions(program.command('verify'))
    .description('check what a database holds, and what callers were told, without changing anything')
    .option('--history <file>', 'check the runs that run --history kept')
    .option('--history-only', 'check what callers were told alone; needs no database')
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
  const runs = history === undefined ? undefined : await openHistory(history);
  if (runs && historyOnly) return verifyCalls(runs);
  return withDatabase({ ...flags, env: process.env }, async (database) => {
    const report = runs ? await verifyKeptRuns(database, runs) : await verifySchema(database);
    await tellAbandoned(database);
    return report;
  });
}
