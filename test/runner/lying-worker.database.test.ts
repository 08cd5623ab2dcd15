import { elsTarget } from '#els/targets/els/target.js';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { InfrastructureError } from '#els/domain/errors.js';
import { WorkerFleet } from '#els/runner/fleet.js';
import { runLoad, type Recording, type RunningLoad } from '#els/runner/run-load.js';
import { PROTOCOL_VERSION } from '#els/runner/messages.js';
import { CONTENTS, loadOfLies } from './load-of-lies.js';

const path = fileURLToPath(new URL('lying-worker.js', import.meta.url));
const LONG = { readyMs: 60_000, quietMs: 60_000, stuckMs: 60_000 };
const SHORT_MS = 300;

/** Two loads on one worker process that says what a lie's name tells. */
async function load(lie: string, patience = LONG, timeoutMs = 0): Promise<Recording> {
  const fleet = new WorkerFleet({ path, patience });
  const once = () =>
    runLoad(
      fleet,
      loadOfLies(lie, 1, timeoutMs),
      { beforeRelease: () => Promise.resolve() },
      new AbortController().signal,
    );
  try {
    await once();
    const recording = await once();
    if (recording.failure !== undefined) throw recording.failure;
    return recording;
  } finally {
    await fleet.close();
  }
}

async function endOf(lie: string, patience = LONG): Promise<{ code: string; message: string }> {
  const error: unknown = await load(lie, patience).then(
    () => new Error('nobody noticed'),
    (reason: unknown) => reason,
  );
  if (error instanceof InfrastructureError) return { code: error.code, message: error.message };
  throw error;
}

it('takes what an honest worker says, load after load', async () => {
  const { calls, incomplete } = await load('honest');
  expect(calls).toHaveLength(CONTENTS);
  expect(incomplete).toEqual([]);
});

it('waits for calls that last longer than their deadline, for a connection and for locks', async () => {
  const { calls } = await load('honest and slow', { ...LONG, stuckMs: SHORT_MS }, 1_000);
  expect(calls).toHaveLength(CONTENTS);
});

it.each<[lie: string, says: string]>([
  ['another version', `speaks version ${PROTOCOL_VERSION + 1} of the protocol, not ${PROTOCOL_VERSION}`],
  ['calls before it is ready', 'said calls before it was ready'],
  ['ready twice', 'said ready'],
  ['a flood of life', 'says too often that it lives'],
  ['a flood of the same call', 'which is not its own or was told before'],
  ['changed without being asked', 'said changed without being asked'],
  ['a flood of noise', 'sent no message of the protocol'],
  ['something after it was done', 'said alive'],
])('ends a worker that says %s', async (lie, says) => {
  const { code, message } = await endOf(lie);
  expect(code).toBe('worker_misbehaved');
  expect(message).toMatch(/^worker 1 \(pid \d+\) .*; it was killed$/);
  expect(message).toContain(says);
});

describe('ends a worker that', () => {
  it.each<[what: string, lie: string, limit: keyof typeof LONG, says: string]>([
    ['does not get ready', 'nothing at all', 'readyMs', 'did not get ready for 2 s'],
    ['says nothing', 'nothing of its load', 'quietMs', 'said nothing for 1 s'],
    ['lives and gets nowhere', 'that it lives, and no more', 'stuckMs', 'ended no call for 2 s'],
  ])('%s', async (_, lie, limit, says) => {
    const { code, message } = await endOf(lie, { ...LONG, [limit]: SHORT_MS });
    expect(code).toBe('worker_hung');
    expect(message).toMatch(new RegExp(`^worker 1 \\(pid \\d+\\) ${says}; it was killed$`));
  });
});

it('is not waited for where the load is stopped before it is ready', async () => {
  const fleet = new WorkerFleet({ path, patience: LONG });
  const stop = new AbortController();
  const stopped = runLoad(
    fleet,
    loadOfLies('nothing at all', 1, 0),
    { beforeRelease: () => Promise.resolve() },
    stop.signal,
  );
  stop.abort('SIGINT');
  await expect(stopped).rejects.toBe('SIGINT');
});

describe('a worker that is asked to change', () => {
  const { spec, forms } = elsTarget({ strategy: { kind: 'built-in', name: 'legacy' }, advisoryLocks: false });
  const change = { spec, forms };

  /** A load during which the worker is asked once; what it answers, or why it was ended. */
  async function asked(lie: string, ask: (load: RunningLoad) => Promise<unknown>): Promise<unknown> {
    const fleet = new WorkerFleet({ path, patience: { ...LONG, readyMs: SHORT_MS } });
    let answer: unknown;
    const hooks = {
      beforeRelease: () => Promise.resolve(),
      during: async (load: RunningLoad) => void (answer = await ask(load)),
    };
    try {
      const { failure } = await runLoad(fleet, loadOfLies(lie, 1), hooks, new AbortController().signal);
      if (failure !== undefined) throw failure;
      return answer;
    } finally {
      await fleet.close();
    }
  }

  const change1 = ({ stations }: RunningLoad) => stations[0]?.change(change) ?? Promise.resolve();

  it('need not where it has delivered its slice', async () => {
    const afterwards = async (load: RunningLoad) => {
      await new Promise((resolve) => load.ended.addEventListener('abort', resolve));
      return change1(load);
    };
    expect(await asked('honest', afterwards)).toBe(false);
  });

  it.each([
    ['nothing of a change', 'worker_hung', 'did not change its strategy for 4 s'],
    ['changed, and once more', 'worker_misbehaved', 'said changed without being asked'],
  ])('is ended where it says %s', async (lie, code, says) => {
    await expect(asked(lie, change1)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says) as string,
    });
  });
});
