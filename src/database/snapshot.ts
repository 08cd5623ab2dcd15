import type { ClientBase } from 'pg';
import { transaction } from './session.js';
import { loadStatement } from './statement.js';

const BEGIN = loadStatement('verify/begin');

/** Runs work on one snapshot that nothing changes, so that all audits speak of the same moment. */
export function inSnapshot<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  return transaction(client, work, BEGIN);
}
