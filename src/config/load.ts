import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readTextFile } from '../base/read-text.js';
import { isMissing } from '../base/system-error.js';
import { quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import { namesOf, parseGate } from '../gate/index.js';
import { checkExpressions } from '../scenario/expressions.js';
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
    (error: unknown) => !isMissing(error),
  );
}

function parseConfig(text: string, path: string): Config {
  const { success, data, error } = configSchema.safeParse(
    parseJson(text, (problem) => invalid(path, problem)),
    { reportInput: true },
  );
  if (!success) throw invalid(path, problemOf(error.issues));
  if (data.duration !== undefined && data.stages !== undefined) {
    throw invalid(
      path,
      'duration stands beside stages; accepted: one of them, stages last as long as they say',
    );
  }
  const gates = { field: 'gates', expressions: data.gates ?? [], read: parseGate };
  checkExpressions(gates, text, (problem, below) => invalid(path, problem, below));
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

function fromWorkingDirectory(config: Config, path: string): Config {
  const { strategies, scenarios, gates, baseline } = config;
  const each = (name: string) => located(name, dirname(path));
  return {
    ...config,
    ...(strategies && { strategies: strategies.map(each) }),
    ...(scenarios && { scenarios: scenarios.map(each) }),
    ...(gates && { gates: gates.map((gate) => withFiles(gate, each)) }),
    ...(baseline && { baseline: resolve(dirname(path), baseline) }),
  };
}

/** A gate with another name for each file in it. */
function withFiles(gate: string, rename: (file: string) => string): string {
  const files = namesOf(parseGate(gate).comparison).filter(({ text }) => text.startsWith('"'));
  return files
    .reduceRight((text, { strategy = '', offset }) => {
      const start = offset + 1;
      return text.slice(0, start) + rename(strategy) + text.slice(start + strategy.length);
    }, gate)
    .trim();
}

/** What is a path is one from the file's folder on; the rest is a built-in name. */
function located(name: string, folder: string): string {
  if (!/[/\\]|\.(?:json|sql)$/.test(name) || isAbsolute(name)) return name;
  const path = join(folder, name);
  return isAbsolute(path) || path.startsWith('..') ? path : `./${path}`;
}

function invalid(path: string, problem: string, below: readonly string[] = []): UsageError {
  return new UsageError('invalid_config', `configuration file ${quote(path)}: ${problem}`, { below });
}
