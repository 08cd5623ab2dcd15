import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verifyCalls } from '#els/app/verify.js';
import { readHistory } from '#els/history/read-history.js';

// Small files with the right verdict of each: what the contradictions are in words, or what the oracle says.

const FOLDER = new URL('files/', import.meta.url);

const REFUSED: Readonly<Record<string, string>> = {
  'created-with-errorCode': 'line 2: contradicts itself: created with an errorCode',
  'created-without-slotId': 'line 2: contradicts itself: created without a slotId',
  'created-with-replyLost': 'line 2: contradicts itself: created with replyLost, which only reused can have',
  'no_slot-with-slotId': 'line 3: contradicts itself: no_slot with a slotId',
  'reused-with-recovered': 'line 3: contradicts itself: reused and recovered, which only created can be',
  'error-without-errorCode': 'line 3: contradicts itself: error without an errorCode',
};

const JUDGED: Readonly<Record<string, string>> = {
  'batch-without-a-call': 'valid',
  'definite-error-contention_deadline-then-reused-of-it': 'valid',
  'definite-error-strategy_failed-then-reused-of-it': 'invalid',
  // Before is strict: moments that coincide are no order.
  'tie-reused-ends-when-created-starts': 'valid',
  'zero-length-created-and-no_slot-at-one-moment': 'valid',
};

const pathOf = (name: string) => fileURLToPath(new URL(`${name}.ndjson`, FOLDER));

async function verdictOf(name: string): Promise<string> {
  return (await verifyCalls(readHistory(pathOf(name)))).verdict;
}

describe('a small history file', () => {
  it.each(Object.entries(REFUSED))('is refused: %s', async (name, why) => {
    await expect(verdictOf(name)).rejects.toMatchObject({ exitCode: 2, code: 'invalid_history' });
    await expect(verdictOf(name)).rejects.toThrow(why);
  });

  it.each(Object.entries(JUDGED))('is judged: %s, %s', async (name, verdict) => {
    expect(await verdictOf(name)).toBe(verdict);
  });

  it('is one of these', () => {
    const names = readdirSync(FOLDER).map((file) => file.replace('.ndjson', ''));
    expect(names.sort()).toEqual([...Object.keys(REFUSED), ...Object.keys(JUDGED)].sort());
  });
});
