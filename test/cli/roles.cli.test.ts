import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHosted } from '../support/hosted-command.js';
import { compareDocumentOf, linesOf, runDocumentOf } from './document.js';
import { fingerprint, useOwnDatabase } from './own-database.js';

// `setup` by an owner, `run` by a role that has only what it needs, `verify` and `status` by one that only reads.

const database = useOwnDatabase();
const { schema } = database;
const name = (what: string): string => `${what} "${randomBytes(4).toString('hex')}" é`;
const roles = {
  owner: name('owner'),
  runner: name('runner'),
  reader: name('reader'),
  stranger: name('stranger'),
};
const password = randomBytes(8).toString('hex');

/** The environment of a command that one of the roles gives. */
function as(role: keyof typeof roles): { DATABASE_URL: string } {
  const url = new URL(database.url);
  return { DATABASE_URL: Object.assign(url, { username: roles[role], password }).href };
}

const els = (role: keyof typeof roles, ...args: string[]) => runHosted(database.withSchema(args), as(role));

beforeAll(async () => {
  for (const role of Object.values(roles)) {
    await database.query(
      `create role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(password)}`,
    );
  }
  const [row] = await database.query<{ name: string }>('select quote_ident(current_database()) as name');
  await database.query(`revoke all on database ${row?.name} from public`);
  await database.query(
    `grant create, connect on database ${row?.name} to ${pg.escapeIdentifier(roles.owner)}`,
  );
  for (const role of [roles.runner, roles.reader, roles.stranger]) {
    await database.query(`grant connect on database ${row?.name} to ${pg.escapeIdentifier(role)}`);
  }
});
afterAll(async () => {
  for (const role of Object.values(roles)) {
    const quoted = pg.escapeIdentifier(role);
    await database.query(`drop owned by ${quoted} cascade`);
    await database.query(`drop role ${quoted}`);
  }
});

function expectRefused({ code, stderr }: { code: number | null; stderr: string }, ...says: string[]): void {
  expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 2, lines: 1 });
  for (const words of says) expect(stderr).toContain(words);
}

describe.sequential('roles', () => {
  it('a schema that is missing is refused to a role that may not create it', async () => {
    expectRefused(await els('runner', 'run', '--strategy', 'cte'), 'may not create it', 'setup --grant');
    expectRefused(await els('runner', 'setup'), 'may not create it');
  });

  it('a role that does not exist is refused, and nothing is done', async () => {
    const before = await fingerprint(database);
    for (const flag of ['--grant', '--grant-read']) {
      expectRefused(await els('owner', 'setup', flag, 'no such role'), flag, 'no such role');
      expectRefused(await els('owner', 'setup', flag, 'public'), flag, 'public');
    }
    expect(await fingerprint(database)).toEqual(before);
  });

  it('what is missing is named with the command that grants it', async () => {
    expect((await els('owner', 'setup')).code).toBe(0);
    for (const args of [['run', '--strategy', 'legacy'], ['compare'], ['prove', '--strategy', 'cte']]) {
      const says = [
        'USAGE on the schema',
        'SELECT, INSERT, DELETE on run_batches',
        'setup --schema',
        '--grant ',
      ];
      expectRefused(await els('runner', ...args), ...says, JSON.stringify(roles.runner));
    }
    for (const args of [['verify'], ['status', 'any']]) {
      expectRefused(await els('reader', ...args), 'SELECT on essay_states', '--grant-read');
    }
  });

  it('setup grants what it prints', async () => {
    const { code, stdout, stderr } = await els(
      ...(['owner', 'setup', '--grant', roles.runner, '--grant-read', roles.reader] as const),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const printed = stdout.slice(stdout.indexOf('grant '));
    expect(printed).toContain(`to ${pg.escapeIdentifier(roles.reader)};`);
    // By hand they do the same for another role.
    const byHand = printed.replaceAll(pg.escapeIdentifier(roles.runner), pg.escapeIdentifier(roles.stranger));
    await database.query(byHand);
    expect(await privilegesOf(roles.stranger)).toEqual(await privilegesOf(roles.runner));
    expect(await privilegesOf(roles.reader)).toEqual([
      ...[
        'batch_essay_trackers',
        'essay_states',
        'event_outbox',
        'run_batches',
        'runs',
        'slot_assignments',
      ].map((table) => `${table} SELECT`),
    ]);
    await database.query(`drop owned by ${pg.escapeIdentifier(roles.stranger)}`);
  });

  it('the role runs every strategy, with and without advisory locks', async () => {
    const load = ['--scenario', 'overflow', '--slots', '6', '--contents', '12', '--rounds', '1'];
    const flags = ['--workers', '2', '--connections', '3', '--quiet', '--json', '--allow-inconclusive'];
    const { runs } = compareDocumentOf(await els('runner', 'compare', ...load, ...flags));
    expect(runs).toHaveLength(6);
    const [version] = await database.query<{ knows: boolean }>(
      `select current_setting('server_version_num')::integer >= 170000 as knows`,
    );
    for (const run of runs) {
      expect(run).toMatchObject({ verdict: 'valid', outcomes: { created: 6 } });
      expect(run.notes.some((note) => note.includes('ANALYZE'))).toBe(!version?.knows);
    }
  });

  it('the role ends sessions of its own and holds locks: faults', async () => {
    const load = [
      '--scenario',
      'high-concurrency',
      '--slots',
      '40',
      '--fault',
      'terminate-backend',
      '--keep',
    ];
    const document = runDocumentOf(
      await els('runner', 'run', ...load, '--strategy', 'cte', '--quiet', '--json'),
    );
    expect(document.runs[0]).toMatchObject({ verdict: 'valid', faults: [{ struck: true }] });
  });

  it('the reader verifies and asks for the status, and may do nothing else', async () => {
    const before = await fingerprint(database);
    const verified = await els('reader', 'verify', '--json');
    expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' });
    const [batch] = await database.query<{ id: string }>(
      `select batch_id as id from batch_essay_trackers order by 1 limit 1`,
    );
    expect((await els('reader', 'status', batch?.id ?? '')).code).toBe(0);
    expectRefused(await els('reader', 'status', batch?.id ?? '', '--repair'), 'UPDATE', '--grant ');
    expectRefused(await els('reader', 'run', '--strategy', 'cte'), 'INSERT', '--grant ');
    expectRefused(await els('reader', 'setup', '--reset'), 'cannot be reset', 'owner');
    expectRefused(await els('reader', 'setup', '--grant', roles.reader), 'may not grant');
    expect(await fingerprint(database)).toEqual(before);
  });
});

async function privilegesOf(role: string): Promise<string[]> {
  const rows = await database.query<{ what: string }>(
    `select relname || ' ' || privilege_type as what from pg_class, aclexplode(relacl)
     where relnamespace = (select oid from pg_namespace where nspname = $1)
       and grantee = (select oid from pg_roles where rolname = $2) order by 1`,
    [schema, role],
  );
  return rows.map(({ what }) => what);
}
