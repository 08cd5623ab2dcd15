import type { OpenInstance } from '../target/instance.js';
import { openElsInstance } from './els/instance.js';
import { ELS } from './els/target.js';
import { MODULE, openModuleInstance } from './module/target.js';
import { openSqlInstance, SQL } from './sql/target.js';

/** How instances of each kind of target are opened. */
const KINDS: ReadonlyMap<string, OpenInstance> = new Map<string, OpenInstance>([
  [ELS, openElsInstance],
  [MODULE, openModuleInstance],
  [SQL, openSqlInstance],
]);

/**
 * Opens an instance of a target, whatever its kind. It connects when it is first used.
 *
 * @throws UsageError for a spec that its kind refuses, and Error for a kind that there is not: a spec comes from a Target of
 *   this program
 */
export const openInstance: OpenInstance = (spec, settings) => {
  const open = KINDS.get(spec.kind);
  if (open === undefined) throw new Error(`there is no kind of target ${spec.kind}`);
  return open(spec, settings);
};
