/** @module-tag long */

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { readHistory } from '#els/history/read-history.js';
import { runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const PRELOAD = new URL('../support/stepping-clock.js', import.meta.url);
const STEPPING = { NODE_OPTIONS: `--import=${pathToFileURL(PRELOAD.pathname).href}` };
const MINUTE_MICROS = 60_000_000;
const HALF_AN_HOUR_MS = 1_800_000;

it('a run is right and verified while the wall clocks of all its processes jump by hours', async () => {
  const path = files.path('calls.ndjson');
  const flags = ['--strategy', 'cte', '--scenario', 'overflow', '--keep', '--history', path, '--json'];
  const finished = await database.execute(['run', ...flags], STEPPING);
  const [run] = runDocumentOf(finished).runs;
  expect({ code: finished.code, verdict: run?.verdict }).toEqual({ code: 0, verdict: 'valid' });
  const { min = NaN, max = NaN } = run?.latencyMicros ?? {};
  expect(min).toBeGreaterThan(0);
  expect(max).toBeLessThan(MINUTE_MICROS);
  expect(run?.durationMs).toBeLessThan(MINUTE_MICROS / 1_000);

  for await (const { header, calls } of readHistory(path)) {
    expect(Math.abs(Date.parse(header.anchor.wallClock) - Date.now())).toBeGreaterThan(HALF_AN_HOUR_MS);
    for (const { intendedMicros, startMicros, endMicros } of calls) {
      expect(intendedMicros).toBe(header.startMicros);
      expect(startMicros).toBeGreaterThanOrEqual(intendedMicros);
      expect(endMicros).toBeGreaterThan(startMicros);
    }
  }
  expect(readFileSync(path, 'utf8')).not.toBe('');
  expect((await database.run(['verify', '--history', path])).code).toBe(0);

  const steps = await database.query<{ forth: boolean }>(
    `select distinct (timeline ->> 'ready_for_processing')::timestamptz > updated_at as forth
     from essay_states where text_storage_id is not null and batch_id not like '%warm-up'`,
  );
  expect(steps).toHaveLength(2);
});
