import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CompletionDebts, type LookResult } from '#els/engine/completion-debts.js';

/** A claim may be followed by another that takes its debt over; a look runs at the latest then. */
const LOOK_AFTER_MS = 50;

/** Debts whose looks are noted with their time, and answered as `found` says. */
function debtsThatFind(found: (batchId: string, look: number) => LookResult | Error) {
  const looks: { batchId: string; atMs: number }[] = [];
  const startMs = performance.now();
  const together = (batchIds: readonly string[]) => {
    const answers: [string, LookResult][] = [];
    for (const batchId of batchIds) {
      looks.push({ batchId, atMs: performance.now() - startMs });
      const answer = found(batchId, looks.length);
      if (answer instanceof Error) return Promise.reject(answer);
      answers.push([batchId, answer]);
    }
    return Promise.resolve(answers);
  };
  const debts = new CompletionDebts({ together, waiting: () => Promise.reject(new Error('nobody waits')) });
  /** A call that was sent and answered at these times since the start. */
  const answer = (sentAtMs: number, { batchId = 'batch', created = true } = {}) =>
    debts.owe(batchId, startMs + sentAtMs, created);
  return { debts, looks, answer };
}

describe('when a look is due', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('looks once, at the latest 50 ms after the answer', async () => {
    const { looks, answer } = debtsThatFind(() => 'open');
    await vi.advanceTimersByTimeAsync(10);
    answer(5);
    await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
    expect(looks).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10 * LOOK_AFTER_MS);
    expect(looks).toHaveLength(1);
  });

  it('lets a claim that was sent after the answer take the debt over', async () => {
    const { looks, answer } = debtsThatFind(() => 'open');
    for (let atMs = 0; atMs < 1_000; atMs += 10) {
      answer(atMs - 5);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(looks).toEqual([]);
    await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
    expect(looks).toHaveLength(1);
  });

  it('does not let a claim take over that was sent before the answer', async () => {
    const { looks, answer } = debtsThatFind(() => 'open');
    answer(-1);
    for (let atMs = 0; atMs <= LOOK_AFTER_MS; atMs += 10) {
      answer(-1);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(looks.length).toBeGreaterThan(0);
  });

  it('does not let a call take over that found no free slot', async () => {
    const { looks, answer } = debtsThatFind(() => 'open');
    answer(-1);
    for (let atMs = 0; atMs <= LOOK_AFTER_MS; atMs += 10) {
      answer(atMs, { created: false });
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(looks.length).toBeGreaterThan(0);
  });

  it('owes a look for reused and no_slot too', async () => {
    const { looks, answer } = debtsThatFind(() => 'open');
    answer(-1, { created: false });
    await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
    expect(looks).toHaveLength(1);
  });

  it('keeps the debts of batches apart', async () => {
    const { looks, answer } = debtsThatFind(() => 'open');
    answer(-1, { batchId: 'one' });
    await vi.advanceTimersByTimeAsync(10);
    answer(5, { batchId: 'two' });
    await vi.advanceTimersByTimeAsync(2 * LOOK_AFTER_MS);
    expect(looks.map(({ batchId }) => batchId).sort()).toEqual(['one', 'two']);
  });

  it.each(['completed', 'already_completed'] as const)('needs no look once one found %s', async (found) => {
    const { debts, looks, answer } = debtsThatFind(() => found);
    answer(-1);
    await debts.settle();
    answer(1);
    await vi.advanceTimersByTimeAsync(10 * LOOK_AFTER_MS);
    await debts.settle();
    expect(looks).toHaveLength(1);
  });

  it('looks again for a batch that was open', async () => {
    const { debts, looks, answer } = debtsThatFind((_, look) => (look === 1 ? 'open' : 'completed'));
    answer(-1);
    await debts.settle();
    answer(1);
    await debts.settle();
    answer(2);
    await debts.settle();
    expect(looks).toHaveLength(2);
  });

  it('tries a look again that failed in the background', async () => {
    const { debts, looks, answer } = debtsThatFind((_, look) =>
      look === 1 ? new Error('gone') : 'completed',
    );
    answer(-1);
    await vi.advanceTimersByTimeAsync(4 * LOOK_AFTER_MS);
    expect(looks).toHaveLength(2);
    await debts.settle();
    expect(looks).toHaveLength(2);
  });
});

describe('settle', () => {
  it('pays every debt now', async () => {
    const { debts, looks, answer } = debtsThatFind(() => 'open');
    answer(0, { batchId: 'one' });
    answer(0, { batchId: 'two' });
    await debts.settle();
    expect(looks.map(({ batchId }) => batchId)).toEqual(['one', 'two']);
  });

  it('throws what a look raised, keeps the debt, and pays it the next time', async () => {
    const { debts, looks, answer } = debtsThatFind((_, look) =>
      look <= 2 ? new Error('gone') : 'completed',
    );
    answer(0);
    await expect(debts.settle()).rejects.toThrow('gone');
    await expect(debts.settle()).rejects.toThrow('gone');
    await debts.settle();
    expect(looks).toHaveLength(3);
  });

  it('leaves no look under way and starts none afterwards', async () => {
    let underWay = 0;
    let looks = 0;
    const lookFor10Ms = async (batchIds: readonly string[]) => {
      underWay += 1;
      looks += batchIds.length;
      await new Promise((resolve) => setTimeout(resolve, 10));
      underWay -= 1;
    };
    const debts = new CompletionDebts({
      together: async (batchIds) => {
        await lookFor10Ms(batchIds);
        return batchIds.map((batchId) => [batchId, 'open'] as const);
      },
      waiting: () => Promise.reject(new Error('nobody waits')),
    });
    // Enough that looks in the background fall due while these are being paid.
    for (let batch = 0; batch < 10; batch++) debts.owe(`batch-${batch}`, performance.now(), true);
    await debts.settle();
    expect(underWay).toBe(0);
    const before = looks;
    await new Promise((resolve) => setTimeout(resolve, 4 * LOOK_AFTER_MS));
    expect(looks).toBe(before);
    expect(looks).toBe(10);
  });
});

describe('a batch whose tracker somebody holds', () => {
  /** `held` is busy until it is let go. */
  function debtsBeside(held: string) {
    const looks: string[] = [];
    let letGo: (found: LookResult) => void = () => undefined;
    const debts = new CompletionDebts({
      together: (batchIds) => {
        looks.push(...batchIds);
        return Promise.resolve(batchIds.map((id) => [id, id === held ? 'busy' : 'completed'] as const));
      },
      waiting: (batchId) => {
        looks.push(`waiting for ${batchId}`);
        return new Promise<LookResult>((resolve) => (letGo = resolve));
      },
    });
    const owe = (batchId: string) => debts.owe(batchId, performance.now(), true);
    return { debts, looks, owe, letGo: (found: LookResult) => letGo(found) };
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('holds up no other, is waited for once, and is looked at again for what it incurred meanwhile', async () => {
    const { debts, looks, owe, letGo } = debtsBeside('held');
    owe('held');
    await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
    owe('other');
    owe('held');
    await vi.advanceTimersByTimeAsync(4 * LOOK_AFTER_MS);
    expect(looks).toEqual(['held', 'waiting for held', 'other']);
    letGo('open');
    await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
    expect(looks).toEqual(['held', 'waiting for held', 'other', 'held', 'waiting for held']);
    letGo('completed');
    await debts.settle();
    expect(looks).toHaveLength(5);
  });

  it('is waited for by settle', async () => {
    const { debts, looks, owe, letGo } = debtsBeside('held');
    owe('held');
    let isSettled = false;
    const settled = debts.settle().then(() => (isSettled = true));
    await vi.advanceTimersByTimeAsync(10 * LOOK_AFTER_MS);
    expect({ looks, isSettled }).toEqual({ looks: ['held', 'waiting for held'], isSettled: false });
    letGo('completed');
    await settled;
    expect(looks).toHaveLength(2);
  });
});
