import { checkDatabase, checkRun } from '../app/check-run.js';
import { withDatabase } from '../app/database.js';
import { withGates } from '../app/gates.js';
import { jobsOf } from '../app/run-job.js';
import { scenariosToRollOut } from '../app/scenarios.js';
import { startOfRollout } from '../targets/resolve.js';
import { renderRollouts } from '../report/rollout.js';
import { tellAbandoned } from './abandoned-notice.js';
import { finish } from './exit-code.js';
import { toOverrides } from './load-flags.js';
import { seedOf, type LoadFlags } from './options.js';
import { checkOutputPaths } from './output-paths.js';
import { showProgress } from './progress.js';
import { openReports, type ReportFlags } from './reports.js';
import { stoppable } from './stop-signal.js';

/** `els-assign compare --rollout`: before, during and after each switch instead of strategy against strategy. */
export async function compareRollouts(
  flags: LoadFlags & ReportFlags & { readonly rounds?: number },
): Promise<number> {
  const resolved = await scenariosToRollOut(flags.scenario ?? [], toOverrides(flags));
  const scenarios = withGates(resolved, flags.gate ?? []);
  const { advisoryLocks = false, keep = false, timeout: timeoutMs, allowInconclusive = false } = flags;
  const start = startOfRollout(advisoryLocks);
  checkRun(scenarios, start, { prepare: flags.prepare });
  const reports = await openReports(flags, process.env, () => Promise.resolve());
  await checkOutputPaths(flags, { flag: '--strategies', targets: [] });
  const common = { target: start, keep, timeoutMs };
  const jobs = jobsOf(scenarios, common, flags.rounds ?? 1, seedOf(flags));
  const { executeRuns, reportAtPlaces } = await import('../app/runs-to-report.js');
  const { summarizeRollouts } = await import('../app/rollout/rollout-result.js');
  const report = await stoppable((stop) =>
    withDatabase({ ...flags, env: process.env }, async (found) => {
      const database = await checkDatabase(found, { scenarios, targets: [start], prepare: flags.prepare });
      const opening = { onChecked: () => undefined, stop };
      const reported = { targets: [start], plannedRuns: jobs.length, ...opening };
      return reportAtPlaces(database, reported, async (places) => {
        await tellAbandoned(database, flags);
        const control = { command: 'compare', ...showProgress(flags), stop, allowInconclusive };
        return executeRuns(places, jobs, control, (runs) => ({ rollout: summarizeRollouts(runs) }));
      });
    }),
  );
  return finish(await reports.write(report), { json: flags.json ?? false, render: renderRollouts });
}
