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
  checkBulk(scenarios, targets);
  if (!prepare) {
    const say = (target: Target, reason: string) => `--no-prepare: ${withLocks(target)} ${reason}`;
    refuseWhere(targets, 'transactionPooling', 'needs_session', say);
  }
  const rollout = scenarios.find((scenario) => scenario.rollout !== undefined);
  if (rollout) {
    const wanted = `scenario ${rollout.name}`;
    refuseWhere(targets, 'rollout', 'no_rollout', ({ name }, reason) => `${wanted}: ${name} ${reason}`);
  }
  if (advisoryLocks) {
    const say = ({ name }: Target, reason: string) => `--advisory-locks: ${name} ${reason}`;
    refuseWhere(targets, 'advisoryLocks', 'no_advisory_locks', say);
  }
  refuseManyDeliveries(scenarios, targets);
}

/**
 * Checks that targets can make many calls at once where scenarios do. Of some it is known only when they were opened.
 *
 * @throws UsageError `bulk_unsupported`
 */
export function checkBulk(
  scenarios: readonly Scenario[],
  targets: readonly Pick<Target, 'name' | 'lacks'>[],
): void {
  const many = scenarios.find(({ bulk }) => bulk > 1);
  if (many === undefined) return;
  const wanted = `bulk ${many.bulk} of scenario ${many.name}`;
  refuseWhere(targets, 'bulk', 'bulk_unsupported', ({ name }, reason) => `${wanted}: ${name} ${reason}`);
}

/** @throws UsageError where a content would be delivered again that may hold several slots */
function refuseManyDeliveries(scenarios: readonly Scenario[], targets: readonly Target[]): void {
  const again = scenarios.find(({ deliveries }) => deliveries > 1);
  const once = targets.find(({ terms }) => !terms.promises.idempotent);
  if (again === undefined || once === undefined) return;
  const wanted = `deliveries ${again.deliveries} of scenario ${again.name}`;
  const why = `${once.name} is not idempotent: a content that is delivered again takes another slot`;
  throw new UsageError('not_idempotent', `${wanted}: ${why}; accepted: scenarios with deliveries 1`);
}

/** @throws UsageError where one of the targets lacks a capability */
function refuseWhere<T extends Pick<Target, 'lacks'>>(
  targets: readonly T[],
  capability: Capability,
  code: string,
  say: (target: T, reason: string) => string,
): void {
  for (const target of targets) {
    const reason = target.lacks[capability];
    if (reason !== undefined) throw new UsageError(code, say(target, reason));
  }
}

/** Advisory locks may be why a target needs its session. */
function withLocks({ name, advisoryLocks }: Target): string {
  return advisoryLocks ? `${name} with advisory locks` : name;
}
