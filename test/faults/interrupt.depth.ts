import { beforeAll, describe, expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { expectNobodyLeft, expectNoRowLeft, startGroup, until } from '../cli/signalled.js';

const database = useOwnDatabase();

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});

/** A foreign session of the tool's own is in its transaction: the fault is armed. */
const ARMED = `select 1 from pg_stat_activity
  where application_name = 'els-assign faults' and state = 'idle in transaction' and datname = current_database()`;

describe('Ctrl-C during a fault', () => {
  it.each(['pause-worker@300ms', 'kill-worker@300ms', 'lock-slots@300ms', 'hold-snapshot'])(
    'leaves no process, session, lock or row: %s, by way of the wire',
    async (fault) => {
      const args = ['run', '--scenario', 'sustained', '--duration', '30s', '--batches', '20', '--json'];
      const faults = ['--fault', fault, '--rtt-ms', '0.5', '--strategy', 'cte'];
      const group = startGroup(database.withSchema([...args, ...faults]), { DATABASE_URL: database.url });
      await until(async () => (await database.query(ARMED)).length > 0, 'the fault was armed');
      group.signalGroup('SIGINT');
      const finished = await group.end();

      await expectNobodyLeft(database, group);
      await expectNoRowLeft(database);
      expect(finished.code).toBe(130);
      const { runs, passed } = runDocumentOf(finished);
      expect(passed).toBe(false);
      expect(runs.every((run) => run.verdict !== 'invalid')).toBe(true);
    },
  );
});
