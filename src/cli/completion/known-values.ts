import { TARGET_NAMES } from '../../targets/resolve.js';
import { SWEPT_FIELDS } from '../../scenario/fields.js';
import { listBuiltInScenarios } from '../../scenario/load.js';
import { knownLoadValues } from '../load-flags.js';

/** Values that are known beforehand, by the flag or the argument that takes them; where it takes a file, others too. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

/** Flags whose value is a list with commas. */
export const LISTS: readonly string[] = ['--strategies'];

/** What the tool's own flags and arguments take, besides the choices that commander knows. */
export async function knownValues(): Promise<KnownValues> {
  const scenarios = (await listBuiltInScenarios()).map(({ name }) => name);
  return {
    ...knownLoadValues(),
    '--strategy': TARGET_NAMES,
    '--strategies': TARGET_NAMES,
    '--scenario': scenarios,
    'name|file': scenarios,
    '--sweep': SWEPT_FIELDS.map((parameter) => `${parameter}=`),
  };
}
