import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchStep, type StepName } from '#els/targets/step.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const messageOf = (reason: unknown) => (reason instanceof Error ? reason.message : reason);

/** What is told of a step, in the order of time. */
function watched(what: StepName, { stop, within }: { stop?: AbortSignal; within?: StepName } = {}) {
  const told: unknown[] = [];
  const end = watchStep({ stop }, { path: 'a.target.ts', what, within }, (reason) =>
    told.push(messageOf(reason)),
  );
  return { told, end };
}

const hung = (what: string, within: string) =>
  `target file "a.target.ts": ${what} did not answer within ${within}; it was ended`;

it.each([
  ['loading', 30],
  ['check', 30],
  ['setup', 120],
  ['remove', 120],
] as const)('%s may take %d s', (what, seconds) => {
  const { told } = watched(what);
  vi.advanceTimersByTime(seconds * 1_000 - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([hung(what, `${seconds} s`)]);
});

it.each(['setup', 'register'] as const)('%s ends at once when the command is to stop', (what) => {
  const stop = new AbortController();
  const { told } = watched(what, { stop: stop.signal });
  stop.abort('SIGINT');
  expect(told).toEqual(['SIGINT']);
  vi.advanceTimersByTime(1_000_000);
  expect(told).toEqual(['SIGINT']);
});

it.each(['assignments', 'audits', 'remove'] as const)(
  '%s has 5 s more when the command is to stop, be it under way or not begun',
  (what) => {
    const stop = new AbortController();
    const underWay = watched(what, { stop: stop.signal });
    stop.abort('SIGTERM');
    const begun = watched(what, { stop: stop.signal });
    vi.advanceTimersByTime(4_999);
    expect([...underWay.told, ...begun.told]).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(underWay.told).toEqual([hung(what, '5 s of SIGTERM')]);
    expect(begun.told).toEqual([hung(what, '5 s of SIGTERM')]);
  },
);

it('has loading outlast the stop where it is done for a step that does', () => {
  const stopped = AbortSignal.abort('SIGINT');
  expect(watched('loading', { stop: stopped }).told).toEqual(['SIGINT']);
  expect(watched('loading', { stop: stopped, within: 'remove' }).told).toEqual([]);
});

it('tells what is over once', () => {
  const stop = new AbortController();
  const { told } = watched('setup', { stop: stop.signal });
  vi.advanceTimersByTime(120_000);
  stop.abort('SIGINT');
  expect(told).toEqual([hung('setup', '120 s')]);
});

it('tells nothing of a step that has ended', () => {
  const stop = new AbortController();
  const { told, end } = watched('setup', { stop: stop.signal });
  end();
  stop.abort('SIGINT');
  vi.advanceTimersByTime(1_000_000);
  expect(told).toEqual([]);
});
