import { describeGiven } from '../base/wording.js';
import type { Witness } from '../domain/run-result.js';

/** A row that an audit of a user's returned, as results hold it: each value is plain, what is none is JSON. */
export function toWitness(row: unknown): Witness {
  const fields: readonly (readonly [string, unknown])[] =
    typeof row === 'object' && row !== null ? Object.entries(row) : [['row', row]];
  return Object.fromEntries(fields.map(([name, value]) => [name, toCell(value)]));
}

function toCell(value: unknown): Witness[string] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return String(value.toJSON());
  return typeof value === 'object' ? JSON.stringify(value) : describeGiven(value);
}
