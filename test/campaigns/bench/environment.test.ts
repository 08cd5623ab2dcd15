import { afterEach, expect, it, vi } from 'vitest';
import { countFrom, secondsFrom } from './environment.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it.each([
  [countFrom, '', 'a whole number from 1'],
  [countFrom, 'x', 'a whole number from 1'],
  [countFrom, '0', 'a whole number from 1'],
  [countFrom, '1.5', 'a whole number from 1'],
  [secondsFrom, '0', 'a number above 0'],
  [secondsFrom, '3s', 'a number above 0'],
])('%o refuses %j in one line, and nothing is measured', (from, given, accepted) => {
  vi.stubEnv('SIZE', given);
  const said = vi.spyOn(console, 'error').mockReturnValue();
  const ended = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  expect(() => from('SIZE', 7)).toThrow('exit 2');
  expect(ended).toHaveBeenCalledOnce();
  expect(said.mock.calls).toEqual([[`SIZE is "${given}"; accepted: ${accepted}`]]);
});

it('takes what is given, and the default where nothing is', () => {
  vi.stubEnv('SIZE', '3');
  expect([countFrom('SIZE', 7), secondsFrom('SIZE', 7), countFrom('NOT_GIVEN', 7)]).toEqual([3, 3, 7]);
});
