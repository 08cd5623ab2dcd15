import { expect, it } from 'vitest';
import { toWitness } from '#els/targets/witness.js';

it('keeps plain values of a row, and makes text of the others', () => {
  const row = {
    batchId: 'b1',
    seats: 7,
    paid: false,
    customer: null,
    reason: undefined,
    bookedAt: new Date(0),
    never: new Date(Number.NaN),
    id: 2n ** 63n,
    lines: [1, { two: 2 }],
    check: () => true,
  };
  expect(toWitness(row)).toEqual({
    batchId: 'b1',
    seats: 7,
    paid: false,
    customer: null,
    reason: null,
    bookedAt: '1970-01-01T00:00:00.000Z',
    never: 'null',
    id: '9223372036854775808',
    lines: '[1,{"two":2}]',
    check: 'a function',
  });
});

it.each([
  ['text', 'text'],
  [7, 7],
  [null, null],
  [undefined, null],
])('takes %o for a row of one value', (row, value) => {
  expect(toWitness(row)).toEqual({ row: value });
});
