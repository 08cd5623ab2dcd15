import type { InstanceSettings } from '../../target/instance.js';
import type { Target, TargetSpec } from '../../target/target.js';
import { CheckedInstance } from '../checked-instance.js';
import { ownSchemaTarget } from '../own-schema.js';
import type { SqlDefinition } from './file.js';
import { SqlInstance } from './instance.js';

/** The kind of targets that are files of statements. */
export const SQL = 'sql';

/** A target file as a target. */
export function sqlTarget(definition: SqlDefinition): Target {
  return ownSchemaTarget({
    ...definition,
    spec: { kind: SQL, options: definition },
    hasAssignments: definition.assignments !== undefined,
    hasRemove: definition.remove !== undefined,
    lacksBulk: 'is one statement, for one content',
  });
}

/** What a spec of this kind holds. */
export function definitionOf({ options }: TargetSpec): SqlDefinition {
  return options as SqlDefinition;
}

/** Opens an instance on connections of its own. */
export function openSqlInstance(spec: TargetSpec, settings: InstanceSettings): Promise<CheckedInstance> {
  const definition = definitionOf(spec);
  const { promises, places } = definition;
  const { timeoutMs, refs } = settings;
  return Promise.resolve(
    new CheckedInstance(new SqlInstance(definition, settings), { promises, places, timeoutMs, refs }),
  );
}
