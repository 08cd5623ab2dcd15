import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runDocumentOf, type RunEntry } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { longUnless } from '../support/long.js';
import { SHIPPED } from './shipped/table.js';

// What people shipped wrong, and its mended form, each by whole commands; `npm run targets` runs each of them 20 times.

const database = useOwnDatabase();

/** Those of `npm test`: a slot of two contents, two slots of a content, a job of two fetches. */
const USUAL = ['stamp-later.wrong', 'retry-takes-second.wrong', 'fetched-twice.wrong'];

async function runsOf(target: string, load: readonly string[], times: number): Promise<readonly RunEntry[]> {
  const path = fileURLToPath(new URL(`shipped/${target}.target.ts`, import.meta.url));
  const where = ['--database-url', database.url, '--strategy', path];
  const more = ['--rounds', String(times), '--json', '--quiet'];
  const { runs } = runDocumentOf(await database.run(['run', ...where, ...load, ...more]));
  expect(runs).toHaveLength(times);
  return runs;
}

const violated = ({ invariants }: RunEntry) =>
  invariants.filter(({ passed }) => !passed).map(({ name }) => name);

for (const { wrong, right, load, invariant } of SHIPPED) {
  const isUsual = USUAL.includes(wrong);
  const times = isUsual ? 1 : 2;

  it(`${wrong} is caught by ${invariant}, and ${right} is valid`, longUnless(isUsual), async () => {
    for (const run of await runsOf(wrong, load, times)) {
      expect(run.verdict).toBe('invalid');
      expect(violated(run)).toContain(invariant);
    }
    for (const run of await runsOf(right, load, times)) {
      expect({ verdict: run.verdict, violated: violated(run) }).toEqual({ verdict: 'valid', violated: [] });
    }
  });
}
