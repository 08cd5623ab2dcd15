import { runInNewContext } from 'node:vm';
import { DatabaseError } from 'pg-protocol';
import { expect, it } from 'vitest';
import { databaseFailure, serverError } from '#els/database/failure.js';
import { failureReason, surroundingsFailure } from '#els/database/pool.js';
import { UsageError } from '#els/domain/errors.js';
import { AssignmentError } from '#els/targets/els/engine/errors.js';
import { withConnectionString } from '#els/database/address.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();

/** What another copy of a class makes: the same names and values, another prototype. */
function ofAnotherCopy(error: Error): Error {
  const copy = runInNewContext('new Error()') as Error;
  for (const key of ['name', 'message', ...Object.getOwnPropertyNames(error)])
    Object.defineProperty(copy, key, { value: error[key as keyof Error] });
  return copy;
}

function sent(code: string): DatabaseError {
  return Object.assign(new DatabaseError('said', 4, 'error'), { code, severity: 'ERROR' });
}

it('knows what the server sent, whatever class it is of', async () => {
  const error = await db.pool.query('select 1/0').catch((raised: Error) => raised);
  expect(serverError(error)).toMatchObject({ code: '22012' });
  expect(serverError(ofAnotherCopy(error as Error))).toMatchObject({ code: '22012' });
});

it.each([
  ['23505', 'race'],
  ['55P03', 'lock_timeout'],
  ['57014', 'cancelled'],
  ['57P01', 'connection'],
  ['42601', 'statement'],
])('%s of another copy of the driver is of the kind %s', (code, kind) => {
  expect(databaseFailure(ofAnotherCopy(sent(code)))).toEqual({ kind, sqlState: code });
});

it('takes no error of the system for one of a server, though their codes have the same form', () => {
  const pipe = ofAnotherCopy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }));
  expect(serverError(pipe)).toBeUndefined();
  expect(databaseFailure(pipe)).toEqual({ kind: 'connection', sqlState: undefined });
});

it.each([
  new Error('a defect'),
  Object.assign(new Error('of a file'), { code: 'EPERM' }),
  'text',
  null,
  undefined,
])('takes a defect (%s) for no database failure', (defect) => {
  expect(serverError(defect)).toBeUndefined();
  expect(databaseFailure(defect)).toBeUndefined();
});

it('looks into what holds several errors, of whatever realm', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  const several = ofAnotherCopy(new AggregateError([refused, refused]));
  expect(databaseFailure(several)).toEqual({ kind: 'connection', sqlState: undefined });
  const address = withConnectionString('--database-url', db.url);
  expect(failureReason(address, several)).toBe('connect ECONNREFUSED; connect ECONNREFUSED');
});

it("takes a wait that node-postgres' query_timeout ended for a lost connection: the statement may have happened", () => {
  expect(databaseFailure(new Error('Query read timeout'))?.kind).toBe('connection');
});

it("knows the errors of this package by either copy's class", () => {
  const details = { retryable: true, correlationId: 'call' };
  const assignment = ofAnotherCopy(new AssignmentError('contention_deadline', 'late', details));
  const usage = ofAnotherCopy(new UsageError('invalid_schema', 'wrong'));
  expect(assignment).toBeInstanceOf(AssignmentError);
  expect(assignment).not.toBeInstanceOf(UsageError);
  expect(usage).toBeInstanceOf(UsageError);
  expect(usage).not.toBeInstanceOf(AssignmentError);
  for (const other of [new Error('other'), Object.assign(new Error('other'), { code: 'x' }), null, 'text'])
    expect([other instanceof AssignmentError, other instanceof UsageError]).toEqual([false, false]);
});

it.each(['42601', '42P01', '42703', '22012'])(
  '%s is a statement that was refused, and no server that cannot be used',
  (code) => {
    const failure = surroundingsFailure(withConnectionString('PG*', 'postgres://here'), sent(code));
    expect(failure).toMatchObject({ code: 'statement_refused', exitCode: 3 });
    expect(failure.message).toBe(`PostgreSQL (from PG*) refused a statement of the tool: said (${code})`);
  },
);

it.each(['42501', '42704', '22023', '3D000', '28P01', '53100', '25006', '57P01'])(
  '%s is a server that cannot be used so',
  (code) => {
    const failure = surroundingsFailure(withConnectionString('PG*', 'postgres://here'), sent(code));
    expect(failure.code).toBe('database_unavailable');
  },
);
