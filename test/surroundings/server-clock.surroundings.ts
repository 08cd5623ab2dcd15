import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { run, start } from '../support/command-line.js';
import { startOwnServer, type OwnServer } from './server.js';

/** Where libfaketime reads what the server's clock is off by, each time anew. */
const OFFSET = join(tmpdir(), `els-assign-clock-${process.pid}`);
const STEPS = ['+1h', '-1h', '+90m', '-2h', '+0'];
const STEP_EVERY_MS = 150;
const MINUTE_MICROS = 60_000_000;

let server: OwnServer;

beforeAll(async () => {
  writeFileSync(OFFSET, '+0');
  const libraries = readdirSync('/usr/lib').map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`);
  server = await startOwnServer({
    ...{ LD_PRELOAD: libraries.find((path) => existsSync(path)), FAKETIME_TIMESTAMP_FILE: OFFSET },
    ...{ FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
  });
});
afterAll(() => {
  server.remove();
  rmSync(OFFSET);
});

it.each(['legacy', 'cte', 'inventory'])(
  'a server whose clock jumps by hours changes nothing: %s',
  async (strategy) => {
    const flags = [
      '--strategy',
      strategy,
      '--scenario',
      'sustained',
      '--duration',
      '4s',
      '--batches',
      '5',
      '--slots',
      '40',
    ];
    const load = start(['run', ...flags, '--keep', '--json'], { DATABASE_URL: server.url });
    let step = 0;
    const stepping = setInterval(
      () => writeFileSync(OFFSET, STEPS[step++ % STEPS.length] ?? '+0'),
      STEP_EVERY_MS,
    );
    const finished = await load.finished.finally(() => clearInterval(stepping));
    const { verdict, runs } = runDocumentOf(finished);
    expect({ code: finished.code, verdict, stderr: finished.stderr }).toMatchObject({
      code: 0,
      verdict: 'valid',
    });
    expect(runs[0]?.outcomes.created).toBe(200);
    expect(runs[0]?.latencyMicros.min).toBeGreaterThan(0);
    expect(runs[0]?.latencyMicros.max).toBeLessThan(MINUTE_MICROS);
    expect(step).toBeGreaterThan(2);

    const [written] = await server.query<{ hours: number }>(
      `select extract(epoch from max(updated_at) - min(updated_at))::integer / 3600 as hours from els_assign.essay_states`,
    );
    expect(written?.hours).toBeGreaterThanOrEqual(1);
    expect((await run(['verify'], { DATABASE_URL: server.url })).code).toBe(0);
  },
);
