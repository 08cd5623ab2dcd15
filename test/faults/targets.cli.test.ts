import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';

// Faults on code that knows nothing of the tool, by the wire.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const SEATS = fileURLToPath(new URL('../../docs/examples/seats/seats.target.ts', import.meta.url));
const LOAD = ['--scenario', 'sustained', '--duration', '1s', '--workers', '2', '--connections', '4'];

/** Seats whose code asks once more by itself where its connection was lost, as many drivers and services do. */
const retrying = () =>
  files.write(
    'retrying.target.mjs',
    `import seats from ${JSON.stringify(SEATS)};
    export default {
      ...seats,
      name: 'retrying',
      async open(settings) {
        const { assign, close } = await seats.open(settings);
        return { close, assign: (call) => assign(call).catch(() => assign(call)) };
      },
    };`,
  );

const VOUCHERS = fileURLToPath(new URL('../../docs/examples/vouchers/vouchers.target.json', import.meta.url));

it.each(['lose-replies', 'reset-connections', 'terminate-backend'])(
  'strikes a target of statements: %s',
  async (fault) => {
    const args = ['--strategy', VOUCHERS, '--fault', `${fault}@200ms`, '--quiet', '--json'];
    const finished = await database.run(['run', '--database-url', database.url, ...LOAD, ...args]);
    const [run] = runDocumentOf(finished).runs;
    expect(run?.faults).toMatchObject([{ kind: fault, struck: true }]);
    expect(run?.verdict).toBe('valid');
  },
);

it('makes one run after the other by the wire, each to its end', async () => {
  const args = ['--strategy', 'cte', '--wire', '--rounds', '2', '--quiet', '--json'];
  expect((await database.run(['setup'])).code).toBe(0);
  const finished = await database.run(['run', ...LOAD, ...args]);
  const { runs } = runDocumentOf(finished);
  expect(runs.map(({ complete, verdict }) => [complete, verdict])).toEqual([
    [true, 'valid'],
    [true, 'valid'],
  ]);
});

it('ends with its load though the code does not close in time, and says so', async () => {
  const file = files.write(
    'unending.target.mjs',
    `import seats from ${JSON.stringify(SEATS)};
    export default {
      ...seats,
      name: 'unending',
      async open(settings) {
        const { assign } = await seats.open(settings);
        return { assign, close: () => new Promise(() => {}) };
      },
    };`,
  );
  const args = ['--strategy', file, '--scenario', 'overflow', '--workers', '1', '--quiet', '--json'];
  const finished = await database.run(['run', '--database-url', database.url, ...args]);
  expect(runDocumentOf(finished).runs).toMatchObject([{ verdict: 'valid', counters: { unclosed: 1 } }]);
});

it('loses replies of code that connects as late as at its first call', async () => {
  const args = [
    '--strategy',
    SEATS,
    '--fault',
    'lose-replies',
    '--scenario',
    'overflow',
    '--quiet',
    '--json',
  ];
  const finished = await database.run(['run', '--database-url', database.url, ...args]);
  const [run] = runDocumentOf(finished).runs;
  expect(run?.faults).toMatchObject([{ kind: 'lose-replies', struck: true }]);
  expect(run?.verdict).toBe('valid');
});

it.each(['lose-replies', 'reset-connections', 'terminate-backend', 'kill-worker', 'pause-worker'])(
  'strikes code that retries by itself, and accuses it of nothing: %s',
  async (fault) => {
    const history = files.path(`${fault}.ndjson`);
    const args = ['--strategy', retrying(), '--fault', `${fault}@200ms`, '--history', history, '--keep'];
    const finished = await database.run([
      ...['run', '--database-url', database.url, ...LOAD, ...args, '--quiet', '--json'],
    ]);
    const [run] = runDocumentOf(finished).runs;
    expect(run?.faults).toMatchObject([{ kind: fault, struck: true }]);
    expect(run?.invariants.filter(({ passed }) => !passed)).toEqual([]);
    expect({ exit: finished.code, verdict: run?.verdict }).toEqual({ exit: 0, verdict: 'valid' });
    const verified = await database.run(['verify', '--history', history, '--history-only', '--json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'valid' });
  },
);
