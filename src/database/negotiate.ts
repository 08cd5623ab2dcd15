import { databaseFailure, heldErrors } from './failure.js';
import { createPool, explainConnectFailure } from './pool.js';
import { sslModeOf, withSslMode, type ServerAddress } from './address.js';

/** Of node-postgres: the server said no to TLS. */
const NO_TLS_THERE = /^The server does not support SSL/;

/** For modes that leave TLS to the server: what is tried, in this order. */
const TRIALS: Readonly<Record<string, readonly [string, string]>> = {
  allow: ['disable', 'require'],
  prefer: ['require', 'disable'],
};

/**
 * Settles whether TLS is spoken where sslmode leaves that to the server, by a trial: all connections of a command, in
 * every process, then do the same.
 *
 * @returns the address with a mode that leaves nothing open
 * @throws InfrastructureError when neither way leads in
 */
export async function settleTls(address: ServerAddress): Promise<ServerAddress> {
  const trial = TRIALS[sslModeOf(address)];
  if (trial === undefined) return address;
  const [first, second] = trial.map((mode) => withSslMode(address, mode)) as [ServerAddress, ServerAddress];
  const refusal = await tryOut(first);
  if (refusal === undefined) return first;
  const secondRefusal = isWorthAnother(refusal) ? await tryOut(second) : refusal;
  if (secondRefusal === undefined) return second;
  throw explainConnectFailure(address, together(refusal, secondRefusal));
}

/** @returns why no connection was made, undefined where one was */
async function tryOut(address: ServerAddress): Promise<Error | undefined> {
  const pool = createPool(address, { connections: 1, applicationName: 'els-assign' });
  try {
    (await pool.connect()).release();
    return undefined;
  } catch (error) {
    if (error instanceof Error && databaseFailure(error) !== undefined) return error;
    throw error;
  } finally {
    await pool.end();
  }
}

/** Nobody there, or nobody who answers: the other way leads to the same. */
function isWorthAnother(refusal: Error): boolean {
  const unreachable = 'syscall' in refusal && refusal.syscall !== 'read';
  return !(unreachable || heldErrors(refusal) !== undefined || /timeout/.test(refusal.message));
}

/** A server that lets in by one way alone says of the other one that it does not: both reasons are told. */
function together(first: Error, second: Error): Error {
  const [one = second, other] = [first, second].filter(({ message }) => !NO_TLS_THERE.test(message));
  return other === undefined || other.message === one.message ? one : new AggregateError([one, other]);
}
