import type { Scenario } from '#els/domain/scenario.js';

/** A scenario of one batch with one slot for one content, but for the fields that are given. */
export function scenario(fields: Partial<Scenario>): Scenario {
  return {
    name: 'mine',
    description: 'My own.',
    batches: 1,
    slots: 1,
    contents: 1,
    deliveries: 1,
    arrival: 'burst',
    workers: 3,
    connections: 8,
    faults: [],
    bulk: 1,
    rttMs: 0,
    wire: false,
    gates: [],
    ...fields,
  };
}
