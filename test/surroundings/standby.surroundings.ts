import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { until } from '../cli/signalled.js';
import { run } from '../support/command-line.js';
import { countRows, queryAt, startOwnServer, type OwnServer } from './server.js';

let primary: OwnServer;
let standby: OwnServer;
let env: Record<string, string> = {};
let batchId = '';

beforeAll(async () => {
  primary = await startOwnServer();
  standby = await primary.startStandby();
  env = { DATABASE_URL: standby.url };
  const kept = await run(['run', '--scenario', 'batch-completion', '--keep', '--json'], {
    DATABASE_URL: primary.url,
  });
  expect(runDocumentOf(kept).verdict).toBe('valid');
  const caughtUp = async () => (await countRows(standby.url)) === (await countRows(primary.url));
  await until(caughtUp, 'the standby had caught up');
  const [row] = await queryAt<{ id: string }>(
    standby.url,
    'select batch_id as id from els_assign.batch_essay_trackers',
  );
  batchId = row?.id ?? '';
});
afterAll(() => {
  standby.remove();
  primary.remove();
});

describe('a hot standby', () => {
  it.each([
    ['setup'],
    ['setup --schema other'],
    ['run'],
    ['compare'],
    ['prove --strategy cte'],
    ['status --repair'],
  ])('is refused in one line by %s', async (command) => {
    const args = command === 'status --repair' ? ['status', batchId, '--repair'] : command.split(' ');
    const { code, stdout, stderr } = await run(args, env);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^els-assign: [^\n]*DATABASE_URL[^\n]*standby[^\n]*primary\n$/);
  });

  it('does not say that a command is dead whose lock it cannot see', async () => {
    await primary.query('update els_assign.runs set keep = false');
    const [{ lsn = '' } = {}] = await primary.query<{ lsn: string }>(
      'select pg_current_wal_lsn()::text as lsn',
    );
    const replayed = `select pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn as done`;
    await until(
      async () => (await standby.query<{ done: boolean }>(replayed))[0]?.done === true,
      'the standby had caught up',
    );
    const { code, stdout } = await run(['runs', '--json'], env);
    const { heldRuns } = JSON.parse(stdout) as { heldRuns: { state: string }[] };
    expect({ code, states: heldRuns.map(({ state }) => state) }).toEqual({ code: 0, states: ['unknown'] });
    expect(await run(['verify'], env)).toMatchObject({ code: 0, stderr: '' });
  });

  it('is verified, and says where a batch stands', async () => {
    expect(await run(['verify'], env)).toMatchObject({ code: 0, stderr: '' });
    const status = await run(['status', batchId], env);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toContain(batchId);
  });
});
