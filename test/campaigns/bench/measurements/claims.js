import { claimGraphileJobs } from '../competitors/graphile-claim.js';
import { readBenchSql } from '../bench-sql.js';
import { assignByPgbench } from '../pgbench-assignments.js';
import { CLAIM_VARIABLES, claimScript } from '../pgbench-script.js';
import { readSql } from '#els/database/statement.js';
import { SECONDS } from '../settings.js';

const SLOTS_PER_SECOND = 40_000;

export const CLAIMS = {
  reduced: 'pgbench inventory reduced to the claim, one batch',
  whole: 'pgbench inventory, one batch',
  graphile: "pgbench Graphile Worker's claim, one queue",
};

function onOneBatch(bench, sql) {
  const load = { strategy: 'inventory', batches: 1, slots: SLOTS_PER_SECOND * SECONDS };
  return assignByPgbench(bench, { ...load, statements: claimScript(sql), variables: CLAIM_VARIABLES });
}

function claimMeasurement(series, perSecond) {
  const measure = async (bench) => ({ [series]: await perSecond(bench) });
  return { unit: 'perSecond', series: [series], measure };
}

/** One batch against one queue, each claim by pgbench. */
export const claims = [
  claimMeasurement(CLAIMS.reduced, (bench) => onOneBatch(bench, readBenchSql('claim-essay'))),
  claimMeasurement(CLAIMS.whole, (bench) => onOneBatch(bench, readSql('strategies/inventory'))),
  claimMeasurement(CLAIMS.graphile, claimGraphileJobs),
];
