import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { HistoryFile } from '#els/history/history-file.js';
import { readHistory, type KeptRun } from '#els/history/read-history.js';
import { RunWriter } from '#els/history/run-writer.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { drawn, times } from '../support/draws.js';
import { callOf } from '../verify/histories.js';
import { drawRun, TOOL } from './sample.js';

const files = useTemporaryFolder();
const path = files.path('streamed.ndjson');
const NOTHING_WRONG = { faults: [], incomplete: [] };

function callsFrom(first: number, count: number): Call[] {
  return times(count, (position) => callOf(first + position, [position, position + 1], {}));
}

async function create(): Promise<HistoryFile> {
  rmSync(path, { force: true });
  return HistoryFile.create(path, TOOL);
}

async function readRuns(): Promise<KeptRun[]> {
  const runs: KeptRun[] = [];
  for await (const run of readHistory(path)) runs.push(run);
  return runs;
}

describe('a run that is written while it runs', () => {
  drawn('has its calls in the file before it ends', async (draw) => {
    const file = await create();
    const run = await file.begin(drawRun(draw).header);
    run.append(callsFrom(0, 3));
    const isThere = () => readFileSync(path, 'utf8').split('\n').length - 1 === 4;
    const start = process.hrtime.bigint();
    while (!isThere()) {
      const waitedMs = Number(process.hrtime.bigint() - start) / 1e6;
      expect(waitedMs, 'the file has no call yet').toBeLessThan(5_000);
      await sleep(5);
    }
    const [kept] = await readRuns();
    expect(kept).toMatchObject({ calls: callsFrom(0, 3), incomplete: ['the file ends before the run did'] });
    await run.end(NOTHING_WRONG);
    await file.close();
    expect((await readRuns())[0]).toMatchObject({ calls: callsFrom(0, 3), incomplete: [] });
  });

  drawn('keeps calls in the order in which they came, in whatever pieces', async (draw) => {
    const file = await create();
    const run = await file.begin(drawRun(draw).header);
    let given = 0;
    for (const size of [1, 5_000, 0, 2_000, 1, 3_999]) {
      run.append(callsFrom(given, size));
      given += size;
      if (draw.integer(0, 1) === 1) await run.flush();
    }
    await run.end(NOTHING_WRONG);
    await file.close();
    const [kept] = await readRuns();
    expect(kept?.calls.map(({ contentId }) => contentId)).toEqual(
      times(given, (position) => `content-${position}`),
    );
  });

  drawn('keeps what it has when it never ends, and others follow', async (draw) => {
    const { header } = drawRun(draw);
    const file = await create();
    const first = await file.begin(header);
    first.append(callsFrom(0, 2));
    const second = await file.begin(header);
    second.append(callsFrom(0, 3));
    await second.end(NOTHING_WRONG);
    const third = await file.begin(header);
    third.append(callsFrom(0, 4));
    await file.close();
    expect((await readRuns()).map(({ calls, incomplete }) => [calls.length, incomplete.length])).toEqual([
      [2, 1],
      [3, 0],
      [4, 1],
    ]);
  });

  drawn('takes no call after its end, nor a second end', async (draw) => {
    const file = await create();
    const run = await file.begin(drawRun(draw).header);
    await run.end(NOTHING_WRONG);
    expect(() => run.append(callsFrom(0, 1))).toThrow('after the end');
    await expect(run.end(NOTHING_WRONG)).rejects.toThrow('has ended');
    await file.close();
  });
});

describe('a write that fails', () => {
  const failure = { name: 'InfrastructureError', exitCode: 3, code: 'history_not_written' };

  drawn('is told with the name of the file', async (draw) => {
    const full = await HistoryFile.create('/dev/full', TOOL);
    const { header } = drawRun(draw);
    await expect(full.begin(header)).rejects.toMatchObject(failure);
    await expect(full.begin(header)).rejects.toThrow('--history "/dev/full" could not be written: no space');
    await full.close();
  });

  it('is told by flush and by end, and nothing follows it', async () => {
    const written: (readonly string[])[] = [];
    const disk = new Error('no space');
    const run = new RunWriter((lines) => {
      if (written.length === 1) return Promise.reject(disk);
      written.push(lines);
      return Promise.resolve();
    });
    run.append(callsFrom(0, 4_000));
    await expect(run.flush()).rejects.toBe(disk);
    run.append(callsFrom(0, 1));
    await expect(run.end(NOTHING_WRONG)).rejects.toBe(disk);
    expect(written).toHaveLength(1);
  });
});
