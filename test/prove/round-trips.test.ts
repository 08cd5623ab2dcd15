import { expect, it } from 'vitest';
import { toStatement } from '#els/database/statement.js';
import { isIndependent, isWhole } from '#els/prove/round-trips.js';

const ROUND_TRIPS = { independent: ['read', 'begin'], whole: ['begin'], looks: ['look'] };

const steps = (...names: string[]) =>
  names.map((name) => ({ statement: toStatement(name, 'select 1'), values: {} }));

it.each([
  [['read'], true],
  [['read', 'begin'], true],
  [['read', 'claim'], false],
  // Before a commit there is a place: it is what makes the difference.
  [[], false],
])('a round trip of %j is independent: %s', (names, independent) => {
  expect(isIndependent(steps(...names), ROUND_TRIPS)).toBe(independent);
});

it.each([
  [['begin', 'claim'], false, true],
  [['claim'], true, false],
  [['look'], false, false],
  [['look'], true, true],
  [[], true, false],
])('a round trip of %j is whole, looks whole %s: %s', (names, looksAreWhole, whole) => {
  expect(isWhole(steps(...names), ROUND_TRIPS, looksAreWhole)).toBe(whole);
});
