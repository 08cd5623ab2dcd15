import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UsageError } from '../domain/errors.js';
import { readTextFile } from '../domain/read-text.js';
import { quote } from '../domain/wording.js';
import { parseGate } from '../gate/index.js';
import { describeIssues } from '../scenario/invalid.js';
import { parseJson } from '../scenario/json-error.js';
import { CONFIG_FIELDS, configSchema, type Config } from './schema.js';

/** Read from the working directory where no file is named. */
export const CONFIG_FILE = 'els-assign.config.json';

/** A configuration and where it was read. */
export interface ConfigFile {
  readonly path: string;
  readonly config: Config;
}

/**
 * Reads the configuration file that is named, else `els-assign.config.json` of the working directory.
 *
 * @returns its paths are from the working directory; undefined where none is named and there is none
 * @throws UsageError `unreadable_config` or `invalid_config`
 */
export async function loadConfig(named: string | undefined): Promise<ConfigFile | undefined> {
  const path = named ?? CONFIG_FILE;
  if (named === undefined && !(await exists(path))) return undefined;
  const file = await readTextFile(path);
  if ('problem' in file) {
    throw new UsageError(
      'unreadable_config',
      `cannot read configuration file ${quote(path)}: ${file.problem}`,
    );
  }
  return { path, config: fromWorkingDirectory(parseConfig(file.text, path), path) };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

function parseConfig(text: string, path: string): Config {
  const { success, data, error } = configSchema.safeParse(
    parseJson(text, (problem) => invalid(path, problem)),
    { reportInput: true },
  );
  if (!success) throw invalid(path, problemOf(error.issues));
  for (const [position, gate] of (data.gates ?? []).entries()) {
    const problem = problemOfGate(gate);
    if (problem !== undefined) throw invalid(path, `gates[${position}]: ${problem}`);
  }
  return data;
}

/** A URL where a variable's name belongs may hold a password: it is never repeated. */
function problemOf(issues: Parameters<typeof describeIssues>[0]): string {
  const [issue] = issues;
  if (issue?.path[0] === 'databaseUrlVariable') {
    return `databaseUrlVariable is not a name; accepted: ${issue.message}`;
  }
  return describeIssues(issues, CONFIG_FIELDS);
}

function problemOfGate(gate: string): string | undefined {
  try {
    parseGate(gate);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

function fromWorkingDirectory(config: Config, path: string): Config {
  const { strategies, scenarios, baseline } = config;
  const each = (name: string) => located(name, dirname(path));
  return {
    ...config,
    ...(strategies && { strategies: strategies.map(each) }),
    ...(scenarios && { scenarios: scenarios.map(each) }),
    ...(baseline && { baseline: resolve(dirname(path), baseline) }),
  };
}

/** What is a path is one from the file's folder on; the rest is a built-in name. */
function located(name: string, folder: string): string {
  if (!/[/\\]|\.(?:json|sql)$/.test(name) || isAbsolute(name)) return name;
  const path = join(folder, name);
  return isAbsolute(path) || path.startsWith('..') ? path : `./${path}`;
}

function invalid(path: string, problem: string): UsageError {
  return new UsageError('invalid_config', `configuration file ${quote(path)}: ${problem}`);
}
