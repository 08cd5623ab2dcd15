import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../domain/errors.js';
import { readParameterFile } from './files.js';
import type { Parameters } from './url.js';

/** Socket folders for which libpq looks up `localhost`: PostgreSQL's own and Debian's. */
const DEFAULT_SOCKET_FOLDERS = ['/tmp', '/var/run/postgresql'];

const GROUP_OR_WORLD = 0o077;

/**
 * Looks the password of a connection up in the file of `passfile`, else ~/.pgpass.
 * Source: PostgreSQL manual, 32.16 The Password File.
 *
 * @param connection complete but for its password
 * @returns undefined where the file does not exist or has no line for the connection
 * @throws UsageError when others than its owner may read the file that has the password
 */
export function findPassword(connection: Parameters, env: NodeJS.ProcessEnv): string | undefined {
  const { passfile = env['HOME'] && join(env['HOME'], '.pgpass') } = connection;
  const mode = passfile && statSync(passfile, { throwIfNoEntry: false });
  if (!passfile || !mode || !mode.isFile()) return undefined;
  const password = passwordIn(readParameterFile('password file', passfile), connection);
  if (password === undefined || (mode.mode & GROUP_OR_WORLD) === 0) return password;
  throw new UsageError(
    'open_password_file',
    `password file ${JSON.stringify(passfile)} may be read by others than its owner; accepted: mode 0600 or less`,
  );
}

function passwordIn(
  text: string,
  { host = '', port = '', dbname = '', user = '' }: Parameters,
): string | undefined {
  const known = [DEFAULT_SOCKET_FOLDERS.includes(host) ? 'localhost' : host, port, dbname, user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = fieldsOf(line);
    const password = fields[known.length];
    const isMeant = known.every((value, at) => fields[at] === '*' || fields[at] === value);
    if (isMeant && password !== undefined && password !== '') return password;
  }
  return undefined;
}

/** Fields end at a colon; a backslash takes the next character as it is. */
function fieldsOf(line: string): string[] {
  const fields = line.match(/(?:^|:)(?:\\.|[^:\\]|\\$)*/gs) ?? [];
  return fields.map((field) => field.replace(/^:/, '').replace(/\\(.)/gs, '$1'));
}
