import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { linesOf } from './document.js';
import { withDraws } from '../support/draws.js';
import { createdBy, STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { EXECUTABLE } from '../support/command-line.js';
import { eachLongButFirst } from '../support/long.js';

const database = useOwnDatabase();

const ESCAPE = '\u001b';
/** Without a gate on time. */
const SHORT = ['run', '--scenario', 'batch-completion', '--workers', '1', '--connections', '2', '--quiet'];

describe('run as text', () => {
  it('shows successes, latency, throughput, round trips, gates and verdict, without colour in a pipe', () =>
    withDraws(async (draw) => {
      const slots = draw.integer(2, 9);
      const contents = draw.integer(1, slots);
      const deliveries = draw.integer(1, 4);
      const strategy = draw.pick(STRATEGIES);
      const counts = ['--slots', `${slots}`, '--contents', `${contents}`, '--deliveries', `${deliveries}`];
      const finished = await database.run([
        'run',
        '--scenario',
        'idempotent-duplicates',
        '--strategy',
        strategy,
        '--workers',
        '1',
        ...counts,
      ]);
      const { code, stdout, stderr } = finished;
      const shape = {
        batches: 1,
        slots,
        contents,
        deliveries,
        arrival: 'burst',
        seed: 0,
        bulk: 1,
        rttMs: 0,
        wire: false,
      } as const;
      const created = createdBy(shape);
      const successes = created * deliveries;

      expect(stdout).toContain(`idempotent-duplicates · ${strategy}`);
      expect(stdout).toMatch(new RegExp(`success +${successes}/${successes} · created ${created} ·`));
      expect(stdout).toMatch(/ mean +p50 +p90 +p95 +p99 +max\n/);
      expect(stdout).toMatch(/latency(?: +\d[\d.]*(?:µs|ms|s)){6}\n/);
      expect(stdout).toMatch(/throughput +[\d.,]+\/s/);
      expect(stdout).toMatch(/[\d.]+ round trips/);
      expect(stdout).toMatch(/✓ error == 0 +error = 0/);
      expect(stdout).toMatch(/verdict valid/);
      expect(linesOf(stdout).at(-1)).toMatch(/^PASSED/);
      expect(stdout + stderr).not.toContain(ESCAPE);
      expect(linesOf(stderr)).toEqual([expect.stringContaining('idempotent-duplicates')]);
      expect(code).toBe(0);
    }));

  it('says FAILED and which gate, where one fails', () =>
    withDraws(async (draw) => {
      const slots = draw.integer(2, 6);
      const contents = draw.integer(1, slots - 1);
      const finished = await database.run([...SHORT, '--slots', `${slots}`, '--contents', `${contents}`]);
      expect(finished.stdout).toMatch(
        new RegExp(`✗ taken == batches \\* slots +taken = ${contents}, batches = 1, slots = ${slots}\n`),
      );
      expect(finished.stdout).toContain('verdict valid');
      expect(linesOf(finished.stdout).at(-1)).toMatch(/^FAILED/);
      expect(finished.stderr).toBe('');
      expect(finished.code).toBe(1);
    }));

  const colours: [env: Record<string, string>, coloured: boolean][] = [
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ NO_COLOR: '1' }, false],
  ];
  eachLongButFirst(colours)('with %j in a pipe, coloured: %s', async (env, coloured) => {
    const { stdout, code } = await database.execute(SHORT, env);
    expect(stdout.includes(ESCAPE)).toBe(coloured);
    expect(linesOf(stripVTControlCharacters(stdout)).at(-1)).toMatch(/^PASSED/);
    expect(code).toBe(0);
  });

  it('never colours JSON', async () => {
    const { stdout, code } = await database.execute([...SHORT, '--json'], { FORCE_COLOR: '1' });
    expect(stdout).not.toContain(ESCAPE);
    expect(code).toBe(0);
  });
});

/** util-linux' script gives a command a terminal. */
const SCRIPT = '/usr/bin/script';

describe('run on a terminal', () => {
  const terminals: [env: Record<string, string>, coloured: boolean][] = [
    [{}, true],
    [{ NO_COLOR: '1' }, false],
  ];
  it.runIf(existsSync(SCRIPT)).each(terminals)('with %j, coloured: %s', async (env, coloured) => {
    const quoted = [process.execPath, EXECUTABLE, ...database.withSchema(SHORT)].map(
      (word) => `'${word.replaceAll("'", "'\\''")}'`,
    );
    const { stdout } = await promisify(execFile)(SCRIPT, ['-qec', quoted.join(' '), '/dev/null'], {
      env: { PATH: process.env['PATH'], DATABASE_URL: database.url, TERM: 'xterm', ...env },
    });
    expect(stripVTControlCharacters(stdout)).toContain('PASSED');
    expect(stdout.includes(`${ESCAPE}[`)).toBe(coloured);
  });
});
