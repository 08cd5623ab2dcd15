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

  it(`${wrong} is caught by ${invariant}, and ${right} is valid`, longUnless(isUsual), async () => {
    // Rivals meet by chance, and a fault may hit nothing: what each run found is the campaign's to count.
    const wrongs = await runsOf(wrong, load, 2);
    const caught = wrongs.filter((run) => run.verdict === 'invalid' && violated(run).includes(invariant));
    expect(caught, wrongs.map(({ notes }) => notes.join('; ')).join('\n')).not.toEqual([]);
    const rights = await runsOf(right, load, 2);
    expect(rights.flatMap(violated)).toEqual([]);
    expect(rights.map(({ verdict }) => verdict)).toContain('valid');
  });
}
