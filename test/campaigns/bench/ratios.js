import { bulkSeries } from './measurements/bulk.js';
import { BURST } from './measurements/burst.js';
import { CLAIMS } from './measurements/claims.js';
import { fillingSeries } from './measurements/filling.js';
import { firstClaimSeries } from './measurements/first-claim.js';
import { loopSeries } from './measurements/loops.js';
import { QUEUES } from './measurements/queues.js';

/**
 * @typedef {object} RatioDefinition
 * @property {string} name
 * @property {string} above series
 * @property {string} below series
 * @property {number} [target] of the ratio of medians
 * @property {'>=' | '<='} [direction] in which the target is met
 */

const between = ([above, below], rest) => ({ name: `${above} / ${below}`, above, below, ...rest });
const atLeast = (target) => ({ target, direction: '>=' });
const atMost = (target) => ({ target, direction: '<=' });

const throughput = [
  between(['pgbench inventory', 'pgbench legacy'], atLeast(3.2)),
  between(['pgbench cte', 'pgbench legacy'], atLeast(2.4)),
  between(['tool inventory, 1 connection, 1 ms RTT', 'tool legacy, 1 connection, 1 ms RTT'], atLeast(7)),
  between(['tool inventory', 'pgbench inventory'], atLeast(0.85)),
  between(['tool legacy', 'pgbench legacy'], atLeast(0.7)),
  ...['inventory', 'legacy'].flatMap((strategy) => [
    between([loopSeries('bare-protocol', strategy), `pgbench ${strategy}`]),
    between([loopSeries('node-postgres', strategy), `pgbench ${strategy}`]),
    between([`tool ${strategy}`, loopSeries('bare-protocol', strategy)]),
    between([`tool ${strategy}`, loopSeries('node-postgres', strategy)]),
  ]),
  between(['tool inventory, advisory locks', 'tool inventory'], atLeast(0.97)),
  between([CLAIMS.reduced, CLAIMS.graphile], atLeast(1.2)),
  between([CLAIMS.whole, CLAIMS.graphile]),
  between([bulkSeries(100), 'tool inventory'], atLeast(6)),
  between([bulkSeries(500), QUEUES.graphile], atLeast(1.5)),
  between([bulkSeries(500), QUEUES.boss]),
];

const filling = ['inventory', 'cte'].flatMap((strategy) =>
  [false, true].map((held) => {
    const { early, late } = fillingSeries(strategy, held);
    return between([late, early], atMost(held ? 1.3 : 1.15));
  }),
);

const fullBatch = [false, true].map((held) => {
  const { early, full } = fillingSeries('inventory', held);
  return between([full, early], atMost(3));
});

const firstClaim = [false, true].map((held) => {
  const { early, late } = firstClaimSeries(held);
  return between([late, early], atMost(3));
});

/** What the suite is judged by. @type {RatioDefinition[]} */
export const RATIOS = [
  ...throughput,
  ...filling,
  between([BURST.p99, BURST.p50], atMost(4)),
  ...fullBatch,
  ...firstClaim,
];
