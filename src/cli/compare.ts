import { Option, type Command } from 'commander';
import { checkSurroundings } from '../app/baseline.js';
import { checkCapabilities } from '../app/check-capabilities.js';
import { checkDatabase } from '../app/check-run.js';
import { withDatabase } from '../app/database.js';
import { checkGates, withGates } from '../app/gates.js';
import { scenariosToCompare } from '../app/scenarios.js';
import type { Target } from '../target/target.js';
import { DEFAULT_TARGET, resolveTarget, TARGET_NAMES } from '../targets/resolve.js';
import { quote } from '../base/wording.js';
import { MAX_ROUNDS } from '../config/schema.js';
import { UsageError } from '../domain/errors.js';
import { renderComparison } from '../report/comparison.js';
import { parseCount } from '../scenario/flag-values.js';
import { tellAbandoned } from './abandoned-notice.js';
import { addBaselineOptions, openBaselines, type BaselineFlags } from './baseline.js';
import { compareRollouts } from './compare-rollouts.js';
import { finish } from './exit-code.js';
import { toOverrides } from './load-flags.js';
import { addLoadOptions, seedOf, whereOf, type LoadFlags } from './options.js';
import { checkOutputPaths } from './output-paths.js';
import { showProgress } from './progress.js';
import { addReportOptions, openReports, type ReportFlags } from './reports.js';
import { tellRights } from './rights-notice.js';
import { stoppable } from './stop-signal.js';

interface CompareFlags extends LoadFlags, ReportFlags, BaselineFlags {
  readonly strategies: string;
  readonly rounds?: number;
  readonly rollout?: boolean;
}

/** Enough for the check and two claims at their level; bursts are judged by their gates. */
const DEFAULT_ROUNDS = { burst: 3, load: 8 };

const HELP = `
By default: the three acceptance scenarios with advisory locks off and on, and a short sustained, for
${TARGET_NAMES.join(', ')}, in interleaved rounds whose order is drawn by the seed: 3 of bursts, 8 of sustained. Exit 0
when every gate, invariant and check holds, 1 when one does not, or when a check is inconclusive (unless
--allow-inconclusive). It takes 6 rounds to decide a check, 7 or more to call a strategy faster or slower than the baseline.
The service's ELS_* flags are ignored.

With --rollout one run (or --rounds) of the scenario rollout starts with ${DEFAULT_TARGET} and changes its strategy as the
scenario says, worker after worker, and its batches are migrated: a table tells what callers felt. Of the configuration
file the database alone counts then.

Examples:
  els-assign compare
  els-assign compare --scenario sustained --rounds 8 --workers 2 --connections 16
  els-assign compare --rollout --fault kill-migration
  els-assign compare --scenario sustained --strategies cte,./mine.sql --gate '"./mine.sql".p95 <= cte.p95 * 1.05'
  els-assign compare --strategies cte,./mine.sql --rate 500 --duration 2s --rounds 8
  els-assign compare --strategies cte,./mine.sql --scenario high-concurrency --json`;

/** `els-assign compare` */
export function addCompare(program: Command, setExitCode: (code: number) => void): void {
  addBaselineOptions(addReportOptions(addLoadOptions(program.command('compare'))))
    .description('run strategies through the same scenarios in interleaved rounds and compare them')
    .option('--strategies <names|files>', 'separated by commas', TARGET_NAMES.join())
    .option(
      '--rounds <n>',
      `interleaved rounds (default: ${DEFAULT_ROUNDS.load}, of bursts ${DEFAULT_ROUNDS.burst})`,
      parseCount('--rounds', MAX_ROUNDS),
    )
    .addOption(
      new Option('--rollout', 'change the strategy in mid-run, as a rolling deployment does').conflicts([
        'strategies',
        'baseline',
        'baselineAnyway',
        'saveBaseline',
      ]),
    )
    .option('--advisory-locks', 'run closed loops with advisory locks instead of without')
    .addHelpText('after', HELP)
    .action(async (flags: CompareFlags) =>
      setExitCode(await (flags.rollout ? compareRollouts(flags) : runCompare(flags))),
    );
}

async function runCompare(flags: CompareFlags): Promise<number> {
  const { advisoryLocks = false } = flags;
  const targets = await resolveTargets(flags.strategies, advisoryLocks);
  const resolved = await scenariosToCompare(flags.scenario ?? [], toOverrides(flags));
  const scenarios = withGates(resolved, flags.gate ?? []);
  checkGates(scenarios, { compares: true, targets });
  checkCapabilities({ scenarios, targets, prepare: flags.prepare, advisoryLocks });
  const { rounds: given, keep = false, timeout: timeoutMs, allowInconclusive = false } = flags;
  const baselines = await openBaselines(flags, scenarios, targets);
  const reports = await openReports(flags, process.env, baselines.save);
  await checkOutputPaths(flags, { flag: '--strategies', targets });
  const rounds = given === undefined ? DEFAULT_ROUNDS : { burst: given, load: given };
  const plan = { scenarios, targets, rounds, advisoryLocks, seed: seedOf(flags), keep, timeoutMs };
  const { compare, comparisonJobs } = await import('../app/compare.js');
  const { reportAtPlaces } = await import('../app/runs-to-report.js');
  const report = await stoppable((stop) =>
    withDatabase(whereOf(flags, targets), async (found) => {
      const database = await checkDatabase(found, { scenarios, targets, prepare: flags.prepare });
      const reference = await checkSurroundings(database, baselines.reference);
      const onChecked = (checked: readonly Target[]) => tellRights(checked, flags);
      const plannedRuns = comparisonJobs(plan, database).length;
      return reportAtPlaces(database, { targets, plannedRuns, onChecked, stop }, async (places) => {
        for (const each of places.databases) await tellAbandoned(each, flags);
        const control = { command: 'compare', ...showProgress(flags), stop, allowInconclusive };
        return compare(places, { ...plan, reference }, control);
      });
    }),
  );
  return finish(await reports.write(report), { json: flags.json ?? false, render: renderComparison });
}

/** The targets of `--strategies`; rows of a comparison are told apart by their names. */
async function resolveTargets(list: string, advisoryLocks: boolean): Promise<Target[]> {
  const targets: Target[] = [];
  for (const name of list.split(',')) {
    const target = await resolveTarget(name.trim(), advisoryLocks);
    if (targets.some((earlier) => earlier.name === target.name)) {
      const problem = `--strategies ${quote(list)} has ${target.name} twice`;
      throw new UsageError('duplicate_strategy', `${problem}; accepted: each strategy once`);
    }
    targets.push(target);
  }
  return targets;
}
