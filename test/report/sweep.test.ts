import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '#els/domain/run-result.js';
import type { Sweep } from '#els/domain/sweep.js';
import { renderSweep } from '#els/report/sweep.js';
import { visibleWidth } from '#els/report/layout.js';
import { createSampler, reportOf, type RunOverrides, type Sampler } from './sample.js';

const PLAIN = new Chalk({ level: 0 });
const THROUGHPUTS = [1_000, 5_000, 5_100];

const run = ({ run: sample }: Sampler, position: number, overrides: RunOverrides = {}): RunResult =>
  sample({
    scenario: 'sustained',
    workers: 3,
    connections: 2 ** position,
    throughputPerSecond: THROUGHPUTS[position] ?? NaN,
    durationMs: 2_000,
    latencyMicros: { p50: 1_000, p95: 2_000, p99: 3_000 },
    ...overrides,
  });

/** A sweep of connections 1, 2 and 4 whose knee is 2; `change` may alter the answer. */
function render(runs: readonly RunResult[], change: Partial<Sweep> = {}, width = 200): string {
  const sweep: Sweep = {
    parameter: 'connections',
    steps: runs.map(({ connections, throughputPerSecond, latencyMicros, client }) => ({
      value: connections,
      throughputPerSecond,
      p95Micros: latencyMicros.p95,
      clientSaturated: client.saturated,
    })),
    knee: 2,
    clientSaturatedFrom: null,
    clientUnsaturatedFrom: null,
    ...change,
  };
  return renderSweep(reportOf(runs, { sweep }), PLAIN, { width });
}

/** Runs whose load generator was the bottleneck where said. */
function runsWith(clients: readonly (boolean | null)[]): RunResult[] {
  const sampler = createSampler();
  return clients.map((saturated, position) => run(sampler, position, { client: { saturated } }));
}

const runs = (): RunResult[] => {
  const sampler = createSampler();
  return [0, 1, 2].map((position) => run(sampler, position));
};

/** The cells of each row of the table. */
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => /^ {2}\d/.test(line))
    .map((line) => line.trim().split(/ {2,}/));

describe('renderSweep', () => {
  it('has a row for each step', () => {
    const text = render(runsWith([false, false, true]));
    expect(text).toMatch(
      /^ {2}connections +total conns +per s +p50 +p95 +p99 +took +client-bound +gates +verdict$/m,
    );
    const figures = ['1.00ms', '2.00ms', '3.00ms', '2.00s'];
    expect(rows(text)).toEqual([
      ['1', '3', '1,000', ...figures, 'no', '✓ 1/1', 'valid'],
      ['2', '6', '5,000', ...figures, 'no', '✓ 1/1', 'valid'],
      ['4', '12', '5,100', ...figures, 'yes', '✓ 1/1', 'valid'],
    ]);
    expect(text).toContain('sustained · cte · sweep of connections\n  workers 3 × connections 1–4 · ');
    expect(text.trimEnd().split('\n').at(-1)).toBe('PASSED  verdict valid · 3 runs');
  });

  it('says where the knee is and what that means', () => {
    expect(render(runs())).toContain(
      'knee  connections 2: the smallest within 5 % of the best throughput (5,100/s at 4)\n',
    );
    expect(render(runs(), { knee: null })).toContain(
      'knee  none up to connections 4: the throughput still rose',
    );
    expect(render(runs().slice(0, 1), { knee: null })).toContain('knee  none: it takes two valid steps\n');
  });

  it('says of a rate whether it was achieved, by which rule', () => {
    const rule = 'at least 95 % of the calls due each second were made, and none was skipped';
    const kneeOf = (knee: number | null, ...achieved: boolean[]) => {
      const sampler = createSampler();
      const steps = achieved.map((each, position) => ({
        ...{
          value: 2 ** position,
          throughputPerSecond: 1,
          p95Micros: 1,
          clientSaturated: null,
          achieved: each,
        },
      }));
      return render(
        achieved.map((_, position) => run(sampler, position)),
        { parameter: 'rate', steps, knee },
      );
    };
    expect(kneeOf(2, true, true, false)).toContain(`knee  rate 2: the last that was achieved (${rule})\n`);
    expect(kneeOf(null, true, true)).toContain(`knee  none up to rate 2: the server kept up (${rule})\n`);
    expect(kneeOf(null, false, false)).toContain(
      `knee  none: no rate was achieved, from 1 on (achieved: ${rule})\n`,
    );
  });

  it('does not count the throughput of a step that is not valid', () => {
    const sampler = createSampler();
    const cheater = run(sampler, 2, { verdict: 'invalid', passed: false, throughputPerSecond: 9_999 });
    expect(render([run(sampler, 0), run(sampler, 1), cheater])).toContain('(5,000/s at 2)');
  });

  it('says where the knee is that of the load generator', () => {
    const limited = 'the load generator was the bottleneck there';
    expect(render(runsWith([false, true, true]))).toContain(limited);
    expect(render(runsWith([false, false, true]))).toContain(limited);
    expect(render(runsWith([true, false, false]))).not.toContain(limited);
  });

  const bottlenecks: [clients: (boolean | null)[], Partial<Sweep>, string][] = [
    [[null, null, null], {}, 'whether the load generator was the bottleneck was not measured\n'],
    [[true, true, true], { clientSaturatedFrom: 1 }, 'the load generator was the bottleneck at every step: '],
    [
      [null, true, true],
      { clientSaturatedFrom: 2 },
      'the load generator was the bottleneck at every step where that was measured: ',
    ],
    [
      [false, null, true],
      { clientSaturatedFrom: 4 },
      'the load generator was the bottleneck from connections 4 on: ',
    ],
    [
      [false, false, false],
      { clientUnsaturatedFrom: 1 },
      'the load generator was the bottleneck at no step\n',
    ],
    [
      [null, null, false],
      { clientUnsaturatedFrom: 4 },
      'the load generator was the bottleneck at no step where that was measured\n',
    ],
    [
      [true, false, null],
      { clientUnsaturatedFrom: 2 },
      'the load generator was no longer the bottleneck from connections 2 on\n',
    ],
  ];
  it.each(bottlenecks)('with %j and %j says: %s', (clients, change, line) => {
    expect(render(runsWith(clients), change)).toContain(`tool  ${line}`);
  });

  it('shows what failed and what to know under the value of the step', () => {
    const sampler = createSampler();
    const failing = run(sampler, 1, {
      verdict: 'invalid',
      passed: false,
      gates: [{ expression: 'error == 0', observed: 'error = 2', passed: false }],
      invariants: [{ name: 'outbox', passed: false, witnesses: [{ essay_id: 'essay-9' }], timeline: [] }],
      notes: ['the slots ran out after 0.1 s of 1 s'],
    });
    const text = render([run(sampler, 0), failing]);
    expect(rows(text)[1]?.slice(-2)).toEqual(['✗ 0/1', 'invalid']);
    const [, found = ''] = text.split('\nconnections 2 · verdict invalid\n');
    expect(found).toContain('✗ error == 0  error = 2');
    expect(found).toContain('✗ outbox is violated');
    expect(found).toContain('essay_id=essay-9');
    expect(found).toContain('! the slots ran out');
    expect(text).not.toContain('\nconnections 1');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^FAILED/);
  });

  it('stays within the width', () => {
    const lines = render(runsWith([true, true, true]), { clientSaturatedFrom: 1 }, 60).split('\n');
    expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(60);
  });
});
