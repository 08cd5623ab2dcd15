import type { ClientBase } from 'pg';
import { loadStatement } from '../../database/statement.js';
import type { StoredAssignment } from '../../target/host.js';

const ASSIGNMENTS = loadStatement('verify/assignments');

/** Reads all assignments of batches, once they are quiet. */
export async function readAssignments(
  client: ClientBase,
  batchIds: readonly string[],
): Promise<StoredAssignment[]> {
  const { rows } = await client.query<StoredAssignment>(ASSIGNMENTS.text, [batchIds]);
  return rows;
}
