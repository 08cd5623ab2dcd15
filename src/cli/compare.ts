import type { Command } from 'commander';
import { checkBulk } from '../app/check-bulk.js';
import { checkFaults } from '../app/check-faults.js';
import { withDatabase } from '../app/database.js';
import { checkGates, withGates } from '../app/gates.js';
import { scenariosToCompare } from '../app/scenarios.js';
import { prepareDatabase } from '../app/setup.js';
import { resolveStrategy, type StrategySpec } from '../app/strategies.js';
import { MAX_ROUNDS } from '../config/schema.js';
import { BUILT_IN_STRATEGIES } from '../domain/assignment.js';
import { renderComparison } from '../report/comparison.js';
import { finish } from './finish.js';
import { addLoadOptions, parseCount, seedOf, toOverrides, type LoadFlags } from './options.js';
import { showProgress } from './progress.js';
import { addReportOptions, openReports, type ReportFlags } from './reports.js';
import { stoppable } from './stop-signal.js';

interface CompareFlags extends LoadFlags, ReportFlags {
  readonly strategies: string;
  readonly rounds: number;
}

const HELP = `
By default: the three acceptance scenarios with advisory locks off and on, and a short sustained, for legacy, cte
and inventory in 3 interleaved rounds. Exit 0 when every gate, invariant and check holds, 1 when one does not.
The service's ELS_* flags are ignored.

Examples:
  els-assign compare
  els-assign compare --scenario sustained --rounds 5 --workers 2 --connections 16
  els-assign compare --scenario sustained --gate 'inventory.p95 <= cte.p95 * 1.05'
  els-assign compare --strategies legacy,./mine.sql --scenario high-concurrency --json`;

/** `els-assign compare` */
export function addCompare(program: Command, setExitCode: (code: number) => void): void {
  addReportOptions(addLoadOptions(program.command('compare')))
    .description('run strategies through the same scenarios in interleaved rounds and compare them')
    .option('--strategies <names|files>', 'separated by commas', BUILT_IN_STRATEGIES.join())
    .option('--rounds <n>', 'interleaved rounds', parseCount('--rounds', MAX_ROUNDS), 3)
    .option('--advisory-locks', 'run closed loops with advisory locks instead of without')
    .addHelpText('after', HELP)
    .action(async (flags: CompareFlags) => setExitCode(await runCompare(flags)));
}

async function runCompare(flags: CompareFlags): Promise<number> {
  const strategies: StrategySpec[] = [];
  for (const name of flags.strategies.split(',')) strategies.push(await resolveStrategy(name.trim()));
  const resolved = await scenariosToCompare(flags.scenario ?? [], toOverrides(flags));
  const scenarios = withGates(resolved, flags.gate ?? []);
  checkGates(scenarios, strategies);
  checkBulk(scenarios, strategies);
  const reports = await openReports(flags, process.env);
  const {
    rounds,
    advisoryLocks = false,
    keep = false,
    timeout: timeoutMs,
    allowInconclusive = false,
  } = flags;
  const plan = { scenarios, strategies, rounds, advisoryLocks, seed: seedOf(flags), keep, timeoutMs };
  const { compare } = await import('../app/compare.js');
  const report = await stoppable((stop) =>
    withDatabase({ ...flags, env: process.env }, async (database) => {
      checkFaults(database, scenarios, strategies);
      await prepareDatabase(database, strategies);
      return compare(database, plan, { ...showProgress(flags), stop, allowInconclusive });
    }),
  );
  return finish(await reports.write(report), { json: flags.json ?? false, render: renderComparison });
}
