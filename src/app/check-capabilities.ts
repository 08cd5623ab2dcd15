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
}

/**
 * Checks that targets can do what is wanted of them, before anything connects.
 *
 * @throws UsageError `bulk_unsupported` or `needs_session` with the reason
 */
export function checkCapabilities({ scenarios, targets, prepare }: Wanted): void {
  const bulk = scenarios.find((scenario) => scenario.bulk > 1);
  if (bulk) {
    const wanted = `bulk ${bulk.bulk} of scenario ${bulk.name}`;
    refuseWhere(targets, 'bulk', 'bulk_unsupported', ({ name }, reason) => `${wanted}: ${name} ${reason}`);
  }
  if (!prepare) {
    const say = (target: Target, reason: string) => `--no-prepare: ${withLocks(target)} ${reason}`;
    refuseWhere(targets, 'transactionPooling', 'needs_session', say);
  }
}

/** @throws UsageError where one of the targets lacks a capability */
function refuseWhere(
  targets: readonly Target[],
  capability: Capability,
  code: string,
  say: (target: Target, reason: string) => string,
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
