import { didYouMean, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { SweepAxis } from '../domain/sweep.js';
import { SWEPT_FIELDS } from '../scenario/fields.js';

/** A sweep with more would be a mistake. */
const MAX_VALUES = 20;

const PARAMETERS = SWEPT_FIELDS.join(', ');

/**
 * Reads the value of `--sweep`: `connections=1,2,4,8`.
 *
 * @returns the values in rising order
 * @throws UsageError `invalid_sweep`
 */
export function parseSweep(text: string): SweepAxis {
  const [name = '', list = ''] = text.split(/=(.*)/s).map((part) => part.trim());
  const parameter = SWEPT_FIELDS.find((each) => each === name);
  if (parameter === undefined) {
    const hint = didYouMean(name, SWEPT_FIELDS);
    throw refused(
      text,
      `is of no known parameter${hint}`,
      `PARAMETER=VALUE,VALUE,… with one of ${PARAMETERS}`,
    );
  }
  if (list === '') throw refused(text, 'has no values', `${parameter}=1,2,4`);
  const words = list.split(',').map((word) => word.trim());
  if (!words.every((word) => /^\d+$/.test(word))) {
    throw refused(text, 'has a value that is no whole number', `${parameter}=1,2,4`);
  }
  const values = words.map(Number).sort((a, b) => a - b);
  if (new Set(values).size < values.length) throw refused(text, 'has a value twice', 'each value once');
  if (values.length > MAX_VALUES) {
    throw refused(text, `has ${values.length} values`, `at most ${MAX_VALUES}`);
  }
  return { parameter, values };
}

function refused(text: string, problem: string, accepted: string): UsageError {
  return new UsageError('invalid_sweep', `--sweep ${quote(text)} ${problem}; accepted: ${accepted}`);
}
