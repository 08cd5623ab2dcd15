import { quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { Target } from '../target/target.js';
import { resolveTarget } from '../targets/resolve.js';

/**
 * The target that `--strategy` names where only one with a schema of its own will do.
 *
 * @throws UsageError when it is none, or its file is wrong
 */
export async function ownSchemaTarget(strategy: string | undefined): Promise<Target | undefined> {
  if (strategy === undefined) return undefined;
  const target = await resolveTarget(strategy, false);
  if (target.hasOwnSchema) return target;
  throw new UsageError(
    'no_own_schema',
    `--strategy ${quote(strategy)} is on the tool's own tables; accepted: the file of a target with tables of its own, ` +
      'or no --strategy',
  );
}
