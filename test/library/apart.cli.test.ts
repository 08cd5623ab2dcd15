import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { useOwnDatabase } from '../cli/own-database.js';

const database = useOwnDatabase();

/** What a process says of itself before it has imported the library, and after two runs at once. */
const PROGRAM = `
const state = () => JSON.stringify({
  env: process.env,
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  exitCode: process.exitCode ?? null,
  // Zod keeps its registry there, one for all copies of it.
  globals: Object.keys(globalThis).filter((name) => !name.startsWith('__zod_')),
});
let written = '';
const write = process.stdout.write;
process.stdout.write = (text) => (written += text);
const before = state();
const { runTarget } = await import('els-assign');
const [targets, databaseUrl] = [JSON.parse(process.env.TARGETS), process.env.OWN_URL];
const runs = await Promise.all(
  targets.map((file) => runTarget(file, { scenario: 'overflow', workers: 2, connections: 2, databaseUrl })),
);
const after = state();
process.stdout.write = write;
console.log(JSON.stringify({ verdicts: runs.map(({ verdict }) => verdict), before, after, written }));
`;

interface Told {
  readonly verdicts: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly written: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('changes nothing of the process that it runs in, and takes no database from its environment', async () => {
  const nowhere = { PGHOST: '127.0.0.1', PGPORT: '1', PGPASSWORD: 'wrong', PGSSLMODE: 'verify-full' };
  const env = {
    ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], ...nowhere },
    ...{ PGOPTIONS: '-c no_such_setting=1', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    TARGETS: JSON.stringify([
      'docs/examples/seats/seats.target.ts',
      'docs/examples/vouchers/vouchers.target.json',
    ]),
    OWN_URL: database.url,
  };
  const args = ['--input-type=module', '--eval', PROGRAM];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const { verdicts, before, after, written } = JSON.parse(stdout) as Told;
  expect({ verdicts, written, stderr }).toEqual({ verdicts: ['valid', 'valid'], written: '', stderr: '' });
  expect(JSON.parse(after)).toEqual(JSON.parse(before));
});
