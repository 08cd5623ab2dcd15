import { Option, type Command } from 'commander';
import { againstBaseline, checkSurroundings } from '../app/baseline.js';
import { checkDatabase, checkRun } from '../app/check-run.js';
import { withDatabase } from '../app/database.js';
import { withGates } from '../app/gates.js';
import { jobsOf } from '../app/run-job.js';
import { scenariosToRun } from '../app/scenarios.js';
import type { Target } from '../target/target.js';
import {
  DEFAULT_TARGET,
  resolveTarget,
  TARGET_NAMES,
  TARGET_VARIABLES,
  targetFromVariables,
} from '../targets/resolve.js';
import { scenariosToSweep, sumUpSweep } from '../app/sweep.js';
import { MAX_ROUNDS } from '../config/schema.js';
import type { RunResult } from '../domain/run-result.js';
import type { SweepAxis } from '../domain/sweep.js';
import { renderSweep } from '../report/sweep.js';
import { renderRuns } from '../report/terminal.js';
import { parseCount } from '../scenario/flag-values.js';
import { tellAbandoned } from './abandoned-notice.js';
import { addBaselineOptions, openBaselines, type BaselineFlags } from './baseline.js';
import { finish, type Finish } from './exit-code.js';
import { toOverrides } from './load-flags.js';
import { addLoadOptions, seedOf, whereOf, type LoadFlags } from './options.js';
import { checkOutputPaths } from './output-paths.js';
import { showProgress } from './progress.js';
import { addReportOptions, openReports, type ReportFlags } from './reports.js';
import { tellRights } from './rights-notice.js';
import { stoppable } from './stop-signal.js';
import { parseSweep } from './sweep-flag.js';
import { readTool } from './tool.js';

interface RunFlags extends LoadFlags, ReportFlags, BaselineFlags {
  readonly rounds: number;
  readonly strategy?: string;
  readonly history?: string;
  readonly sweep?: SweepAxis;
}

const HELP = `
Without --scenario the acceptance scenarios run: idempotent-duplicates, cross-instance and high-concurrency.
Without --strategy the service's flags decide, all off meaning ${DEFAULT_TARGET}:
  ${TARGET_VARIABLES.join(', ')}

Examples:
  els-assign run --strategy cte --workers 6
  els-assign run --strategy cte --advisory-locks --scenario overflow --slots 40 --contents 90
  els-assign run --strategy cte --scenario sustained --bulk 100
  els-assign run --strategy ./mine.sql --scenario sustained --duration 10s --json
  els-assign run --strategy ./seats.target.ts --scenario overflow --deliveries 2
  els-assign run --strategy cte --rate 2000 --latency-limit 100ms --duration 10s
  els-assign run --strategy cte --rate 500 --spacing constant --stages 2000:10s,500:0s,500:5s
  els-assign run --strategy cte --scenario sustained --gate 'roundTripsPerAssignment <= 1.1'
  els-assign run --strategy cte --scenario sustained --rounds 8 --save-baseline baseline.json
  els-assign run --strategy cte --scenario sustained --rounds 8 --baseline baseline.json
  els-assign run --strategy cte --sweep connections=1,2,4,8,16,32`;

/** `els-assign run` */
export function addRun(program: Command, setExitCode: (code: number) => void): void {
  addBaselineOptions(addReportOptions(addLoadOptions(program.command('run'))))
    .description('put a load on one strategy and verify every outcome')
    .option(
      '--strategy <name|file>',
      `${TARGET_NAMES.join(', ')}, a SQL file, or a target: *.target.ts, *.target.json`,
    )
    .addOption(
      new Option('--rounds <n>', 'how often everything is run')
        .argParser(parseCount('--rounds', MAX_ROUNDS))
        .default(1)
        .conflicts('sweep'),
    )
    .option('--history <file>', 'keep every call in a new file (NDJSON), for `verify --history`')
    .option(
      '--sweep <parameter=values>',
      'run one scenario (default sustained) once for each value, e.g. connections=1,2,4,8',
      parseSweep,
    )
    .option('--advisory-locks', 'serialize calls with the same batch and content')
    .addHelpText('after', HELP)
    .action(async (flags: RunFlags) => setExitCode(await runRun(flags)));
}

async function runRun(flags: RunFlags): Promise<number> {
  const target = await chooseTarget(flags);
  const { sweep } = flags;
  const resolved = sweep
    ? await scenariosToSweep(flags.scenario ?? [], toOverrides(flags), sweep)
    : await scenariosToRun(flags.scenario ?? [], toOverrides(flags));
  const scenarios = withGates(resolved, flags.gate ?? []);
  checkRun(scenarios, target, flags);
  const baselines = await openBaselines(flags, scenarios, [target]);
  const reports = await openReports(flags, process.env, baselines.save);
  await checkOutputPaths(flags, { flag: '--strategy', targets: [target] });
  const { keep = false, timeout: timeoutMs, allowInconclusive = false } = flags;
  // What puts the load is loaded once there is one: bad input is told at once.
  const { createHistory, executeRuns, reportAtPlaces } = await import('../app/runs-to-report.js');
  const history = flags.history === undefined ? undefined : await createHistory(flags.history, readTool());
  const jobs = jobsOf(scenarios, { target, keep, timeoutMs, history }, flags.rounds, seedOf(flags));
  const report = await stoppable((stop) =>
    withDatabase(whereOf(flags, [target]), async (found) => {
      const database = await checkDatabase(found, { scenarios, targets: [target], prepare: flags.prepare });
      const reference = await checkSurroundings(database, baselines.reference);
      const tell = (checked: readonly Target[]) => tellRights(checked, flags);
      const reported = { targets: [target], plannedRuns: jobs.length, onChecked: tell, stop };
      return reportAtPlaces(database, reported, async (places) => {
        await tellAbandoned(places.of(target).database, flags);
        const control = { command: 'run', ...showProgress(flags, sweep?.parameter), stop, allowInconclusive };
        const sumUp = sweep
          ? sumUpSweep(sweep.parameter)
          : (runs: readonly RunResult[]) => againstBaseline(runs, reference);
        return executeRuns(places, jobs, control, sumUp);
      });
    }),
  ).finally(() => history?.close());
  const how: Finish = { json: flags.json ?? false, render: sweep ? renderSweep : renderRuns };
  return finish(await reports.write(report), how);
}

/** `--strategy` overrides the service's flags. */
async function chooseTarget(flags: RunFlags): Promise<Target> {
  const asked = flags.advisoryLocks ?? false;
  if (flags.strategy !== undefined) return resolveTarget(flags.strategy, asked);
  const target = targetFromVariables(process.env);
  return target.withAdvisoryLocks(target.advisoryLocks || asked);
}
