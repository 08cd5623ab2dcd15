import { BUILT_IN_TERMS } from '../../domain/promises.js';
import type { Target, TargetSpec } from '../../target/target.js';
import type { WeakSpots } from '../../target/weak-spots.js';
import { ONE_AT_A_TIME } from './engine/assign-many.js';
import type { Inventory } from './engine/assignment.js';
import { createStrategy } from './engine/create-strategy.js';
import { KEEPS_SESSION_LOCK } from './engine/keeps-nothing.js';
import type { Strategy, StrategySpec } from './engine/strategy.js';

/** The kind of targets that are strategies of the built-in engine, on the tool's own tables. */
export const ELS = 'els';

/** What an engine of the built-in target is made of. */
export interface ElsOptions {
  readonly strategy: StrategySpec;
  /** For batches that have the other inventory. */
  readonly otherInventory?: StrategySpec | undefined;
  readonly advisoryLocks: boolean;
}

const SPOTS: Readonly<Record<Inventory, WeakSpots>> = {
  slots: {
    countAssigned: 'faults/assigned',
    holdContent: 'faults/hold-slot',
    lockFreeSlots: 'faults/lock-free-slots',
  },
  essays: {
    countAssigned: 'faults/assigned',
    holdContent: 'faults/hold-essay',
    lockFreeSlots: 'faults/lock-free-essays',
  },
};

const BEFORE_COMPLETION = {
  lock: 'faults/lock-trackers',
  left: 'faults/uncompleted',
  audit: 'one-completion-per-full-batch',
};

/** `legacy` takes its slot in a transaction of its own, and writes the essay in another one. */
const BETWEEN_TRANSACTIONS = {
  lock: 'faults/lock-free-essays',
  left: 'faults/orphans',
  audit: 'slot-and-essay-agree',
};

/** A strategy of the built-in engine as a target. */
export function elsTarget(options: ElsOptions): Target {
  const { strategy: spec, otherInventory, advisoryLocks } = options;
  const strategy = createStrategy(spec, advisoryLocks);
  return {
    name: spec.name,
    terms: BUILT_IN_TERMS,
    ids: { batch: 'text', content: 'text' },
    advisoryLocks,
    spec: { kind: ELS, options },
    hasOwnSchema: false,
    forms: otherInventory ? [strategy.inventory, inventoryOf(otherInventory)] : [strategy.inventory],
    lacks: lacksOf(strategy),
    untold: {},
    weakSpots: {
      ...SPOTS[strategy.inventory],
      beforeCompletion: BEFORE_COMPLETION,
      ...(strategy.commitsTwice && { betweenTransactions: BETWEEN_TRANSACTIONS }),
    },
    isReference: spec.kind === 'built-in' && spec.name === 'legacy',
    ...(spec.kind === 'custom' && { file: spec.name }),
    withAdvisoryLocks: (on) => elsTarget({ ...options, advisoryLocks: on }),
  };
}

/** What a load changes into that another strategy served: it serves the batches of both until they are migrated. */
export function takingOver(strategy: StrategySpec, before: Target): Target {
  const { strategy: other, advisoryLocks } = optionsOf(before.spec);
  const moves = inventoryOf(other) !== inventoryOf(strategy);
  return elsTarget({ strategy, advisoryLocks, ...(moves && { otherInventory: other }) });
}

/**
 * What a spec of this kind holds.
 *
 * @throws Error for one of another kind
 */
export function optionsOf({ kind, options }: TargetSpec): ElsOptions {
  if (kind !== ELS) throw new Error(`a target of kind ${kind} is none of the built-in engine`);
  return options as ElsOptions;
}

/**
 * A form of batches that this kind of target has.
 *
 * @throws Error for what is no form of this kind of target
 */
export function checkedForm(form: string): Inventory {
  if (form === 'slots' || form === 'essays') return form;
  throw new Error(`the built-in engine has no batches of form ${JSON.stringify(form)}`);
}

function inventoryOf(spec: StrategySpec): Inventory {
  return createStrategy(spec, false).inventory;
}

function lacksOf(strategy: Strategy): Target['lacks'] {
  return {
    ...(strategy.many === undefined && { bulk: ONE_AT_A_TIME }),
    ...(strategy.keepsSessionLock && { transactionPooling: KEEPS_SESSION_LOCK }),
    ...(!strategy.commitsTwice && { betweenTransactions: 'has one transaction; accepted: legacy' }),
  };
}
