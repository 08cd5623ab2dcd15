import { expect, it } from 'vitest';
import { loadParts, openLoopParts } from '#els/report/load-parts.js';
import { scenarioOf } from '../support/scenario.js';

it('leaves out what goes without saying', () => {
  expect(loadParts([scenarioOf({ bulk: 1, rttMs: 0 })])).toEqual([]);
  expect(openLoopParts([scenarioOf({ bulk: 8, rttMs: 5 })])).toEqual([]);
});

it('says a value as it was given, a time as latencies are, and of an open loop beside its rate', () => {
  const load = scenarioOf({ bulk: 1000, rttMs: 0.25, latencyLimitMs: 50 });
  expect(loadParts([load])).toEqual(['bulk 1000', '0.25 ms round-trip time added']);
  expect(openLoopParts([load])).toEqual(['latency limit 50.0ms']);
});

it('says a range of what differs over a sweep, from the value on that goes without saying', () => {
  const sweep = [1, 8, 1000].map((bulk) => scenarioOf({ bulk, rttMs: 2 }));
  expect(loadParts(sweep)).toEqual(['bulk 1–1,000', '2 ms round-trip time added']);
});
