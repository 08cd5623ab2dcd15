import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHosted } from '../support/hosted-command.js';
import { holdsTheTracker } from './broken-strategies.js';
import { failureOf, linesOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

// On a server that is not the tool's alone: its limits are kept, and what others have there is left alone.

const database = useOwnDatabase();
const files = useTemporaryFolder();
let quotedDatabase = '';

beforeAll(async () => {
  const [row] = await database.query<{ name: string }>('select quote_ident(current_database()) as name');
  quotedDatabase = row?.name ?? '';
});

describe('neighbours', () => {
  const other = `other_${randomBytes(4).toString('hex')}`;

  /** What a neighbour has: its rows, how they were written, and its objects. */
  async function traces(): Promise<unknown[]> {
    return database.query(
      `select 'row' as kind, md5(string_agg(t::text || xmin || ctid, ',' order by ctid)) as value
         from ${other}.essay_states t
       union all
       select relname, relfilenode::text || coalesce(relacl::text, '')
         from pg_class where relnamespace = '${other}'::regnamespace
       order by 1, 2`,
    );
  }

  it('are left as they are by two runs at once, which do not disturb each other', async () => {
    await database.query(`create schema ${other}`);
    await database.query(
      `create table ${other}.essay_states as select n as essay_id, 'uploaded' as current_status
       from generate_series(1, 1000) as n`,
    );
    const before = await traces();
    const load = ['--scenario', 'batch-completion', '--slots', '40', '--keep', '--quiet', '--json'];
    const scale = ['--workers', '2', '--connections', '3'];
    const runs = await Promise.all(
      ['cte', 'inventory'].map((strategy) =>
        database.execute(['run', '--strategy', strategy, ...load, ...scale]),
      ),
    );
    for (const finished of runs) {
      expect(runDocumentOf(finished).runs[0]).toMatchObject({ verdict: 'valid', outcomes: { created: 40 } });
    }
    const verified = await database.run(['verify', '--json']);
    expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' });
    expect(await traces()).toEqual(before);
  });
});

describe('timeouts of the server', () => {
  const settings = { statement_timeout: '1500', lock_timeout: '30' };
  beforeAll(async () => {
    for (const [name, value] of Object.entries(settings)) {
      await database.query(`alter database ${quotedDatabase} set ${name} = ${value}`);
    }
  });
  afterAll(async () => {
    for (const name of Object.keys(settings)) {
      await database.query(`alter database ${quotedDatabase} reset ${name}`);
    }
  });

  it('are named with their codes and values where they strike', async () => {
    const load = ['--scenario', 'batch-completion', '--slots', '3', '--contents', '3', '--quiet', '--json'];
    const scale = ['--workers', '1', '--connections', '3'];
    const finished = await database.run(['run', '--strategy', holdsTheTracker(files), ...load, ...scale]);
    const [run] = runDocumentOf(finished).runs;
    expect(run).toMatchObject({
      outcomes: { created: 2, noSlot: 0, error: 1 },
      errorsByCode: { strategy_failed: 1 },
    });
    const notes = run?.notes.join('\n') ?? '';
    expect(notes).toMatch(/57014 struck 1 times: the server sets statement_timeout to 1500 ms/);
    expect(notes).toMatch(/55P03 struck \d+ times: the server sets lock_timeout to 30 ms/);
    expect(notes).toContain('canceling statement due to statement timeout');
  });

  it('end a command in one line that names them', async () => {
    const client = await database.connect();
    await client.query('begin');
    await client.query('lock table batch_essay_trackers');
    const { code, stderr } = await database.run(['run', '--strategy', 'cte', '--quiet']);
    await client.query('rollback');
    await client.end();
    expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 3, lines: 1 });
    expect(stderr).toContain('55P03, lock_timeout');
  });
});

describe('the limit of connections', () => {
  const role = `limited "${randomBytes(4).toString('hex')}"`;
  const password = randomBytes(8).toString('hex');

  afterAll(async () => {
    await database.query(`drop owned by ${pg.escapeIdentifier(role)} cascade`);
    await database.query(`drop role ${pg.escapeIdentifier(role)}`);
  });

  it('of a role and of a database is checked before the load, with the figures', async () => {
    const quoted = pg.escapeIdentifier(role);
    await database.query(
      `create role ${quoted} login connection limit 6 password ${pg.escapeLiteral(password)}`,
    );
    await database.query(`grant create on database ${quotedDatabase} to ${quoted}`);
    const url = Object.assign(new URL(database.url), { username: role, password }).href;
    const run = (connections: number) =>
      runHosted(
        [
          ...['run', '--schema', 'limited', '--scenario', 'cross-instance', '--strategy', 'cte', '--json'],
          ...['--workers', '1', '--connections', String(connections), '--quiet'],
        ],
        { DATABASE_URL: url },
      );
    const refused = await run(5);
    expect(failureOf(refused)).toMatchObject({ code: 'too_few_connections' });
    expect({ code: refused.code, lines: linesOf(refused.stderr).length }).toEqual({ code: 3, lines: 1 });
    expect(refused.stderr).toContain(
      `needs 8 connections, but 6 are free of the connection limit of role ${quoted} = 6`,
    );
    const none = await database.query(`select from pg_namespace where nspname = 'limited'`);
    expect(none).toEqual([]);
    expect(runDocumentOf(await run(3)).runs[0]).toMatchObject({ verdict: 'valid' });

    await database.query(`alter role ${quoted} connection limit -1`);
    await database.query(`alter database ${quotedDatabase} connection limit 7`);
    const byDatabase = await run(5);
    await database.query(`alter database ${quotedDatabase} connection limit -1`);
    expect(byDatabase.code).toBe(3);
    expect(byDatabase.stderr).toMatch(/6 are free of the connection limit of database \S+ = 7 \(1 in use\)/);
  });
});
