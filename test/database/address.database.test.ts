import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createPool, explainConnectFailure } from '#els/database/pool.js';
import { clientConfig, findAddress, withConnectionString } from '#els/database/address.js';
import { run } from '../support/command-line.js';

const SECRET = 'tops3cret';
const URL_A = `postgres://ann:${SECRET}@alpha:5433/a`;
const URL_B = `postgresql://bob:${SECRET}@beta/b`;

describe('findAddress takes', () => {
  const PG = { PGHOST: 'gamma', PGUSER: 'carl' };

  it('--database-url first', () => {
    const address = findAddress(URL_A, { DATABASE_URL: URL_B, ...PG });
    expect(address?.source).toBe('--database-url');
    expect(address && clientConfig(address)).toMatchObject({
      host: 'alpha',
      port: 5433,
      user: 'ann',
      database: 'a',
    });
  });

  it('then DATABASE_URL', () => {
    const address = findAddress(undefined, { DATABASE_URL: URL_B, ...PG });
    expect(address?.source).toBe('DATABASE_URL');
    expect(address && clientConfig(address)).toMatchObject({ host: 'beta', user: 'bob', database: 'b' });
  });

  it.each(['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER'])('then PG* variables: %s', (name) => {
    expect(findAddress(undefined, { [name]: '5433', DATABASE_URL: '' })).toEqual({ source: 'PG*' });
  });

  it.each([{}, { PGPASSWORD: SECRET }, { PGHOST: '' }, { DATABASE_URL: '' }])('else none: %j', (env) => {
    expect(findAddress(undefined, env)).toBeUndefined();
  });
});

describe('refuses', () => {
  it.each([
    '',
    'localhost',
    `mysql://ann:${SECRET}@alpha/a`,
    `postgres:ann:${SECRET}@alpha`,
    `postgres://ann:${SECRET}@alpha:99999/a`,
    `postgres://ann:${SECRET}@alpha:0/a`,
    `postgres://ann:${SECRET}#@alpha:x/a`,
    `postgres://ann:${SECRET}@alpha:five/a`,
  ])('%j without repeating it', (url) => {
    for (const [given, env] of [
      [url, {}],
      [undefined, { DATABASE_URL: url }],
    ] as const) {
      if (given === undefined && url === '') continue;
      let refusal: unknown;
      try {
        findAddress(given, env);
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toMatchObject({ name: 'UsageError', code: 'invalid_database_url' });
      expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain(SECRET);
      expect(String(refusal)).not.toContain('\n');
    }
  });
});

describe('never shows the password', () => {
  const address = withConnectionString('--database-url', URL_A);

  it('of an address', () => {
    for (const text of [JSON.stringify(address), inspect(address), JSON.stringify({ ...address })]) {
      expect(text).not.toContain(SECRET);
    }
  });

  it('of a pool', async () => {
    const pool = createPool(address, { connections: 1, applicationName: 'test' });
    expect(inspect(pool, { depth: 9 })).not.toContain(SECRET);
    expect(JSON.stringify(pool.options)).not.toContain(SECRET);
    await pool.end();
  });

  it('of a failed connection, but the server it was for', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), {
      syscall: 'connect',
      code: 'ECONNREFUSED',
    });
    const explained = explainConnectFailure(address, refused);
    expect(explained).toMatchObject({ name: 'InfrastructureError', code: 'database_unavailable' });
    expect(String(explained)).toContain('ann@alpha:5433/a');
    expect(String(explained)).not.toContain(SECRET);
  });

  it('on the command line, with exit code 3 for a server that is not there', async () => {
    const url = `postgres://ann:${SECRET}@127.0.0.1:1/a`;
    const { code, stdout, stderr } = await run(['run', '--json', '--database-url', url]);
    expect(code).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'database_unavailable' }, passed: false });
    expect(stdout + stderr).not.toContain(SECRET);
  });
});
