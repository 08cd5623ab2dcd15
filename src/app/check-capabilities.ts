import { UsageError } from '../domain/errors.js';
import type { Scenario } from '../domain/scenario.js';
import type { Capability, Target } from '../target/target.js';

/** What a command wants of its targets, besides what its scenarios do. */
export interface Wanted {
  readonly scenarios: readonly Scenario[];
  /** Those that are measured, and those that are rolled out. */
  readonly targets: readonly Target[];
  /** Whether sessions keep settings and prepared statements. */
  readonly prepare: boolean;
  /** Whether --advisory-locks was given. */
  readonly advisoryLocks?: boolean | undefined;
}

/**
 * Checks that targets can do what is wanted of them, before anything connects.
 *
 * @throws UsageError `bulk_unsupported`, `needs_session`, `no_advisory_locks`, `no_rollout` or `not_idempotent`
 */
export function checkCapabilities({ scenarios, targets, prepare, advisoryLocks = false }: Wanted): void {
  const bulk = scenarios.find((scenario) => scenario.bulk > 1);
  if (bulk) require(targets, 'bulk', 'bulk_unsupported', `bulk ${bulk.bulk} of scenario ${bulk.name}`);
  if (!prepare) require(targets, 'transactionPooling', 'needs_session', '--no-prepare');
  const rollout = scenarios.find((scenario) => scenario.rollout !== undefined);
  if (rollout) require(targets, 'rollout', 'no_rollout', `scenario ${rollout.name}`);
  if (advisoryLocks) require(targets, 'advisoryLocks', 'no_advisory_locks', '--advisory-locks');
  const again = scenarios.find(({ deliveries }) => deliveries > 1);
  const once = targets.find(({ terms }) => !terms.promises.idempotent);
  if (again && once) {
    const wanted = `deliveries ${again.deliveries} of scenario ${again.name}`;
    const why = `${once.name} is not idempotent: a content that is delivered again takes another slot`;
    throw new UsageError('not_idempotent', `${wanted}: ${why}; accepted: scenarios with deliveries 1`);
  }
}

function require(targets: readonly Target[], capability: Capability, code: string, wanted: string): void {
  for (const target of targets) {
    const reason = target.lacks[capability];
    if (reason !== undefined) throw new UsageError(code, `${wanted}: ${targetLabel(target)} ${reason}`);
  }
}

function targetLabel({ name, advisoryLocks }: Target): string {
  return advisoryLocks ? `${name} with advisory locks` : name;
}
