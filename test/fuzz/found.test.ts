import { expect, it } from 'vitest';
import { loadConfig } from '#els/config/load.js';
import { readCustomStrategy } from '#els/targets/els/engine/custom-strategy.js';
import { quote } from '#els/base/wording.js';
import { readBaseline } from '#els/baseline/read-baseline.js';
import { visibleWidth } from '#els/report/layout.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { BASELINE } from './samples.js';

// What random input has found. A pattern that takes quadratic time makes these tests hang.

const files = useTemporaryFolder();

it('quotes a megabyte of colons', () => {
  expect(quote('://:'.repeat(2 ** 18))).toHaveLength(203);
});

it.each(['a:', '中é', '\u001b[1m:\u001b[0m'])('measures half a megabyte of %j', (text) => {
  expect(visibleWidth(text.repeat(2 ** 18))).toBe(visibleWidth(text) * 2 ** 18);
});

it('refuses a megabyte before a comma as the name of a strategy', async () => {
  const path = files.write('comma.json', JSON.stringify({ strategies: [`${'a'.repeat(1_000_000)},`] }));
  await expect(loadConfig(path)).rejects.toMatchObject({ code: 'invalid_config' });
});

it('shows the beginning of a bind whose name is as long as a file', async () => {
  const path = files.write('bind.sql', `-- inventory: slots\nselect :${'t'.repeat(1_000_000)}`);
  await expect(readCustomStrategy(path)).rejects.toMatchObject({
    message: expect.stringMatching(/^.{1,800}$/) as string,
  });
});

it('refuses a shape too deep to be shown', async () => {
  const [row] = BASELINE.rows;
  const text = JSON.stringify({ ...BASELINE, rows: [{ ...row, shape: { slots: 'deep' } }] });
  const path = files.write('deep.json', text.replace('"deep"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`));
  await expect(readBaseline(path)).rejects.toMatchObject({ code: 'invalid_baseline' });
});
