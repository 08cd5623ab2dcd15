import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { start } from '../support/command-line.js';
import { useDatabase } from '../support/database.js';
import { runHosted } from '../support/hosted-command.js';
import { expectPublishedSchema } from '../support/published-schema.js';
import { IS_LONG } from '../support/long.js';

const db = useDatabase();

function prove(...args: string[]) {
  return ['prove', '--database-url', db.url, '--schema', db.schema, ...args];
}

interface Printed {
  readonly passed: boolean;
  readonly verdict: string;
  readonly schedules: number;
  readonly configurations: { name: string; coverage: { kind: string } }[];
  readonly counterexample?: { violated: { name: string }[] };
}

const FALSE_EXHAUSTION = fileURLToPath(new URL('../pitfalls/5-false-exhaustion.sql', import.meta.url));

const SESSIONS = 'select pid from pg_stat_activity where application_name = $1';

/** How the sessions of the proof that is under way are named. */
async function sessionName(): Promise<string> {
  const [run] = await db.query<{ runId: string }>('select run_id as "runId" from runs');
  return `els-assign ${run?.runId}/prove`;
}

describe('els-assign prove', () => {
  it('refuses a target with tables of its own, before anything is done', async () => {
    const seats = fileURLToPath(new URL('../../docs/examples/seats/seats.target.ts', import.meta.url));
    const { code, stderr } = await runHosted(prove('--strategy', seats));
    const says =
      "--strategy: seats has tables of its own, and only calls of one strategy on the tool's tables can be proven yet";
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`${says}; accepted: `) as string,
    });
  });

  it('exits 0 for a proven strategy, and says what was run', async () => {
    const args = prove('--strategy', 'inventory', '--callers', '2', '--preemptions', '1');
    const { code, stdout, stderr } = await runHosted(args);
    expect(stdout).toMatch(/^PROVEN up to 1 preemption {2}inventory · \d+ schedules · 11 configurations/m);
    expect(stdout).toMatch(/^same content, one slot +8 +≤ 1 preemption/m);
    expect(stderr).toContain('[11/11]');
    expect(code).toBe(0);
  });

  it('exits 1 for a violated one, with the script, and prints one JSON document when asked', async () => {
    const text = await runHosted(prove('--strategy', FALSE_EXHAUSTION, '--quiet'));
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toMatch(/^-- step 1, window S1$/m);
    expect(text.stdout).toMatch(/^VIOLATED/m);
    const json = await runHosted(prove('--strategy', FALSE_EXHAUSTION, '--quiet', '--json'));
    const printed = JSON.parse(json.stdout) as Printed;
    expectPublishedSchema(printed);
    expect(json.code).toBe(1);
    expect(printed).toMatchObject({ passed: false, verdict: 'invalid' });
    expect(printed.counterexample?.violated.map(({ name }) => name)).toContain('no-false-no-slot');
  });

  it('does not say proven where schedules were left out', IS_LONG, async () => {
    const args = prove('--strategy', 'cte', '--callers', '2', '--max-schedules', '3', '--quiet');
    const { code, stdout } = await runHosted(args);
    expect(stdout).toContain('same content, one slot: cut off by --max-schedules 3');
    expect(stdout).toMatch(/^INCONCLUSIVE/m);
    expect(code).toBe(1);
    const allowed = await runHosted([...args, '--allow-inconclusive', '--json']);
    const printed = JSON.parse(allowed.stdout) as Printed;
    expectPublishedSchema(printed);
    expect({ ...printed, code: allowed.code }).toMatchObject({ code: 0, passed: true, verdict: 'unknown' });
  });

  it('stops at Ctrl-C with what it has, and leaves nothing behind', IS_LONG, async () => {
    const { child, finished } = start(prove('--strategy', 'legacy'));
    while (!String((await once(child.stderr ?? child, 'data'))[0]).includes('[2/16]'));
    const name = await sessionName();
    expect(await db.query(SESSIONS, [name])).not.toEqual([]);
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    expect(stdout).not.toMatch(/PROVEN/);
    expect(await db.query('select batch_id from batch_essay_trackers')).toEqual([]);
    expect(await db.query(SESSIONS, [name])).toEqual([]);
  });

  it('ends with exit 3 when its sessions are ended', IS_LONG, async () => {
    const { child, finished } = start(prove('--strategy', 'legacy'));
    while (!String((await once(child.stderr ?? child, 'data'))[0]).includes('[2/16]'));
    await db.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
      await sessionName(),
    ]);
    const { code, stdout, stderr } = await finished;
    expect(code, stderr).toBe(3);
    expect(stdout).not.toMatch(/PROVEN/);
  });

  it.each([
    [['--strategy', 'nope'], 'unknown strategy "nope"'],
    [['--strategy', 'cte', '--callers', '4'], '--callers is "4"; accepted: 2 or 3'],
    [
      ['--strategy', 'cte', '--preemptions', 'few'],
      '--preemptions is "few"; accepted: a whole number, 0 to 999',
    ],
    [
      ['--strategy', 'cte', '--max-schedules', '0'],
      '--max-schedules is "0"; accepted: a whole number, 1 or more',
    ],
    [[], "required option '--strategy <name|file>' not specified"],
  ])('refuses %j', async (args, complaint) => {
    const { code, stdout, stderr } = await runHosted(prove(...args));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
