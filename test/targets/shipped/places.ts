import { defineTarget, type AssignCall } from 'els-assign';
import type pg from 'pg';
import { onPool } from './pool.js';

/** What an enrolment answers: no place has a name. */
export type Enrolled = { outcome: 'created' | 'reused' } | { outcome: 'no_slot' };

/** Courses with a capacity, in which a claim enrols; each target has tables of its own. */
export function courses(name: string, enrol: (client: pg.PoolClient, call: AssignCall) => Promise<Enrolled>) {
  return defineTarget({
    promises: { idempotent: true, truthfulNoSlot: true },
    places: 'counted',
    async setup({ client }) {
      await client.query(
        `create table if not exists ${name}_courses (id text primary key, capacity integer, taken integer default 0)`,
      );
      await client.query(
        `create table if not exists ${name}_enrolments (course text, student text, primary key (course, student))`,
      );
    },
    async register({ client }, batches) {
      for (const { batchId, slots } of batches) {
        await client.query(`insert into ${name}_courses (id, capacity) values ($1, $2)`, [batchId, slots]);
      }
    },
    open: (settings) => onPool(settings, enrol),
    async assignments({ client }, batchIds) {
      const { rows } = await client.query(
        `select course as "batchId", student as "contentId" from ${name}_enrolments where course = any($1)`,
        [batchIds],
      );
      return rows;
    },
    async remove({ client }, batchIds) {
      await client.query(`delete from ${name}_enrolments where course = any($1)`, [batchIds]);
      await client.query(`delete from ${name}_courses where id = any($1)`, [batchIds]);
    },
  });
}
