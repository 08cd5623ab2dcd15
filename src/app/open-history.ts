import { readHistory, type KeptRun } from '../history/read-history.js';

export type { KeptRun } from '../history/read-history.js';

/**
 * Opens a history file and reads its first run, so that what is no history is refused before anything is started.
 *
 * @returns the runs; each is let go before the next is read
 * @throws UsageError when it cannot be read or is no history
 */
export async function openHistory(path: string): Promise<AsyncIterable<KeptRun>> {
  const runs = readHistory(path);
  const { value: first } = await runs.next();
  return resume(first ? [first] : [], runs);
}

async function* resume(ahead: KeptRun[], others: AsyncIterable<KeptRun>): AsyncGenerator<KeptRun> {
  for (let run = ahead.pop(); run !== undefined; run = ahead.pop()) yield run;
  yield* others;
}
