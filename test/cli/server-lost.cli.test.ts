/** @module-tag long */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, start, type Finished } from '../support/command-line.js';
import { OWNER, startOwnServer, type OwnServer } from '../support/own-server.js';
import { failureDocumentOf, runDocumentOf } from './document.js';
import { until } from './signalled.js';
import { useTemporaryFolder } from './temporary-folder.js';

const PASSWORD = 'own';
const files = useTemporaryFolder();
let server: OwnServer;
let url = '';
let stopped = false;

beforeEach(async () => {
  server = await startOwnServer(PASSWORD, ['host all all samehost scram-sha-256']);
  url = `postgres://${OWNER}:${PASSWORD}@127.0.0.1:${server.port}/postgres?sslmode=disable`;
  stopped = false;
}, 60_000);
afterEach(() => stopServer());

async function stopServer(): Promise<void> {
  if (!stopped) await server.stop();
  stopped = true;
}

async function asked<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const UNDER_WAY = `select 1 from els_assign.essay_states where text_storage_id not like '%warm-up%' limit 1`;
const untilUnderWay = () => until(async () => (await asked(UNDER_WAY)).length > 0, 'the run was under way');

describe('a server that is stopped for good in mid-run', () => {
  const reports = {
    junit: 'report.xml',
    html: 'report.html',
    markdown: 'report.md',
    history: 'calls.ndjson',
  };
  const textOf = (report: keyof typeof reports) => readFileSync(files.path(reports[report]), 'utf8');

  /** A run of some seconds whose server is stopped in its first one. */
  async function runOnDyingServer(): Promise<Finished> {
    const outputs = Object.entries(reports).flatMap(([flag, name]) => [`--${flag}`, files.path(name)]);
    const load = ['--scenario', 'sustained', '--duration', '6s', '--timeout', '500ms', '--workers', '2'];
    const command = start(['run', '--json', '--strategy', 'cte', ...load, ...outputs], { DATABASE_URL: url });
    await untilUnderWay();
    await stopServer();
    return command.finished;
  }

  it('takes nothing of what was measured with it', async () => {
    const finished = await runOnDyingServer();
    const { error, runs, plannedRuns } = failureDocumentOf(finished);

    expect({ code: finished.code, error: error.code }).toEqual({ code: 3, error: 'database_unavailable' });
    expect(plannedRuns).toBe(1);
    expect(runs).toMatchObject([
      { scenario: 'sustained', complete: false, verdict: 'unknown', passed: false, batchTotals: null },
    ]);
    const [lost] = runs;
    expect(lost?.outcomes.created).toBeGreaterThan(0);
    expect(lost?.errorsByCode['database_unavailable']).toBeGreaterThan(0);
    expect(lost?.cost.walBytesPerAssignment).toBeNull();
    expect(lost?.notes.join('\n')).toContain(error.message);
    expect(lost?.notes.join('\n')).toContain('the verdict rests on the calls alone');
    expect(finished.stderr).toMatch(/5\.0s · server unreachable for \d s · created/);

    expect(textOf('junit')).toMatch(/<testsuite name="sustained · cte"[^>]*>/);
    expect(textOf('junit')).toContain('the database was not asked');
    expect(textOf('html')).toContain('0 of 1 run complete, 1 cut off');
    expect(textOf('markdown')).toContain('0 of 1 run complete, 1 cut off');

    const kept = await run(['verify', '--history', files.path(reports.history), '--history-only', '--json']);
    const { verdict, checked } = JSON.parse(kept.stdout) as { verdict: string; checked: { calls: number }[] };
    expect({ code: kept.code, verdict }).toEqual({ code: 1, verdict: 'unknown' });
    const { calls } = checked[0] ?? { calls: 0 };
    expect(calls).toBe(lost?.assignments);
  });
});

describe('a backend that crashes where commits are asynchronous', () => {
  it('takes commits with it without making the strategy wrong', async () => {
    const settings = { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' };
    for (const [name, value] of Object.entries(settings))
      await asked(`alter system set ${name} = '${value}'`);
    await asked('select pg_reload_conf()');
    const load = ['--scenario', 'sustained', '--duration', '6s', '--workers', '2'];
    const history = files.path('crashed.ndjson');
    const args = ['run', '--json', '--strategy', 'cte', ...load, '--history', history];
    const command = start([...args, '--allow-inconclusive'], { DATABASE_URL: url });
    const early = command.finished.then(({ stderr }) => {
      throw new Error(`it ended before it was under way: ${stderr}`);
    });
    await Promise.race([untilUnderWay(), early]);
    early.catch(() => undefined);
    await sleep(1_000);
    const ofRun = `select pid from pg_stat_activity where application_name like 'els-assign r%/1' limit 1`;
    const [backend] = await asked<{ pid: number }>(ofRun);
    process.kill(backend?.pid ?? 0, 'SIGKILL');
    const finished = await command.finished;

    const { runs } = runDocumentOf(finished);
    expect(runs[0]?.verdict, finished.stderr).not.toBe('invalid');
    const lines = readFileSync(history, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'run', durable: false });
    expect(JSON.parse(lines.at(-1) ?? '')).not.toHaveProperty('durable');
  });
});

describe('a CHECKPOINT before the load', () => {
  const CHECKPOINTER = `select pid from pg_stat_activity where backend_type = 'checkpointer'`;

  it('that the server does not make in time is a note, and no end', async () => {
    await asked(`alter role ${OWNER} set statement_timeout = '3s'`);
    const [checkpointer] = await asked<{ pid: number }>(CHECKPOINTER);
    const pid = checkpointer?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      const finished = await run(['run', '--json', '--scenario', 'cross-instance'], { DATABASE_URL: url });
      const { runs } = runDocumentOf(finished);
      expect(runs).toMatchObject([{ complete: true, verdict: 'valid' }]);
      expect(runs[0]?.notes.join('\n')).toMatch(
        /the CHECKPOINT before the load was not made: .*statement_timeout/,
      );
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});
