import { existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HistoryFile } from '#els/history/history-file.js';
import { readHistory } from '#els/history/read-history.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { drawn, times, type Draw } from '../support/draws.js';
import { callOf } from '../verify/histories.js';
import { drawRun, type GivenRun } from './sample.js';

const files = useTemporaryFolder();

async function write(name: string, runs: readonly GivenRun[]): Promise<string> {
  rmSync(files.path(name), { force: true });
  const history = await HistoryFile.create(files.path(name));
  for (const { header, calls } of runs) await history.append(header, calls);
  await history.close();
  return files.path(name);
}

/** The runs of a file, without what the file itself says of the clock. */
async function read(path: string): Promise<GivenRun[]> {
  const runs: GivenRun[] = [];
  for await (const { header, calls } of readHistory(path)) {
    const { bootId: boot, anchor, calls: announced, ...given } = header;
    expect(boot === null || boot.length > 0).toBe(true);
    expect(Date.parse(anchor.wallClock)).toBeGreaterThan(Date.now() - 60_000);
    expect(announced).toBe(calls.length);
    runs.push({ header: given, calls });
  }
  return runs;
}

/** What a file is refused for. */
async function refusalOf(content: string | Uint8Array): Promise<string> {
  const path = files.write('refused.ndjson', content);
  const error: unknown = await read(path).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: 'UsageError', exitCode: 2, code: 'invalid_history' });
  const { message } = error as Error;
  expect(message).toContain(path);
  expect(message).not.toContain('\n');
  expect(message.length).toBeLessThan(path.length + 350);
  return message.replace(`--history ${JSON.stringify(path)} `, '');
}

describe('a history file', () => {
  drawn('gives back the runs that it was given', async (draw) => {
    const runs = times(draw.integer(1, 4), () => drawRun(draw));
    expect(await read(await write('kept.ndjson', runs))).toEqual(runs);
  });

  drawn('keeps runs without calls, and between others', async (draw) => {
    const run = drawRun(draw);
    const empty = { ...run, calls: [] };
    const runs = [empty, run, empty, empty];
    expect(await read(await write('empty.ndjson', runs))).toEqual(runs);
  });

  drawn('is written and read in pieces', async (draw) => {
    const calls = times(12_000, (position) => callOf(position, [position, position + 1], {}));
    const run = { ...drawRun(draw), calls };
    expect(await read(await write('large.ndjson', [run]))).toEqual([run]);
  });

  drawn('refuses to replace what is there, even of a command that still runs', async (draw) => {
    const path = files.path('again.ndjson');
    const first = await HistoryFile.create(path);
    const refused = { name: 'UsageError', exitCode: 2, code: 'unwritable_history' };
    await expect(HistoryFile.create(path)).rejects.toMatchObject(refused);
    const { header, calls } = drawRun(draw);
    await first.append(header, calls);
    await first.close();
    const kept = readFileSync(path);
    await expect(HistoryFile.create(path)).rejects.toThrow(
      `${JSON.stringify(path)} cannot be written: it exists`,
    );
    expect(readFileSync(path)).toEqual(kept);
    rmSync(path);
  });

  it('is not left behind without a run', async () => {
    expect(existsSync(await write('none.ndjson', []))).toBe(false);
  });

  it('may be a device', async () => {
    const nowhere = await HistoryFile.create('/dev/null');
    await nowhere.close();
    expect(existsSync('/dev/null')).toBe(true);
  });

  it.each([
    ['a folder', () => files.folder('taken'), 'directory'],
    ['a folder that is not there', () => files.path('nowhere/file.ndjson'), 'no such file'],
    ['a NUL', () => 'a\0b', 'NUL'],
  ])('is refused when its path is %s', async (_, path, says) => {
    const opening = HistoryFile.create(path());
    await expect(opening).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 });
    await expect(opening).rejects.toThrow(says);
  });
});

/** The lines of a file with one run. */
async function linesOf(draw: Draw): Promise<[header: string, ...calls: string[]]> {
  const text = readFileSync(await write('sound.ndjson', [drawRun(draw)]), 'utf8');
  const [header = '', ...calls] = text.trimEnd().split('\n');
  return [header, ...calls];
}

function changed(line: string, changes: object): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), ...changes });
}

