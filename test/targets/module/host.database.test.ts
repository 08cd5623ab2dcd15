import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import type { Audit, Host, Registration } from '#els/target/host.js';
import { openHost, type OpenedHost } from '#els/targets/hosts.js';
import { resolveTarget } from '#els/targets/resolve.js';
import type { StepLimits } from '#els/targets/step.js';
import { useTemporaryFolder } from '../../cli/temporary-folder.js';
import { useDatabase } from '../../support/database.js';

const db = useDatabase();
const files = useTemporaryFolder();
const opened: OpenedHost[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** A host of a target with more members than it must have. */
async function hostOf(members: string, limits: StepLimits = {}): Promise<Host> {
  const text = `import { appendFileSync } from 'node:fs';
    export default { register() {}, open: () => ({ assign() {} }), ${members} };`;
  const path = files.write('hosted.target.mjs', text);
  const place = {
    address: withConnectionString('--database-url', db.url),
    ...({ schema: db.schema, pool: db.pool, pooling: 'none', notRecorded: 'a test' } as const),
  };
  const host = await openHost(await resolveTarget(path, false), { ...place, ...limits });
  opened.push(host);
  return host.host;
}

/** What the audits find of a target with more members. */
async function auditsOf(members: string): Promise<readonly Audit[]> {
  return (await (await hostOf(members)).read([], { rightAfterRun: true })).audits;
}

/** An audit that finds so many contents wrong. */
const finding = (count: number) =>
  `audits: { whole: () => Array.from({ length: ${count} }, (_, position) => ({ contentId: position })) }`;

it('tells every row that an audit finds: the last may be the one that has no excuse', async () => {
  const [audit] = await auditsOf(finding(1_001));
  expect(audit?.rows.at(-1)).toEqual({ contentId: 1_000 });
  expect(audit?.gap).toBeUndefined();
});

it('says how many rows it looked at where there are too many', async () => {
  const [audit] = await auditsOf(finding(100_001));
  expect(audit?.rows).toHaveLength(100_000);
  const reason = 'only the first 100000 of the 100001 rows that it found were looked at';
  expect(audit?.gap).toEqual({ reason, everywhere: false });
});

/** A registration of one batch of two slots. */
const REGISTRATION: Registration = {
  groups: [{ runId: 'r1', batchIds: ['7'], slots: 2, form: '', contentIdsOf: () => [] }],
  strategy: 'hosted',
  records: [],
};

/** Sessions in which a step of these targets hangs. */
const sessions = () => db.query("select 1 from pg_stat_activity where query = 'select pg_sleep(29)'");

describe('a step that hangs', () => {
  const SHORT = { stepMs: 700 };
  const hung = (what: string) => ({
    code: 'target_hung',
    message: expect.stringContaining(`${what} did not answer within 0.7 s; it was ended`) as string,
  });
  const SLEEPS = "async ({ client }) => { await client.query('select pg_sleep(29)'); }";

  it('is ended on the server too', async () => {
    await expect(hostOf(`setup: ${SLEEPS}`, SHORT)).rejects.toMatchObject(hung('setup'));
    expect(await sessions()).toEqual([]);
  });

  it('keeps no other from being done: a process of its own does it', async () => {
    const log = files.path('removed');
    const remove = `remove: (context, ids) => appendFileSync(${JSON.stringify(log)}, ids.join())`;
    const host = await hostOf(`assignments: ${SLEEPS}, ${remove}`, SHORT);
    await host.register(REGISTRATION);
    await expect(host.read(['7'], { rightAfterRun: true })).rejects.toMatchObject(hung('assignments'));
    await host.remove(['r1']);
    expect(readFileSync(log, 'utf8')).toBe('7');
  });

  it('keeps what was read before it', async () => {
    const assignments = "assignments: () => [{ batchId: '7', slotId: '1', contentId: 'a' }]";
    const audits = `audits: { wrong: () => [{ contentId: 'a' }], slow: ${SLEEPS}, later: () => [] }`;
    const host = await hostOf(`${assignments}, ${audits}`, SHORT);
    const { failure, ...stored } = await host.read(['7'], { rightAfterRun: true });
    expect(failure).toMatchObject(hung('audits'));
    expect(stored.assignments).toHaveLength(1);
    const terms = { mayBeHalfDone: true, needsCommits: false };
    const gap = { reason: failure?.message, everywhere: true };
    expect(stored.audits).toEqual([
      { name: 'wrong', ...terms, rows: [{ contentId: 'a' }] },
      { name: 'slow', ...terms, rows: [], gap },
      { name: 'later', ...terms, rows: [], gap },
    ]);
  });
});

describe('a process that ends by itself', () => {
  it('in the midst of a step takes with it what it was at on the server', async () => {
    const body = "setTimeout(() => process.exit(7), 300); await client.query('select pg_sleep(29)');";
    const host = await hostOf(`async register({ client }) { ${body} }`);
    const message = expect.stringMatching(/hosted\.target\.mjs": it called process\.exit\(7\)$/) as string;
    await expect(host.register(REGISTRATION)).rejects.toMatchObject({ code: 'target_failed', message });
    expect(await sessions()).toEqual([]);
  });

  it('between two steps is told to the next one, and another does the one after that', async () => {
    const log = files.path('removed-after-death');
    const host = await hostOf(
      `register({ client }) {
        client.query('select pg_sleep(29)').catch(() => {});
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
      },
      assignments: () => [],
      remove: (context, ids) => appendFileSync(${JSON.stringify(log)}, ids.join())`,
    );
    await host.register(REGISTRATION);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const message = expect.stringMatching(/the process that ran it was killed by SIGKILL$/) as string;
    const reading = host.read(['7'], { rightAfterRun: true });
    await expect(reading).rejects.toMatchObject({ code: 'target_failed', message });
    expect(await sessions()).toEqual([]);
    await host.remove(['r1']);
    expect(readFileSync(log, 'utf8')).toBe('7');
  });
});

it('fails, and is no bad input, where its file has changed when it has to be loaded again', async () => {
  const host = await hostOf("register() { process.kill(process.pid, 'SIGKILL'); }, remove() {}");
  await expect(host.register(REGISTRATION)).rejects.toMatchObject({ code: 'target_failed' });
  files.write('hosted.target.mjs', 'export const nothing = 1;');
  const message = expect.stringContaining('no default export') as string;
  await expect(host.remove(['r1'])).rejects.toMatchObject({ code: 'target_failed', message });
});

describe('when the command is to stop', () => {
  it.each(['setup', 'register'])('%s is ended at once', async (what) => {
    const stop = new AbortController();
    const log = files.path(`${what}-begun`);
    const body = `appendFileSync(${JSON.stringify(log)}, '-'); return new Promise(() => setInterval(() => 0, 99));`;
    const working = hostOf(`${what}() { ${body} }`, { stop: stop.signal }).then((host) =>
      host.register(REGISTRATION),
    );
    const outcome = working.catch((reason: unknown) => reason);
    await expect.poll(() => existsSync(log), { timeout: 10_000 }).toBe(true);
    stop.abort('SIGINT');
    expect(await outcome).toBe('SIGINT');
  });

  it('remove is done all the same, in a new process where the one before was ended', async () => {
    const stop = new AbortController();
    const log = files.path('removed-after-stop');
    const remove = `remove: (context, ids) => appendFileSync(${JSON.stringify(log)}, ids.join())`;
    const host = await hostOf(`register: () => new Promise(() => setInterval(() => 0, 99)), ${remove}`, {
      stop: stop.signal,
    });
    const registering = host.register(REGISTRATION).catch((reason: unknown) => reason);
    stop.abort('SIGINT');
    expect(await registering).toBe('SIGINT');
    await host.remove(['r1']);
    expect(readFileSync(log, 'utf8')).toBe('7');
  });
});
