import type { InstanceSettings } from '../../target/instance.js';
import type { Target, TargetSpec } from '../../target/target.js';
import { CheckedInstance } from '../checked-instance.js';
import { untoldBy } from '../untold.js';
import type { SqlDefinition } from './file.js';
import { SqlInstance } from './instance.js';

/** The kind of targets that are files of statements. */
export const SQL = 'sql';

/** A target file as a target. */
export function sqlTarget(definition: SqlDefinition): Target {
  const { path, name, promises, places, ids, remove } = definition;
  const target: Target = {
    name,
    terms: { target: { name }, promises, places },
    ids,
    advisoryLocks: false,
    spec: { kind: SQL, options: definition },
    forms: [''],
    lacks: {
      bulk: 'is one statement, for one content',
      advisoryLocks: 'has no such option',
      rollout: 'cannot take over from another target',
      ...(!remove && { remove: 'has no remove' }),
    },
    untold: untoldBy({ hasAssignments: definition.assignments !== undefined }),
    weakSpots: {},
    isReference: false,
    hasOwnSchema: true,
    file: path,
    withAdvisoryLocks: () => target,
  };
  return target;
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
