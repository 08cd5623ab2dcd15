import type { ClientBase } from 'pg';
import { beginTransaction } from '../database/session.js';
import { loadStatement } from '../database/statement.js';

const BEGIN = loadStatement('verify/begin');
const END = loadStatement('verify/end');

/** Runs work on one snapshot that nothing changes, so that all audits speak of the same moment. */
export async function inSnapshot<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await beginTransaction(client, BEGIN);
  try {
    return await work();
  } finally {
    await client.query(END.text);
  }
}
