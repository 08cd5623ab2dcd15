import { CONNECTIONS, FEW_ROUNDS, SECONDS, STRATEGIES, WORKERS } from '../settings.js';
import { benchScenario, runTool } from '../tool.js';

const BATCHES = 100;
/** Slots of each batch that one second needs. */
const SLOTS_PER_SECOND = { one: 50, many: 250 };

/** Round-trip times of the table, in milliseconds. */
export const RTTS_MS = [0, 0.5, 1, 5];
export const CONNECTION_COUNTS = [1, CONNECTIONS];

/** What a cell's throughput is called: `tool cte`, or `tool cte, 1 connection, 0.5 ms RTT`. */
export function toolSeries({ strategy, connections, rttMs }) {
  const one = connections === 1 ? ', 1 connection' : '';
  return `tool ${strategy}${one}${rttMs > 0 ? `, ${rttMs} ms RTT` : ''}`;
}

function sustained({ connections, rttMs, seconds }) {
  const one = connections === 1;
  return benchScenario({
    arrival: 'closed',
    batches: BATCHES,
    slots: Math.ceil(seconds * SLOTS_PER_SECOND[one ? 'one' : 'many']),
    duration: `${seconds * 1_000}ms`,
    gates: ['error == 0', 'unknown == 0', 'noSlot == 0'],
    rttMs,
    ...(one ? { workers: 1, connections } : { workers: WORKERS }),
  });
}

/**
 * @typedef {object} ToolLoad
 * @property {import('#els/targets/els/engine/assignment.js').BuiltInStrategy} strategy
 * @property {boolean} [advisoryLocks]
 * @property {number} connections
 * @property {number} rttMs
 * @property {number} [seconds]
 * @property {number} [rounds]
 */

/**
 * @param {string} series
 * @param {ToolLoad} load
 */
function toolMeasurement(series, { strategy, advisoryLocks, connections, rttMs, seconds = SECONDS, rounds }) {
  const measure = async (bench, round) => {
    const scenario = sustained({ connections, rttMs, seconds });
    const { run } = await runTool(bench, { strategy, advisoryLocks, scenario, round });
    return { [series]: run.throughputPerSecond };
  };
  return { unit: 'perSecond', series: [series], measure, mostRounds: rounds };
}

/** Cells that ratios are made of are measured in every round, the others more briefly. */
function inEveryRound({ strategy, connections, rttMs }) {
  return connections === 1 ? rttMs === 1 && strategy !== 'cte' : rttMs === 0;
}

const cells = STRATEGIES.flatMap((strategy) =>
  CONNECTION_COUNTS.flatMap((connections) => RTTS_MS.map((rttMs) => ({ strategy, connections, rttMs }))),
);

/** Each strategy in the tool, at one connection and at all of them, near the server and away from it. */
export const toolStrategies = cells.map((cell) =>
  toolMeasurement(toolSeries(cell), {
    ...cell,
    ...(!inEveryRound(cell) && { seconds: SECONDS / 2, rounds: FEW_ROUNDS }),
  }),
);

/** What advisory locks cost `inventory`. */
export const toolAdvisoryLocks = toolMeasurement('tool inventory, advisory locks', {
  strategy: 'inventory',
  advisoryLocks: true,
  connections: CONNECTIONS,
  rttMs: 0,
});
