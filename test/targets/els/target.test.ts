import { expect, it } from 'vitest';
import { elsTarget, checkedForm, optionsOf } from '#els/targets/els/target.js';

const builtIn = (name: 'legacy' | 'cte' | 'inventory') =>
  elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false });

it('has the forms of what it takes over from besides its own, which comes first', () => {
  const [legacy, cte, inventory] = [builtIn('legacy'), builtIn('cte'), builtIn('inventory')];
  expect(legacy.forms).toEqual(['slots']);
  expect(cte.takeOverFrom(legacy).forms).toEqual(['slots']);
  expect(inventory.takeOverFrom(cte.takeOverFrom(legacy)).forms).toEqual(['essays', 'slots']);
});

it('takes its own forms and specs alone', () => {
  expect(builtIn('cte').forms.map(checkedForm)).toEqual(['slots']);
  expect(() => checkedForm('pallets')).toThrow('no batches of form "pallets"');
  expect(() => optionsOf({ kind: 'sql', options: {} })).toThrow('kind sql');
});
