import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { useOwnDatabase } from '../cli/own-database.js';

const db = useOwnDatabase();
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, example = ''] = /## As a library\n.*?```ts\n(.*?)```/s.exec(readme) ?? [];

/** Runs a module in the package's own folder, where `els-assign` is the package, against the file's database. */
async function runModule(code: string): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(db.url);
  const env = {
    ...{ PATH: process.env['PATH'], PGHOST: hostname, PGPORT: port, PGDATABASE: pathname.slice(1) },
    ...{ PGUSER: decodeURIComponent(username), PGPASSWORD: decodeURIComponent(password) },
  };
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const args = ['--input-type=module', '--eval', code];
  return (await promisify(execFile)(process.execPath, args, { cwd, env })).stdout;
}

it('README shows a program that can be run as it stands, and says what it prints', async () => {
  const said = /console\.log\(result\); \/\/ (.*)/.exec(example)?.[1];
  expect(await runModule(example)).toBe(`${said}\n`);
  expect(await db.query('select inventory from els_assign.batch_essay_trackers')).toEqual([
    { inventory: 'slots' },
  ]);
});
