import type { Environment } from '../domain/run-result.js';
import { plural } from './format.js';
import { wrapParts } from './layout.js';
import type { Style } from './style.js';

/** Where the figures come from: versions and machine, then the settings that decide what a commit costs. */
export function environmentLines(environment: Environment, { colours, width }: Style): string[] {
  const { postgresVersion, embedded, nodeVersion, cpus, pooling, preparedStatements } = environment;
  const machine = [
    `PostgreSQL ${postgresVersion}${embedded ? ' (embedded)' : ''}`,
    `Node ${nodeVersion.replace(/^v/, '')}`,
    plural(cpus, 'CPU'),
    ...(pooling === 'none' ? [] : [`pooler in ${pooling} mode`]),
    ...(preparedStatements ? [] : ['no prepared statements']),
  ];
  const settings = [
    `fsync ${environment.fsync}`,
    `synchronous_commit ${environment.synchronousCommit}`,
    `full_page_writes ${environment.fullPageWrites}`,
    `autovacuum ${environment.autovacuum}`,
  ];
  return [machine, settings]
    .flatMap((parts) => wrapParts(parts, ' · ', width))
    .map((line) => colours.dim(line));
}
