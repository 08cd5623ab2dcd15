import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../../domain/errors.js';
import { RULES, VARIABLES, type Keyword } from './keywords.js';
import { findPassword } from './password-file.js';
import { findService } from './service-file.js';
import { checkTls } from './tls.js';
import type { Parameters } from './url.js';

/** A parameter's value, and who said so. */
interface Given {
  readonly value: string;
  readonly from: string;
}

type GivenParameters = Readonly<Partial<Record<Keyword, Given>>>;

const DEFAULTS: Parameters = { host: 'localhost', port: '5432' };

/** Keywords that are used up here, or mean nothing to the tool: its sessions have names and an encoding of their own. */
const USED_UP: readonly Keyword[] = [
  ...(['service', 'passfile', 'hostaddr', 'application_name', 'client_encoding'] as const),
  ...(['gssencmode', 'channel_binding', 'target_session_attrs', 'uselibpqcompat'] as const),
];

/**
 * Completes the parameters of a connection as libpq does: what was given, then the service file, then PG* variables,
 * then defaults and the password file. Apart from libpq: the default host is localhost, not a socket.
 *
 * @param given parameters of a URL, or none
 * @param source where they are from
 * @returns all that a connection needs: no process reads a variable or a file of names and passwords again
 * @throws UsageError when a value is not accepted, or a file is missing
 */
export function resolveParameters(given: Parameters, source: string, env: NodeJS.ProcessEnv): Parameters {
  const stated = { ...fromEnvironment(env), ...labelled(given, source) };
  const all = { ...fromEnvironment(env), ...fromService(stated.service, env), ...labelled(given, source) };
  checkValues(all, source);
  const complete = withDefaults(values(all), env);
  checkTls(complete, all.sslmode?.from ?? source);
  const password = complete.password ?? findPassword(complete, env);
  const kept = Object.entries(complete).filter(([keyword]) => !USED_UP.includes(keyword as Keyword));
  return { ...Object.fromEntries(kept), ...(password !== undefined && { password }) };
}

function labelled(parameters: Parameters, from: string): GivenParameters {
  const entries = Object.entries(parameters).filter(([, value]) => value !== '');
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, { value, from }]));
}

function fromEnvironment(env: NodeJS.ProcessEnv): GivenParameters {
  const entries = Object.entries(VARIABLES).flatMap(([keyword, variable]) => {
    const value = variable && env[variable];
    return value ? [[keyword, { value, from: variable }] as const] : [];
  });
  return Object.fromEntries(entries);
}

function fromService(service: Given | undefined, env: NodeJS.ProcessEnv): GivenParameters {
  if (service === undefined) return {};
  const { parameters, from } = findService(service.value, env);
  return labelled(parameters, from);
}

/** Of a URL no value is repeated: where it was misread it may be a piece of the password. */
function checkValues(parameters: GivenParameters, source: string): void {
  for (const [keyword, { value, from }] of Object.entries(parameters)) {
    const rule = RULES[keyword as Keyword];
    if (rule === undefined || rule.accepts(value)) continue;
    const [code, problem] =
      from === source
        ? ['invalid_database_url', `has a ${keyword} that cannot be used`]
        : ['invalid_connection', `has ${keyword} ${JSON.stringify(value)}`];
    throw new UsageError(code, `${from} ${problem}; accepted: ${rule.accepted}`);
  }
}

function values(parameters: GivenParameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([keyword, { value }]) => [keyword, value]));
}

function withDefaults(parameters: Parameters, env: NodeJS.ProcessEnv): Parameters {
  const user = parameters.user ?? userName();
  const sslmode = parameters.sslrootcert === 'system' ? 'verify-full' : 'prefer';
  const files = ownFiles(env['HOME'], parameters);
  return { ...DEFAULTS, sslmode, user, dbname: user, ...files, ...parameters, ...absolutePaths(parameters) };
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** The certificates that libpq looks for in the home folder. */
function ownFiles(home: string | undefined, { sslcert }: Parameters): Parameters {
  if (!home) return {};
  const [sslrootcert, ownCert, ownKey] = ['root.crt', 'postgresql.crt', 'postgresql.key'].map((name) =>
    join(home, '.postgresql', name),
  ) as [string, string, string];
  return {
    ...(existsSync(sslrootcert) && { sslrootcert }),
    ...(sslcert === undefined && existsSync(ownCert) && { sslcert: ownCert, sslkey: ownKey }),
  };
}

/** Worker processes read these files, wherever they are started. */
function absolutePaths({ sslrootcert, sslcert, sslkey }: Parameters): Parameters {
  return {
    ...(sslrootcert !== undefined && sslrootcert !== 'system' && { sslrootcert: resolve(sslrootcert) }),
    ...(sslcert !== undefined && { sslcert: resolve(sslcert) }),
    ...(sslkey !== undefined && { sslkey: resolve(sslkey) }),
  };
}
