import { expect, it } from 'vitest';
import { checkedForm, elsTarget, optionsOf, takingOver } from '#els/targets/els/target.js';

const builtIn = (name: 'legacy' | 'cte' | 'inventory') =>
  elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false });

it('has the forms of what it takes over from besides its own, which comes first', () => {
  const legacy = builtIn('legacy');
  expect(legacy.forms).toEqual(['slots']);
  const cte = takingOver({ kind: 'built-in', name: 'cte' }, legacy);
  expect(cte.forms).toEqual(['slots']);
  expect(takingOver({ kind: 'built-in', name: 'inventory' }, cte).forms).toEqual(['essays', 'slots']);
});

it('takes its own forms and specs alone', () => {
  expect(builtIn('cte').forms.map(checkedForm)).toEqual(['slots']);
  expect(() => checkedForm('pallets')).toThrow('no batches of form "pallets"');
  expect(() => optionsOf({ kind: 'sql', options: {} })).toThrow('kind sql');
});
