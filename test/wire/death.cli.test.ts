import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureDocumentOf } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { childrenOf, expectNobodyLeft, startGroup, untilUnderWay } from '../cli/signalled.js';

const database = useOwnDatabase();

it('ends a load at once when the wire dies under it, with what was measured', async () => {
  expect((await database.run(['setup'])).code).toBe(0);
  const load = ['--scenario', 'sustained', '--duration', '60s', '--batches', '60', '--strategy', 'cte'];
  const args = database.withSchema(['run', ...load, '--workers', '2', '--wire', '--quiet', '--json']);
  const group = startGroup(args, { DATABASE_URL: database.url });
  await untilUnderWay(database);
  const isWire = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('wire/program');
  const [wire = NaN] = childrenOf(group.pid).filter(isWire);
  process.kill(wire, 'SIGKILL');
  const finished = await group.end();
  const { error, runs } = failureDocumentOf(finished);
  expect({ exit: finished.code, code: error.code }).toEqual({ exit: 3, code: 'wire_died' });
  expect(runs[0]?.outcomes.created).toBeGreaterThan(0);
  await expectNobodyLeft(database, group);
});
