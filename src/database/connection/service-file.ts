import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../domain/errors.js';
import { readParameterFile } from './files.js';
import { isKeyword, type Keyword } from './keywords.js';
import type { Parameters } from './url.js';

/** Where Debian's libpq looks when PGSYSCONFDIR says nothing else. */
const SYSTEM_FOLDER = '/etc/postgresql-common';

/** A service's parameters, and where they are written. */
export interface Service {
  readonly parameters: Parameters;
  readonly from: string;
}

/**
 * Looks a service up in the file of PGSERVICEFILE, else ~/.pg_service.conf, then in the system's.
 * Source: PostgreSQL manual, 32.17 The Connection Service File.
 *
 * @throws UsageError when no file has it, or its lines are not libpq's keywords
 */
export function findService(name: string, env: NodeJS.ProcessEnv): Service {
  const files = filesToRead(env);
  for (const path of files) {
    const parameters = sectionOf(name, path);
    if (parameters !== undefined) return { parameters, from: `service ${JSON.stringify(name)} of ${path}` };
  }
  const where = files.length > 0 ? `not in ${files.join(' and ')}` : 'there is no service file';
  throw new UsageError(
    'unknown_service',
    `service ${JSON.stringify(name)}: ${where}; accepted: a section of the file that PGSERVICEFILE names, or of ~/.pg_service.conf`,
  );
}

function filesToRead(env: NodeJS.ProcessEnv): string[] {
  const { PGSERVICEFILE: named, HOME: home, PGSYSCONFDIR: folder = SYSTEM_FOLDER } = env;
  const common = [...(home ? [join(home, '.pg_service.conf')] : []), join(folder, 'pg_service.conf')];
  return named ? [named, ...common.slice(-1).filter(existsSync)] : common.filter(existsSync);
}

/** Values are taken as they are: no quotes, no comments behind them. */
function sectionOf(name: string, path: string): Parameters | undefined {
  let found: Partial<Record<Keyword, string>> | undefined;
  let inside = false;
  for (const [index, raw] of readParameterFile('service file', path).split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      inside = found === undefined && line === `[${name}]`;
      if (inside) found = {};
      continue;
    }
    if (!inside || found === undefined) continue;
    const [keyword, value] = assignment(line, `${path}, line ${index + 1}`);
    found[keyword] ??= value;
  }
  return found;
}

function assignment(line: string, where: string): [Keyword, string] {
  const at = line.indexOf('=');
  const keyword = line.slice(0, Math.max(0, at));
  if (isKeyword(keyword) && keyword !== 'service') return [keyword, line.slice(at + 1)];
  throw new UsageError(
    'invalid_service_file',
    `${where}: no parameter that can be used here; accepted: keyword=value with libpq's keywords, without spaces around =`,
  );
}
