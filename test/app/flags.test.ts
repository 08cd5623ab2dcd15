import { describe, expect, it } from 'vitest';
import { FLAGS, strategyFromFlags } from '#els/targets/els/strategies.js';

describe("the service's flags", () => {
  it.each([
    ['ELS_USE_CTE_UPSERT', FLAGS.cte],
    ['ELS_USE_CTE', FLAGS.cte],
    ['ELS_USE_CTE_UPSERT_ASSIGMENT', FLAGS.cte],
    ['els_use_cte_upsert_assignment', FLAGS.cte],
    ['ELS_USE_INVENTORY', FLAGS.inventory],
    ['ELS_USE_ESSAY_STATE_AS_INVENTORY', FLAGS.inventory],
    ['USE_ADVISORY_LOCKS', FLAGS.advisoryLocks],
    ['USE_ADVISORY_LOCK_FOR_ASSIGNMENT', FLAGS.advisoryLocks],
  ])('%s is refused, for it means %s', (name, meant) => {
    expect(() => strategyFromFlags({ [name]: 'true' })).toThrow(
      expect.objectContaining({
        code: 'unknown_flag',
        message: expect.stringMatching(
          new RegExp(
            `^the variable "?${name}"? is no flag of the service \\(did you mean ${meant}\\?\\); accepted are `,
          ),
        ) as unknown,
      }),
    );
  });

  it.each(['ELS_ASSIGN_HOME', 'ELS_USE_KAFKA', 'USE_EMOJI', 'PATH', 'ELS_TEST_SEED'])(
    '%s is nobody of them',
    (name) => {
      const { strategy, advisoryLocks } = strategyFromFlags({ [name]: 'true' });
      expect({ name: strategy.name, advisoryLocks }).toEqual({ name: 'legacy', advisoryLocks: false });
    },
  );

  it('that are known are read as before', () => {
    expect(strategyFromFlags({ [FLAGS.cte]: 'on', [FLAGS.advisoryLocks]: '1' })).toMatchObject({
      strategy: { name: 'cte' },
      advisoryLocks: true,
    });
  });
});
