import { expect, it } from 'vitest';
import { longestCallMs } from '#els/runner/patience.js';

it.each<[query: string, callMs: number]>([
  ['', 40_000],
  ['?connect_timeout=75', 105_000],
  ['?connect_timeout=0', 160_000],
])('a call with a deadline of 10 s on postgres:///%s may last %i ms', (query, callMs) => {
  const job = { source: '--database-url', connectionString: `postgres:///${query}`, timeoutMs: 10_000 };
  expect(longestCallMs(job)).toBe(callMs);
});
