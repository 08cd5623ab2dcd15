import { expect, it } from 'vitest';
import type { Finished } from '../support/command-line.js';
import { failureDocumentOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { expectNobodyLeft, startGroup, until, type CommandGroup } from './signalled.js';
import { useTemporaryFolder } from './temporary-folder.js';

// One Ctrl-C ends a command that waits for code of a target which hangs.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const SLEEPING = "select 1 from pg_stat_activity where query = 'select pg_sleep(300)' and state = 'active'";
const SLEEPS = "async ({ client }) => { await client.query('select pg_sleep(300)'); }";
const PLAIN: Readonly<Record<string, string>> = {
  register: '() => {}',
  remove: '() => {}',
  open: "() => ({ assign: () => ({ outcome: 'error', code: 'shut' }) })",
};

const run = (file: string) =>
  startGroup(
    database.withSchema([
      ...['run', '--database-url', database.url, '--strategy', file, '--scenario', 'overflow'],
      ...['--contents', '4', '--slots', '4', '--workers', '1', '--quiet', '--json'],
    ]),
    {},
  );

const moduleThat = (what: string) => {
  const members = Object.entries({ ...PLAIN, [what]: SLEEPS }).map(([name, code]) => `${name}: ${code}`);
  return files.write(`${what}.target.mjs`, `export default { ${members.join(', ')} };`);
};

async function stopped(group: CommandGroup, what: string): Promise<Finished> {
  await until(async () => (await database.query(SLEEPING)).length > 0, `${what} hung`);
  group.signalGroup('SIGINT');
  const finished = await group.end();
  expect(finished.code).toBe(130);
  await expectNobodyLeft(database, group);
  return finished;
}

it.each(['setup', 'register'])('%s of a module, of which nothing is waited for', async (what) => {
  const { runs, interrupted } = runDocumentOf(await stopped(run(moduleThat(what)), what));
  expect({ runs, interrupted }).toEqual({ runs: [], interrupted: 'SIGINT' });
});

it.each(['assignments', 'remove'])('%s of a module, with what was measured before', async (what) => {
  const { runs, error } = failureDocumentOf(await stopped(run(moduleThat(what)), what));
  expect(runs.map(({ assignments }) => assignments)).toEqual([4]);
  expect(error.code).toBe('target_hung');
  expect(error.message).toMatch(new RegExp(`${what} did not answer within 5 s of SIGINT; it was ended$`));
});

it('setup of statements', async () => {
  files.write('hang.sql', 'select pg_sleep(300)');
  files.write('register.sql', 'select 1 where :batch_id::text is null and :slots::integer is null');
  const claim = "select null as slot_id, 'no_slot' as outcome where :content_id::text <> :batch_id::text";
  files.write('claim.sql', claim);
  const fields = { setup: 'hang.sql', register: 'register.sql', sql: 'claim.sql' };
  const file = files.write('hang.target.json', JSON.stringify(fields));
  const { runs, interrupted } = runDocumentOf(await stopped(run(file), 'setup'));
  expect({ runs, interrupted }).toEqual({ runs: [], interrupted: 'SIGINT' });
});
