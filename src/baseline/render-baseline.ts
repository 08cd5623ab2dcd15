import {
  MOST_BASELINE_ROUNDS,
  type Baseline,
  type BaselineRound,
  type BaselineRow,
} from '../domain/baseline.js';
import type { Report, RunResult } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import { BASELINE_KIND, BASELINE_VERSION } from './schema.js';
import { shapeOf } from './shape.js';

/**
 * The text of a baseline file.
 *
 * @param scenarios those that the report's runs are of
 * @param about which program measured, and when
 */
export function renderBaseline(
  { environment, runs }: Report,
  scenarios: readonly Scenario[],
  about: Pick<Baseline, 'tool' | 'measuredAt'>,
): string {
  const rows = scenarios.flatMap((scenario) =>
    rowsOf(
      scenario,
      runs.filter((run) => run.scenario === scenario.name),
    ),
  );
  const document = { kind: BASELINE_KIND, schemaVersion: BASELINE_VERSION, ...about, environment, rows };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function rowsOf(scenario: Scenario, runs: readonly RunResult[]): BaselineRow[] {
  const rows = new Map<string, BaselineRow>();
  for (const run of runs) {
    const { strategy, advisoryLocks } = run;
    const key = JSON.stringify([strategy, advisoryLocks]);
    const rounds = [...(rows.get(key)?.rounds ?? []), toRound(run)].slice(-MOST_BASELINE_ROUNDS);
    rows.set(key, { scenario: scenario.name, strategy, advisoryLocks, shape: shapeOf(scenario), rounds });
  }
  return [...rows.values()];
}

function toRound({ round, throughputPerSecond, latencyMicros }: RunResult): BaselineRound {
  const { mean, p50, p95, p99 } = latencyMicros;
  return { round, throughputPerSecond, latencyMicros: { mean, p50, p95, p99 } };
}
