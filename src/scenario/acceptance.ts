/** The built-in scenarios that carry the acceptance criteria of the requirement (ELS-004). */
export const ACCEPTANCE_SCENARIOS = ['idempotent-duplicates', 'cross-instance', 'high-concurrency'] as const;
