import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { childrenOf, startGroup, until } from '../cli/signalled.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';

// The password of the server is in no child's environment, arguments or open files; behind the wire not in its memory either.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const SLEEPING = "select 1 from pg_stat_activity where query = 'select pg_sleep(1.5)' and state = 'active'";

/** A target that writes down how it was told to connect. */
const targetThatTells = (log: string) => `import pg from ${JSON.stringify(import.meta.resolve('pg'))};
  import { appendFileSync } from 'node:fs';
  export default {
    async register() {},
    async remove() {},
    open({ connectionString }) {
      appendFileSync(${JSON.stringify(log)}, connectionString + '\\n');
      const pool = new pg.Pool({ connectionString, max: 8 });
      return {
        async assign() {
          await pool.query('select pg_sleep(1.5)');
          return { outcome: 'error', code: 'shut' };
        },
        close: () => pool.end(),
      };
    },
  };`;

/** What anybody who may look at a process finds of it but its memory: environment, arguments, regular files that are open. */
function openTo(pid: number): string[] {
  const folder = `/proc/${pid}`;
  const files = readdirSync(`${folder}/fd`).map((fd) => readlinkSync(`${folder}/fd/${fd}`));
  const regular = files.filter(
    (file) => file.startsWith('/') && statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
  return [`${folder}/environ`, `${folder}/cmdline`, ...regular].map((file) => readFileSync(file, 'latin1'));
}

it.each([
  ['directly', []],
  ['by way of the wire', ['--wire']],
])('connects %s', async (_, flags) => {
  const server = new URL(database.url);
  server.password ||= 'of a server that asks for none';
  const { password } = server;
  const log = files.path(`told${flags.length}`);
  const target = files.write(`telling${flags.length}.target.mjs`, targetThatTells(log));
  const load = [
    '--scenario',
    'overflow',
    '--contents',
    '4',
    '--slots',
    '4',
    '--workers',
    '2',
    '--connections',
    '2',
  ];
  const args = [
    'run',
    '--strategy',
    target,
    '--database-url',
    database.url,
    ...load,
    ...flags,
    '--quiet',
    '--json',
  ];
  const group = startGroup(database.withSchema(args), {});
  await until(async () => (await database.query(SLEEPING)).length === 4, 'calls were under way');
  const children = childrenOf(group.pid);
  expect(children.length).toBeGreaterThanOrEqual(3 + flags.length);
  for (const pid of children) {
    for (const text of openTo(pid)) expect(text.includes(decodeURIComponent(password))).toBe(false);
  }
  const finished = await group.end();
  expect(runDocumentOf(finished).runs[0]?.plan.wire).toBe(flags.length > 0);
  const told = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((url) => new URL(url));
  const ofLoad = told.filter(({ searchParams }) => /\/\d$/.test(searchParams.get('application_name') ?? ''));
  expect(ofLoad).toHaveLength(2);
  const isReal = ofLoad.map((url) => url.password === password);
  expect(isReal).toEqual(flags.length > 0 ? [false, false] : [true, true]);
  expect(new Set(ofLoad.map((url) => url.password)).size).toBe(flags.length > 0 ? 2 : 1);
});
