import { endWithParent } from '../../base/parent-watch.js';
import { promisesOf } from '../../domain/promises.js';
import type { InstanceSettings } from '../../target/instance.js';
import type { Target, TargetSpec } from '../../target/target.js';
import { loadDefinition } from './load.js';
import { CheckedInstance } from '../checked-instance.js';
import { namedConnection } from './named-connection.js';
import { ownSchemaTarget } from '../own-schema.js';
import type { Description } from './messages.js';

/** The kind of targets that are files of code. */
export const MODULE = 'module';

/** Why a file's instances cannot make many calls at once, where they cannot: known when one was opened. */
export const NO_BULK = 'has no assignMany';

/** What a worker needs to open an instance. */
interface ModuleOptions {
  readonly path: string;
}

/**
 * A file of code as a target.
 *
 * @param path of the file
 * @param description what it says of itself
 */
export function moduleTarget(path: string, description: Description): Target {
  const spec = { kind: MODULE, options: { path } satisfies ModuleOptions };
  return ownSchemaTarget({ ...description, path, spec });
}

/** The file of a spec of this kind. */
export function pathOf({ options }: TargetSpec): string {
  return (options as ModuleOptions).path;
}

/** Opens an instance in this process, which may run foreign code. */
export async function openModuleInstance(
  spec: TargetSpec,
  settings: InstanceSettings,
): Promise<CheckedInstance> {
  endWithParent();
  const definition = await loadDefinition(pathOf(spec));
  const { promises, places = 'named' } = definition;
  const opened = await definition.open({
    connectionString: namedConnection(settings.connectionString, settings.applicationName),
    connections: settings.connections,
    instance: settings.instance,
  });
  const { timeoutMs, refs } = settings;
  return new CheckedInstance(opened, { promises: promisesOf(promises), places, timeoutMs, refs });
}
