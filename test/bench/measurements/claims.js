import { claimGraphileJobs } from '../competitors/graphile-claim.js';
import { readBenchSql } from '../bench-sql.js';
import { assignByPgbench } from '../pgbench-assignments.js';
import { pgbenchSql, strategyScript } from '../pgbench-script.js';
import { SECONDS } from '../settings.js';

const SLOTS_PER_SECOND = 40_000;

export const CLAIMS = {
  reduced: 'pgbench inventory reduced to the claim, one batch',
  whole: 'pgbench inventory, one batch',
  graphile: "pgbench Graphile Worker's claim, one queue",
};

function onOneBatch(bench, statements) {
  const slots = SLOTS_PER_SECOND * SECONDS;
  return assignByPgbench(bench, { strategy: 'inventory', statements, batches: 1, slots });
}

function claimMeasurement(series, perSecond) {
  const measure = async (bench) => ({ [series]: await perSecond(bench) });
  return { unit: 'perSecond', series: [series], measure };
}

/** One batch against one queue, each claim by pgbench. */
export const claims = [
  claimMeasurement(CLAIMS.reduced, (bench) =>
    onOneBatch(bench, `${pgbenchSql(readBenchSql('claim-essay'))};\n`),
  ),
  claimMeasurement(CLAIMS.whole, (bench) => onOneBatch(bench, strategyScript('inventory'))),
  claimMeasurement(CLAIMS.graphile, claimGraphileJobs),
];
