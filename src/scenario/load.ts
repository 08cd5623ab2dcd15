import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../base/package-files.js';
import { readTextFile } from '../base/read-text.js';
import { didYouMean, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { Scenario } from '../domain/scenario.js';
import { parseCheck, parseGate } from '../gate/index.js';
import { checkExpressions } from './expressions.js';
import { describeIssues } from './invalid.js';
import { parseJson } from './json-error.js';
import { toScenario } from './resolve.js';
import { brokenRolloutRule } from './rollout.js';
import { brokenRule } from './rules.js';
import { SCENARIO_FIELDS, scenarioFileSchema } from './schema.js';
import type { ScenarioFile } from './schema.js';

const BUILT_IN_FOLDER = packageFile('scenarios/');

/** The built-in scenarios as their files state them, by name. */
export async function listBuiltInScenarios(): Promise<Scenario[]> {
  const names = await builtInNames();
  return Promise.all(names.map(loadScenario));
}

/**
 * A scenario without overrides.
 *
 * @param nameOrFile a built-in name, or a path: what contains / or \ or ends in .json
 * @throws UsageError `unknown_scenario`, `unreadable_scenario` or `invalid_scenario`
 */
export async function loadScenario(nameOrFile: string): Promise<Scenario> {
  return toScenario(await readScenarioFile(nameOrFile));
}

/** Like `loadScenario`, but with what the file leaves open still open, for overrides to be applied. */
export async function readScenarioFile(nameOrFile: string): Promise<ScenarioFile> {
  const path = isScenarioFile(nameOrFile) ? nameOrFile : await builtInPath(nameOrFile);
  const file = await readTextFile(path);
  if ('problem' in file) {
    throw new UsageError('unreadable_scenario', `cannot read scenario file ${quote(path)}: ${file.problem}`);
  }
  return parseScenarioFile(file.text, `scenario file ${quote(path)}`);
}

/**
 * A scenario that is given as a value, in the form of a scenario file, with what it leaves open still open.
 *
 * @throws UsageError `invalid_scenario`
 */
export function readScenarioValue(given: object): ScenarioFile {
  return parseScenarioFile(JSON.stringify(given, null, 2), 'scenario');
}

/** Whether what names a scenario is a path, and no built-in name. */
export function isScenarioFile(nameOrFile: string): boolean {
  return /[/\\]|\.json$/.test(nameOrFile);
}

async function builtInNames(): Promise<string[]> {
  const files = await readdir(BUILT_IN_FOLDER);
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

async function builtInPath(name: string): Promise<string> {
  const names = await builtInNames();
  if (names.includes(name)) return fileURLToPath(new URL(`${name}.json`, BUILT_IN_FOLDER));
  const accepted = `${names.join(', ')}, or the path of a .json file`;
  throw new UsageError(
    'unknown_scenario',
    `unknown scenario ${quote(name)}${didYouMean(name, names)}; accepted: ${accepted}`,
  );
}

/** @param subject with which what is said of it begins */
function parseScenarioFile(text: string, subject: string): ScenarioFile {
  const given = parseJson(text, (problem) => invalid(subject, problem));
  const { success, data, error } = scenarioFileSchema.safeParse(given, { reportInput: true });
  if (!success) throw invalid(subject, describeIssues(error.issues, SCENARIO_FIELDS));
  const broken = brokenRule(data) ?? brokenRolloutRule(toScenario(data));
  if (broken !== undefined) throw invalid(subject, broken);
  const refuse = (problem: string, below: readonly string[]) => invalid(subject, problem, below);
  checkExpressions({ field: 'gates', expressions: data.gates, read: parseGate }, text, refuse);
  checkExpressions({ field: 'checks', expressions: data.checks ?? [], read: parseCheck }, text, refuse);
  return data;
}

function invalid(subject: string, problem: string, below: readonly string[] = []): UsageError {
  return new UsageError('invalid_scenario', `${subject}: ${problem}`, { below });
}
