import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineTarget } from '#els/target/definition.js';

// What tsc refuses is a test by itself: `npm run typecheck` fails where an @ts-expect-error expects in vain.

const REGISTER = () => Promise.resolve();
const CREATED = { outcome: 'created', slotId: 'A1' } as const;

/** Says that the definitions below are there for the compiler. */
function compiled(...definitions: readonly object[]): void {
  expect(definitions.every((definition) => 'open' in definition)).toBe(true);
}

describe('defineTarget', () => {
  it('is the identity', () => {
    const definition = { register: REGISTER, open: () => ({ assign: () => Promise.resolve(CREATED) }) };
    expect(defineTarget(definition)).toBe(definition);
  });

  it('takes what a target may answer where its slots are named and it is idempotent', () => {
    compiled(
      defineTarget({
        register: REGISTER,
        open: () => ({
          async assign({ contentId, signal }) {
            await Promise.resolve();
            if (signal.aborted) throw signal.reason;
            if (contentId === '1') return { outcome: 'created', slotId: 'A1' };
            if (contentId === '2') return { outcome: 'reused', slotId: 7 };
            if (contentId === '3') return { outcome: 'assigned', slotId: 'A1' };
            if (contentId === '4') return { outcome: 'no_slot' };
            if (contentId === '5') return { outcome: 'error', code: 'closed', message: 'the sale is over' };
            return { outcome: 'busy' };
          },
        }),
      }),
    );
  });

  it('refuses an answer without a slotId where slots are named', () => {
    compiled(
      defineTarget({
        register: REGISTER,
        // @ts-expect-error: created says which slot
        open: () => ({ assign: () => Promise.resolve({ outcome: 'created' as const }) }),
      }),
      defineTarget({
        places: 'named',
        register: REGISTER,
        // @ts-expect-error: so it is where the default is written out
        open: () => ({ assign: () => Promise.resolve({ outcome: 'assigned' as const }) }),
      }),
    );
  });

  it('refuses an answer with a slotId where places are counted', () => {
    compiled(
      defineTarget({
        places: 'counted',
        register: REGISTER,
        open: () => ({ assign: () => Promise.resolve({ outcome: 'created' as const }) }),
      }),
      defineTarget({
        places: 'counted',
        register: REGISTER,
        // @ts-expect-error: a place that is counted has no name
        open: () => ({ assign: () => Promise.resolve(CREATED) }),
      }),
    );
  });

  it('refuses reused of a target that is not idempotent', () => {
    compiled(
      defineTarget({
        promises: { idempotent: false },
        register: REGISTER,
        open: () => ({ assign: () => Promise.resolve(CREATED) }),
      }),
      defineTarget({
        promises: { idempotent: false },
        register: REGISTER,
        // @ts-expect-error: who is delivered again takes another slot
        open: () => ({ assign: () => Promise.resolve({ outcome: 'reused' as const, slotId: 1 }) }),
      }),
    );
  });

  it('holds assignMany and assignments to the same', () => {
    compiled(
      defineTarget({
        register: REGISTER,
        open: () => ({
          assign: () => Promise.resolve(CREATED),
          // @ts-expect-error: created says which slot
          assignMany: () => Promise.resolve([{ outcome: 'created' as const }]),
        }),
      }),
      defineTarget({
        places: 'counted',
        register: REGISTER,
        open: () => ({ assign: () => Promise.resolve({ outcome: 'created' as const }) }),
        // @ts-expect-error: a place that is counted has no name
        assignments: () => Promise.resolve([{ batchId: 'b', contentId: 'c', slotId: 'A1' }]),
      }),
    );
  });

  it('refuses outcomes that there are not, and errors without a code', () => {
    compiled(
      defineTarget({
        register: REGISTER,
        // @ts-expect-error: nothing is called taken
        open: () => ({ assign: () => Promise.resolve({ outcome: 'taken' as const, slotId: 1 }) }),
      }),
      defineTarget({
        register: REGISTER,
        // @ts-expect-error: the code says what was refused
        open: () => ({ assign: () => Promise.resolve({ outcome: 'error' as const }) }),
      }),
    );
  });

  it('refuses unknown promises, places, forms of ids and fields', () => {
    const open = () => ({ assign: () => Promise.resolve(CREATED) });
    compiled(
      defineTarget({
        // @ts-expect-error: idempotent is meant
        promises: { idempotant: true },
        register: REGISTER,
        open,
      }),
      // @ts-expect-error: named or counted
      defineTarget({ places: 'numbered', register: REGISTER, open }),
      defineTarget({
        // @ts-expect-error: text, uuid or integer
        ids: { batch: 'bigint' },
        register: REGISTER,
        open,
      }),
      // @ts-expect-error: assignments is meant
      defineTarget({ register: REGISTER, open, assigments: () => Promise.resolve([]) }),
    );
  });

  it('refuses a definition without register or open', () => {
    const open = () => ({ assign: () => Promise.resolve(CREATED) });
    // @ts-expect-error: nobody makes the batches
    compiled(defineTarget({ open }));
    // @ts-expect-error: nobody makes the calls
    defineTarget({ register: REGISTER });
    compiled(
      defineTarget({
        register: REGISTER,
        // @ts-expect-error: nobody makes the calls
        open: () => ({ close: () => undefined }),
      }),
    );
  });

  it('knows in assign the ref that register returned', () => {
    compiled(
      defineTarget({
        async register({ client }, batches) {
          await client.query('select 1');
          return batches.map(({ batchId }) => ({ batchId, ref: { eventId: 7 } }));
        },
        open: () => ({
          assign({ ref }) {
            expectTypeOf(ref).toEqualTypeOf<{ eventId: number } | undefined>();
            // @ts-expect-error: register returned no such thing
            const { seats } = ref ?? { eventId: 1 };
            return Promise.resolve({ outcome: 'created', slotId: `${ref?.eventId ?? ''} ${String(seats)}` });
          },
        }),
      }),
    );
  });

  it('knows nothing of the ref where register returns none', () => {
    compiled(
      defineTarget({
        register: REGISTER,
        open: () => ({
          assign({ ref }) {
            expectTypeOf(ref).toEqualTypeOf<unknown>();
            return Promise.resolve(CREATED);
          },
        }),
      }),
    );
  });
});
