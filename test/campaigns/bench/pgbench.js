import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { clientConfig } from '#els/database/address.js';
import { InfrastructureError } from '#els/domain/errors.js';
import { CONNECTIONS, SCHEMA, SECONDS, WORKERS } from './settings.js';

const DEBIAN = '/usr/lib/postgresql';

/**
 * Finds Debian's pgbench.
 *
 * @throws InfrastructureError `pgbench_missing`
 */
export function findPgbench() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin/pgbench')).find(existsSync);
  if (found) return found;
  throw new InfrastructureError('pgbench_missing', "pgbench is missing: install Debian's package postgresql");
}

/**
 * Runs a script for SECONDS over CONNECTIONS, with prepared statements.
 *
 * @param {import('./server.js').Bench} bench
 * @param {string} script
 * @param {Record<string, string>} variables for -D; none may be empty
 * @returns {Promise<{ perSecond: number, transactions: number }>}
 * @throws Error when a transaction failed
 */
export async function runPgbench({ database, folder, stop }, script, variables) {
  const file = join(folder, 'pgbench.sql');
  await writeFile(file, script);
  const definitions = Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  const clients = ['-c', String(CONNECTIONS), '-j', String(WORKERS), '-T', String(SECONDS)];
  const args = ['-n', '-M', 'prepared', ...clients, ...definitions, '-f', file];
  const { stdout } = await promisify(execFile)(findPgbench(), args, {
    env: environmentOf(database),
    signal: stop,
  });
  const figure = (pattern) => Number(pattern.exec(stdout)?.[1]);
  if (figure(/number of failed transactions: (\d+) /) !== 0) throw new Error(`pgbench failed: ${stdout}`);
  return {
    perSecond: figure(/tps = ([\d.]+)/),
    transactions: figure(/number of transactions actually processed: (\d+)/),
  };
}

/** @returns {NodeJS.ProcessEnv} */
function environmentOf({ address }) {
  const { host, port, user, password, database } = clientConfig(address);
  return {
    PATH: process.env['PATH'],
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: /** @type {string} */ (password),
    PGDATABASE: database,
    PGOPTIONS: `-c search_path=${pg.escapeIdentifier(SCHEMA)}`,
  };
}
