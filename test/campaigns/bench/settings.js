import { countFrom, secondsFrom } from './environment.js';

/** Rounds of the suite; measurements that take long make fewer of them. */
export const ROUNDS = countFrom('ROUNDS', 5);
/** How long a measurement of throughput puts its load. */
export const SECONDS = secondsFrom('SECONDS_EACH', 3);
/** Over all workers. */
export const CONNECTIONS = countFrom('CONNECTIONS', 32);
/** Worker processes of the tool and of its competitors, threads of pgbench. */
export const WORKERS = 2;
/** Rounds of a measurement that fills large batches. */
export const FEW_ROUNDS = 2;

export const SCHEMA = 'els_assign_bench';
/** @type {import('#els/targets/els/engine/assignment.js').BuiltInStrategy[]} */
export const STRATEGIES = ['legacy', 'cte', 'inventory'];
