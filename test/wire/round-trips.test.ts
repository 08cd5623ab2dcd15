import { expect, it } from 'vitest';
import { RoundTrips } from '#els/wire/round-trips.js';

/** Both sides of a conversation, in the order in which they go by: `>` of the client, `<` of the server. */
function after(...said: readonly string[]): RoundTrips {
  const trips = new RoundTrips();
  for (const [direction = '', ...types] of said) {
    for (const type of types) {
      const tag = type.charCodeAt(0);
      if (direction === '>') trips.sent(tag);
      else trips.received(tag);
    }
  }
  return trips;
}

it.each(['>cS', '>fS'])(
  'takes %s after a COPY that has failed for its end alone, and knows the next COPY',
  (end) => {
    const failed = ['>PBES', '<12G', '>d', '<E', end, '<Z'] as const;
    expect(after(...failed).current).toBeUndefined();
    expect(after(...failed, '>PBES', '<12G').takesCopyData).toBe(true);
    expect(after(...failed, '>PBES', '<12G', '>dcS', '<CZ').current).toBeUndefined();
  },
);

it('ends a COPY of the extended protocol that fails with the Sync that follows, and knows the next round trip', () => {
  const failed = ['>PBES', '<12G', '>d', '<E', '>S'] as const;
  expect(after(...failed).current).toBeDefined();
  expect(after(...failed, '<Z').current).toBeUndefined();
  const next = [...failed, '>PBES', '<Z'] as const;
  expect(after(...next).current).toBeDefined();
  expect(after(...next, '<12CZ').current).toBeUndefined();
});
