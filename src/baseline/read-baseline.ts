import { readTextFile } from '../base/read-text.js';
import { describeGiven, quote } from '../base/wording.js';
import type { Baseline } from '../domain/baseline.js';
import { UsageError } from '../domain/errors.js';
import { describeIssues } from '../scenario/invalid.js';
import { parseJson } from '../scenario/json-error.js';
import { BASELINE_FIELDS, BASELINE_KIND, BASELINE_VERSION, baselineSchema } from './schema.js';

/**
 * Reads what `--save-baseline` wrote.
 *
 * @throws UsageError `unreadable_baseline` or `invalid_baseline`
 */
export async function readBaseline(path: string): Promise<Baseline> {
  const file = await readTextFile(path);
  if ('problem' in file) {
    throw new UsageError('unreadable_baseline', `cannot read baseline ${quote(path)}: ${file.problem}`);
  }
  return parseBaseline(
    parseJson(file.text, (problem) => invalid(path, problem)),
    path,
  );
}

function parseBaseline(value: unknown, path: string): Baseline {
  const { kind, schemaVersion, ...fields } = Object(value) as Record<string, unknown>;
  if (kind !== BASELINE_KIND) {
    throw invalid(path, `kind is ${describeGiven(kind)}; accepted: "${BASELINE_KIND}" (see --save-baseline)`);
  }
  if (schemaVersion !== BASELINE_VERSION) {
    throw invalid(path, `schemaVersion is ${describeGiven(schemaVersion)}; accepted: ${BASELINE_VERSION}`);
  }
  const { success, data, error } = baselineSchema.safeParse(fields, { reportInput: true });
  if (success) return data;
  throw invalid(path, describeIssues(error.issues, BASELINE_FIELDS));
}

function invalid(path: string, problem: string): UsageError {
  return new UsageError('invalid_baseline', `baseline ${quote(path)}: ${problem}`);
}
