import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Runs a benchmark; it must end before it starts anything. */
function bench(name: string, env: Record<string, string>): Promise<{ code: unknown; stderr: string }> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const options = { env: { PATH: process.env['PATH'], ...env } };
  return new Promise((resolve) =>
    execFile(process.execPath, [path], options, (error, _, stderr) => resolve({ code: error?.code, stderr })),
  );
}

it.each([
  ['bench.js', 'ROUNDS', 'x', 'a whole number from 1'],
  ['bench.js', 'CONNECTIONS', '1.5', 'a whole number from 1'],
  ['bench.js', 'SECONDS_EACH', '0', 'a number above 0'],
  ['error-rates.js', 'ROUNDS', '', 'a whole number from 1'],
  ['error-rates.js', 'DRAWN', 'many', 'a whole number from 1'],
  ['history-cost.js', 'SECONDS_EACH', '3s', 'a number above 0'],
])('%s refuses %s=%s in one line', async (name, variable, given, accepted) => {
  expect(await bench(name, { [variable]: given })).toEqual({
    code: 2,
    stderr: `${variable} is "${given}"; accepted: ${accepted}\n`,
  });
});
