import type { Environment } from '../domain/run-result.js';

/** What must be equal of the surroundings of two results that are compared: of versions, the major one. */
export type Comparable = Pick<
  Environment,
  | 'postgresVersion'
  | 'pooling'
  | 'preparedStatements'
  | 'nodeVersion'
  | 'cpus'
  | 'synchronousCommit'
  | 'fsync'
  | 'fullPageWrites'
>;

/** The part of the surroundings without which figures cannot be compared. */
export function comparableOf(environment: Environment): Comparable {
  const { postgresVersion, nodeVersion, pooling, preparedStatements } = environment;
  const { cpus, synchronousCommit, fsync, fullPageWrites } = environment;
  return {
    postgresVersion: majorOf(postgresVersion),
    nodeVersion: majorOf(nodeVersion),
    ...{ pooling, preparedStatements, cpus, synchronousCommit, fsync, fullPageWrites },
  };
}

/** `18` of `18.4`, of `18beta1` and of `v18.4.0`. */
function majorOf(version: string): string {
  return /\d+/.exec(version)?.[0] ?? version;
}
