import type { Promises, Places } from '../domain/promises.js';
import type { Target } from '../target/target.js';

/** The name of a target: it stands in tables, in gates and between commas. */
export const TARGET_NAME = /^[^\p{Cc}\p{Zl}\p{Zp},]{1,63}$/u;
export const TARGET_NAME_ACCEPTED = 'one line of 1 to 63 characters without a comma';

/** What is said of a run whose target's file says nothing of its promises. */
export const PROMISES_ASSUMED = 'its file promises nothing: idempotent and truthful no_slot were assumed';

/** What a file says of a target on a schema of its own. */
export interface OwnSchema extends Pick<Target, 'name' | 'ids' | 'spec'> {
  readonly path: string;
  readonly promises: Promises;
  readonly places: Places;
  readonly hasAssignments: boolean;
  readonly hasRemove: boolean;
  /** Why it cannot make many calls at once, where that is known. */
  readonly lacksBulk?: string | undefined;
}

/** A target on a schema of its own, as its file describes it. */
export function ownSchemaTarget(described: OwnSchema): Target {
  const { name, promises, places, ids, spec, path, lacksBulk } = described;
  const target: Target = {
    ...{ name, ids, spec },
    terms: { target: { name }, promises, places },
    advisoryLocks: false,
    forms: [''],
    lacks: {
      advisoryLocks: 'has no such option',
      rollout: 'cannot take over from another target',
      ...(lacksBulk !== undefined && { bulk: lacksBulk }),
      ...(!described.hasRemove && { remove: 'has no remove' }),
    },
    untold: untoldBy(described),
    weakSpots: {},
    isReference: false,
    hasOwnSchema: true,
    file: path,
    withAdvisoryLocks: () => target,
  };
  return target;
}

const NO_COMPLETION = 'the target does not tell when a batch is complete';

/** The values of gates that it does not tell, each with the reason. */
function untoldBy({ hasAssignments }: Pick<OwnSchema, 'hasAssignments'>): Target['untold'] {
  const noAssignments = 'the target has no assignments';
  return {
    completed: NO_COMPLETION,
    completionEvents: NO_COMPLETION,
    completionLooks: NO_COMPLETION,
    recovered: 'the target does not tell',
    roundTripsPerAssignment: 'the round trips of the target are not counted',
    ...(!hasAssignments && { taken: noAssignments, available: noAssignments }),
  };
}