describe('reading', () => {
  drawn('refuses a file that was cut off at any byte', async (draw) => {
    const [header, ...calls] = await linesOf(draw);
    const whole = Buffer.from(`${[changed(header, { calls: 2 }), ...calls.slice(-2)].join('\n')}\n`);
    for (let bytes = 0; bytes < whole.length; bytes++) {
      expect(await refusalOf(whole.subarray(0, bytes))).toMatch(/cut off|empty/);
    }
  });

  drawn('accepts no call beyond those that the run announced', async (draw) => {
    const [header, ...calls] = await linesOf(draw);
    const text = [header, ...calls, calls[0], ''].join('\n');
    expect(await refusalOf(text)).toBe(`line ${calls.length + 2}: type is "call"; accepted: "run"`);
  });

  const headerFaults: [what: string, changes: object, says: string][] = [
    ['another version', { schemaVersion: 2 }, 'schemaVersion is 2; accepted: 1'],
    ['an unknown field', { colour: 'red' }, 'unknown field "colour"'],
    ['no slots', { slots: 0 }, 'slots is 0; accepted: a whole number, 1 or more'],
    ['no batches', { batchIds: [] }, 'batchIds is a list'],
    ['a batch that is no text', { batchIds: [7] }, 'batchIds.0 is 7'],
    ['a fault of no known kind', { faults: [{ kind: 'earthquake' }] }, 'faults.0.kind is "earthquake"'],
    ['no durability', { durable: undefined }, 'durable is missing; accepted: true or false'],
    [
      'a time that is none',
      { anchor: { monotonicMicros: 1, wallClock: 'noon' } },
      'anchor.wallClock is "noon"',
    ],
  ];
  for (const [what, changes, says] of headerFaults) {
    drawn(`refuses a run with ${what}`, async (draw) => {
      const [header, ...calls] = await linesOf(draw);
      const text = [changed(header, changes), ...calls, ''].join('\n');
      expect(await refusalOf(text)).toContain(`line 1: ${says}`);
    });
  }

  const callFaults: [what: string, changes: object, says: string][] = [
    ['an unknown field', { recoverd: true }, 'unknown field "recoverd"'],
    ['an outcome of its own', { outcome: 'maybe' }, 'outcome is "maybe"; accepted: "created" or "reused"'],
    ['a moment that is no number', { startMicros: null }, 'startMicros is null; accepted: a finite number'],
    ['an end before its start', { startMicros: 5, endMicros: 4 }, 'endMicros is before startMicros'],
    ['an unknown error', { errorCode: 'bad_luck' }, 'errorCode is "bad_luck"'],
    ['a batch of another run', { batchId: 'elsewhere' }, 'batchId is "elsewhere"'],
    ['a content without a name', { contentId: '' }, 'contentId is ""'],
    ['a very long value', { batchId: 'x'.repeat(100_000) }, 'batchId is "xxx'],
    ['another type', { type: 'run' }, 'type is "run"; accepted: "call"'],
  ];
  for (const [what, changes, says] of callFaults) {
    drawn(`refuses a call with ${what}`, async (draw) => {
      const [header, ...calls] = await linesOf(draw);
      const at = draw.integer(0, calls.length - 1);
      const spoilt = calls.map((call, position) => (position === at ? changed(call, changes) : call));
      expect(await refusalOf([header, ...spoilt, ''].join('\n'))).toContain(`line ${at + 2}: ${says}`);
    });
  }

  const noLines: [what: string, line: string | Uint8Array, says: string][] = [
    ['prose', 'Each content gets one slot.', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['a number', '7', 'it is 7; accepted: an object'],
    ['a list', '[]', 'type is missing'],
    ['a NUL', '{"type":"\0"}', 'it contains a NUL byte'],
    ['bytes', Buffer.of(0xff, 0xfe), 'it is not UTF-8 text'],
  ];
  for (const [what, line, says] of noLines) {
    drawn(`refuses a line that is ${what}`, async (draw) => {
      const [header, first = ''] = await linesOf(draw);
      const text = [`${header}\n${first}\n`, line, '\n'].map((part) => Buffer.from(part as string));
      expect(await refusalOf(Buffer.concat(text))).toContain(`line 3: ${says}`);
    });
  }

  it('refuses a line that never ends, before it fills the memory', async () => {
    expect(await refusalOf(Buffer.alloc(20_000_000, 'x'))).toMatch(/^line 1: it is longer than \d+ bytes$/);
  });

  it('refuses what is not there', async () => {
    await expect(read(files.path('missing.ndjson'))).rejects.toThrow('no such file or directory');
    await expect(read(files.folder('a-folder'))).rejects.toThrow('directory');
  });

  drawn('refuses or understands whatever is changed, and throws nothing else', async (draw) => {
    const sound = Buffer.from(`${(await linesOf(draw)).join('\n')}\n`);
    for (let attempt = 0; attempt < 300; attempt++) {
      const bytes = Buffer.from(sound);
      for (let left = draw.integer(1, 3); left > 0; left--) {
        bytes[draw.integer(0, bytes.length - 1)] = draw.integer(0, 255);
      }
      const path = files.write('mutated.ndjson', bytes);
      const error: unknown = await read(path).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (error !== undefined) expect(error).toMatchObject({ name: 'UsageError', exitCode: 2 });
    }
  });
});
