import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prove } from '#els/app/prove.js';
import { withConnectionString } from '#els/database/address.js';
import type { Proof } from '#els/domain/proof.js';
import type { StrategySpec } from '#els/targets/els/engine/strategy.js';
import { elsTarget } from '#els/targets/els/target.js';
import type { TestDatabase } from '../support/database.js';
import { custom } from '../engine/support/custom.js';

/** A proof of what can be changed; else two callers, two preemptions. */
export interface ProofChoice {
  readonly advisoryLocks?: boolean;
  readonly callers?: 2 | 3;
  readonly preemptions?: number;
  readonly maxSchedules?: number;
  readonly stop?: AbortSignal;
}

/** Proves a strategy in a test's own schema. */
export function proveHere(
  db: TestDatabase,
  strategy: StrategySpec,
  { advisoryLocks = false, ...rest }: ProofChoice = {},
): Promise<Proof> {
  const address = withConnectionString('--database-url', db.url);
  const direct = { embedded: false, pooling: 'none', prepare: true } as const;
  const database = { ...direct, address, schema: db.schema, pool: db.pool };
  return prove(database, {
    ...{ callers: 2, preemptions: 2, maxSchedules: 1_000 },
    ...{ stop: new AbortController().signal, onProgress: () => undefined },
    ...rest,
    target: elsTarget({ strategy, advisoryLocks }),
  });
}

/** A strategy of test/pitfalls. */
export function pitfall(name: string): StrategySpec {
  const path = fileURLToPath(new URL(`../pitfalls/${name}.sql`, import.meta.url));
  return custom(readFileSync(path, 'utf8'));
}

/** Names of the invariants that the failing schedule violates. */
export function violated(proof: Proof): string[] {
  return (proof.counterexample?.violated ?? []).map(({ name }) => name).sort();
}

/** What a proof says of its configurations, without times. */
export function findings(proof: Proof): unknown[] {
  return proof.configurations.map((configuration) => ({ ...configuration, durationMs: 0 }));
}
