import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../engine/support/hold.js';
import { expectRefused, type BadInput } from './bad-input.js';
import { failureOf, runDocumentOf, sweepDocumentOf, type RunEntry } from './document.js';
import { withDraws } from '../support/draws.js';
import { expectPassed, STRATEGIES } from './expected.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();

/** Options of an open loop with equal gaps, so that the number of its calls is known. */
function openLoop(rate: number, durationMs: number, batches = 10): string[] {
  const times = ['--rate', `${rate}`, '--spacing', 'constant', '--duration', `${durationMs}ms`];
  return [
    'run',
    '--scenario',
    'sustained',
    '--batches',
    `${batches}`,
    '--json',
    '--connections',
    '4',
    ...times,
  ];
}

async function onlyRun(args: readonly string[]): Promise<RunEntry> {
  const { runs } = runDocumentOf(await database.run(args));
  const [run] = runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

/** Runs a load, and once it is on holds what every claim needs for a second. */
async function stalledRun(args: readonly string[]): Promise<RunEntry> {
  const running = onlyRun(args);
  const client = await database.connect();
  try {
    await until('the load is on', async () => {
      const { rowCount } = await client.query(
        `select 1 from essay_states where current_status = 'ready_for_processing'
         and batch_id in (select batch_id from run_batches where run_id not like '%-warm-up') limit 1`,
      );
      return (rowCount ?? 0) > 0;
    });
    await client.query('begin');
    await client.query('lock table essay_states in access exclusive mode');
    await sleep(STALL_MS);
    await client.query('rollback');
  } finally {
    await client.end();
  }
  return running;
}

const STALL_MS = 1_000;

describe('run --rate', () => {
  beforeAll(async () => {
    expect((await database.run(['setup'])).code).toBe(0);
  });

  it('makes as many calls as the schedule has in its time, over all workers', () =>
    withDraws(async (draw) => {
      const [rate, workers] = [draw.integer(100, 300), draw.integer(1, 4)];
      const strategy = draw.pick(STRATEGIES);
      const run = await onlyRun([...openLoop(rate, 500), '--workers', `${workers}`, '--strategy', strategy]);
      expectPassed(run);
      expect(run.plan).toMatchObject({ arrival: 'open', rate, spacing: 'constant' });
      expect(run.assignments).toBe(Math.ceil(rate / 2));
      expect(run.duePerSecond).toBe(run.assignments / 0.5);
      expect(run.outcomes.created).toBe(run.assignments);
      expect(run.durationMs).toBeGreaterThanOrEqual(490);
      // No call starts before it is due.
      expect(run.latencyMicros.min).toBeGreaterThanOrEqual(run.serviceTimeMicros?.min ?? NaN);
      expect(run.notes.join()).not.toContain('ran out');
      expect(run).not.toHaveProperty('late');
    }));

  it(
    'shows a stall of the server in what callers waited, and in how late calls started, not in the service time',
    IS_LONG,
    async () => {
      const run = await stalledRun([...openLoop(200, 3_000), '--strategy', 'cte', '--workers', '2']);
      expectPassed(run);
      expect(run.assignments).toBe(600);
      // A third of the calls were due while the server stood still; eight of them were in flight.
      expect(run.latencyMicros.p90).toBeGreaterThan(500_000);
      expect(run.scheduleLagMicros?.p90).toBeGreaterThan(400_000);
      expect(run.latencyMicros.max).toBeGreaterThan(0.9 * STALL_MS * 1_000);
      expect(run.serviceTimeMicros?.p90).toBeLessThan(250_000);
      expect(run.serviceTimeMicros?.max).toBeGreaterThan(0.9 * STALL_MS * 1_000);
    },
  );

  it('counts what ends later than the limit, skips what could only start later, and verifies the rest', async () => {
    const limited = [...openLoop(200, 3_000), '--latency-limit', '300ms', '--workers', '2'];
    const run = await stalledRun([...limited, '--strategy', 'inventory']);
    expectPassed(run);
    const { assignments, late = NaN, skipped = NaN } = run;
    expect(run.plan.latencyLimitMs).toBe(300);
    expect(assignments + skipped).toBe(600);
    // Due in the first 700 ms of the stall: 140 calls, of which eight were in flight.
    expect(skipped).toBeGreaterThan(70);
    expect(run.notes).toContainEqual(expect.stringMatching(`^${skipped} calls were never made: `));
    expect(late).toBeGreaterThanOrEqual(8);
    expect(run.outcomes).toMatchObject({ created: assignments, error: 0, unknown: 0 });
    expect(run.scheduleLagMicros?.max).toBeLessThanOrEqual(301_000);
  });

  it('does not pass where no call was due in its time', IS_LONG, async () => {
    const few = ['--batches', '2', '--workers', '3', '--connections', '2'];
    const seldom = ['run', '--strategy', 'cte', '--rate', '1', '--duration', '20ms', '--seed', '1', ...few];
    const finished = await database.run([...seldom, '--json']);
    expect(finished.code).toBe(3);
    expect(failureOf(finished)).toMatchObject({ code: 'no_call' });
  });

  it('makes the calls of its stages', IS_LONG, async () => {
    const stages = ['--stages', '300:400ms,1000:0s,1000:200ms,0:100ms'];
    const run = await onlyRun([
      ...['run', '--rate', '100', '--spacing', 'constant', '--batches', '10', '--workers', '2', '--json'],
      ...[...stages, '--strategy', 'inventory'],
    ]);
    expectPassed(run);
    expect(run.scenario).toBe('sustained');
    expect(run.assignments).toBe(80 + 200 + 50);
    expect(run.durationMs).toBeGreaterThan(600);
  });

  it('says when the slots ran out before the time', IS_LONG, async () => {
    const run = await onlyRun([
      ...openLoop(200, 20_000, 2),
      '--slots',
      '30',
      '--workers',
      '1',
      '--strategy',
      'inventory',
    ]);
    expectPassed(run);
    expect(run.assignments).toBe(60);
    expect(run.notes.join()).toContain('of 20 s');
  });

  it(
    'expects no slot for the contents beyond the slots, and does not advise against them',
    IS_LONG,
    async () => {
      const overflow = [
        'run',
        '--scenario',
        'overflow',
        '--rate',
        '400',
        '--duration',
        '5s',
        '--workers',
        '1',
      ];
      const run = await onlyRun([...overflow, '--strategy', 'inventory', '--json']);
      expectPassed(run);
      expect(run).toMatchObject({
        assignments: 30,
        expectedSuccesses: 15,
        outcomes: { created: 15, noSlot: 15 },
      });
      expect(run.notes).toEqual([
        expect.stringMatching(
          /^the contents ran out after \S+ s of 5 s; 15 of 30 are beyond the slots, as the scenario has it$/,
        ),
      ]);
    },
  );

  it('says that contents ran out where slots did not', IS_LONG, async () => {
    const few = ['--contents', '20', '--strategy', 'cte', '--workers', '2'];
    const run = await onlyRun([...openLoop(400, 5_000), ...few]);
    expect(run.notes.join()).toMatch(/^the contents ran out after \S+ s of 5 s; give more --contents$/);
  });

  it.each(['kill-worker', 'pause-worker'])(
    'survives %s: every call is made once, whoever makes it',
    IS_LONG,
    async (kind) => {
      const faults = ['--fault', `${kind}@200ms`, '--strategy', 'inventory', '--workers', '2'];
      const run = await onlyRun([...openLoop(400, 2_000), ...faults]);
      expect(run.faults).toMatchObject([{ kind, struck: true }]);
      expectPassed(run);
      expect(run.assignments).toBe(800);
      expect(run.outcomes.created).toBe(800);
    },
  );

  // A fault misses where the very call that it waits for is skipped: of three hardly all do.
  it('counts what it skipped once where a worker was replaced', IS_LONG, async () => {
    const kills = ['300ms', '800ms', '1300ms'].flatMap((at) => ['--fault', `kill-worker@${at}`]);
    const flags = ['--latency-limit', '50ms', ...kills, '--strategy', 'inventory', '--workers', '2'];
    const run = await onlyRun([...openLoop(400, 2_000), ...flags]);
    expect(run.faults.some(({ struck }) => struck)).toBe(true);
    expect(run.verdict).not.toBe('invalid');
    expect(run.skipped).toBeGreaterThan(0);
    expect(run.assignments + (run.skipped ?? NaN)).toBe(800);
  });

  it('is shown as text with its rate, limit, service time and schedule lag', async () => {
    const args = openLoop(100, 300).filter((arg) => arg !== '--json');
    const { stdout } = await database.run([...args, '--latency-limit', '2s', '--strategy', 'inventory']);
    expect(stdout).toMatch(/open loop at 100\/s · constant/);
    expect(stdout).toMatch(/success +30\/30 .* · skipped 0 of 30 calls due\n/);
    expect(stdout).toMatch(/limit +2\.00s from the intended start · late 0\n/);
    expect(stdout).toMatch(/service time(?: +\d[\d.]*(?:µs|ms|s)){6}\n/);
    expect(stdout).toMatch(/schedule lag(?: +\d[\d.]*(?:µs|ms|s)){6}\n/);
  });

  it('is swept', IS_LONG, async () => {
    const flags = [
      '--spacing',
      'constant',
      '--duration',
      '500ms',
      '--batches',
      '5',
      '--workers',
      '1',
      '--strategy',
      'inventory',
    ];
    const { runs, sweep } = sweepDocumentOf(
      await database.run(['run', '--sweep', 'rate=200,100', ...flags, '--json']),
    );
    runs.forEach(expectPassed);
    expect(runs.map(({ plan, assignments }) => [plan.rate, assignments])).toEqual([
      [100, 50],
      [200, 100],
    ]);
    expect(sweep.steps.map(({ value, achieved }) => [value, achieved])).toEqual(
      runs.map(({ plan, throughputPerSecond, duePerSecond = NaN }) => [
        plan.rate,
        throughputPerSecond >= 0.95 * duePerSecond,
      ]),
    );
    expect(runs.map(({ duePerSecond }) => duePerSecond)).toEqual([100, 200]);
  });
});

const refused: [args: string[], says: string[]][] = [
  [
    ['--rate', '0'],
    ['--rate', 'a whole number from 1 to 1000000'],
  ],
  [
    ['--rate', '1000001'],
    ['--rate is "1000001"', '1000000'],
  ],
  [
    ['--rate', '5', '--scenario', 'overflow'],
    ['--rate 5', 'a duration or stages'],
  ],
  [
    ['--rate', '5', '--bulk', '2'],
    ['--bulk 2', 'accepted: 1'],
  ],
  [
    ['--spacing', 'even', '--rate', '5'],
    ['even', 'poisson, constant'],
  ],
  [
    ['--spacing', 'constant'],
    ['--spacing constant', 'arrival is "burst"'],
  ],
  [
    ['--stages', '5:1s', '--scenario', 'sustained'],
    ['--stages 5:1000ms', 'arrival "open" only'],
  ],
  [
    ['--stages', '5', '--rate', '5'],
    ['--stages is "5"', 'RATE:TIME'],
  ],
  [['--stages', '5:1s', '--rate', '5', '--duration', '1s'], ['beside stages']],
  [
    ['--latency-limit', '5ms'],
    ['--latency-limit 5ms', 'arrival is "burst"'],
  ],
  [['--latency-limit', 'soon', '--rate', '5'], ['--latency-limit is "soon"']],
  [
    ['--sweep', 'rate=5,1000001'],
    ['rate=1000001', '1000000'],
  ],
  [
    ['--sweep', 'rate=5,6', '--rate', '7'],
    ['--rate', '--sweep'],
  ],
];

describe('an open loop that cannot be is refused before anything is done', () => {
  let before: string[] = [];
  beforeAll(async () => {
    before = await fingerprint(database);
  });

  it.concurrent.each(refused)('%j', (args, says) => {
    const input: BadInput = { name: args.join(' '), args: ['run', ...args], says };
    return expectRefused(input, { database, before, missingSchema: 'never_set_up' });
  });
});
