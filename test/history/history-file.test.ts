import { existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { HistoryFile } from '#els/history/history-file.js';
import { readHistory, type KeptRun } from '#els/history/read-history.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { drawn, times, type Draw } from '../support/draws.js';
import { callOf } from '../verify/histories.js';
import { drawRun, keep, TOOL, type GivenRun } from './sample.js';
import { draws } from '../support/effort.js';

const files = useTemporaryFolder();

async function write(name: string, runs: readonly GivenRun[]): Promise<string> {
  rmSync(files.path(name), { force: true });
  const history = await HistoryFile.create(files.path(name), TOOL);
  for (const run of runs) await keep(history, run);
  await history.close();
  return files.path(name);
}

async function read(path: string): Promise<KeptRun[]> {
  const runs: KeptRun[] = [];
  for await (const run of readHistory(path)) runs.push(run);
  return runs;
}

/** What a reader must say of a run that was written whole. */
function asKept({
  header,
  calls,
  closing,
  trailer: { durable = header.durable, retriesUntold = false, ...rest },
}: GivenRun): KeptRun {
  const clock = { bootId: expect.toSatisfy(isBootId) as string, anchor: expect.toSatisfy(isRecent) as never };
  return { header: { ...header, tool: TOOL, ...clock }, calls, closing, ...rest, durable, retriesUntold };
}

function isBootId(given: unknown): boolean {
  return given === null || (typeof given === 'string' && given.length > 0);
}

function isRecent({ wallClock }: KeptRun['header']['anchor']): boolean {
  return Date.parse(wallClock) > Date.now() - 60_000;
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
    expect(await read(await write('kept.ndjson', runs))).toEqual(runs.map(asKept));
  });

  drawn('keeps runs without calls, and between others', async (draw) => {
    const run = drawRun(draw);
    const empty = { ...run, calls: [], closing: new Set<Call>() };
    const runs = [empty, run, empty, empty];
    expect(await read(await write('empty.ndjson', runs))).toEqual(runs.map(asKept));
  });

  drawn('is written and read in pieces', async (draw) => {
    const calls = times(12_000, (position) => callOf(position, [position, position + 1], {}));
    const run = { ...drawRun(draw), calls, closing: new Set<Call>() };
    expect(await read(await write('large.ndjson', [run]))).toEqual([asKept(run)]);
  });

  drawn('refuses to replace what is there, even of a command that still runs', async (draw) => {
    const path = files.path('again.ndjson');
    const first = await HistoryFile.create(path, TOOL);
    const refused = { name: 'UsageError', exitCode: 2, code: 'unwritable_history' };
    await expect(HistoryFile.create(path, TOOL)).rejects.toMatchObject(refused);
    await keep(first, drawRun(draw));
    await first.close();
    const kept = readFileSync(path);
    await expect(HistoryFile.create(path, TOOL)).rejects.toThrow(
      `${JSON.stringify(path)} cannot be written: it exists`,
    );
    expect(readFileSync(path)).toEqual(kept);
    rmSync(path);
  });

  it('is not left behind without a run', async () => {
    expect(existsSync(await write('none.ndjson', []))).toBe(false);
  });

  it('may be a device', async () => {
    const nowhere = await HistoryFile.create('/dev/null', TOOL);
    await nowhere.close();
    expect(existsSync('/dev/null')).toBe(true);
  });

  it.each([
    ['a folder', () => files.folder('taken'), 'directory'],
    ['a folder that is not there', () => files.path('nowhere/file.ndjson'), 'no such file'],
    ['a NUL', () => 'a\0b', 'NUL'],
  ])('is refused when its path is %s', async (_, path, says) => {
    const opening = HistoryFile.create(path(), TOOL);
    await expect(opening).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 });
    await expect(opening).rejects.toThrow(says);
  });
});

/** The lines of a file with one run. */
interface SoundLines {
  readonly header: string;
  readonly calls: readonly string[];
  readonly end: string;
}

async function linesOf(draw: Draw): Promise<SoundLines> {
  const text = readFileSync(await write('sound.ndjson', [drawRun(draw)]), 'utf8');
  const [header = '', ...calls] = text.trimEnd().split('\n');
  const end = calls.pop() ?? '';
  return { header, calls, end };
}

function toText({ header, calls, end }: SoundLines): string {
  return [header, ...calls, end, ''].join('\n');
}

function changed(line: string, changes: object): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), ...changes });
}

const CUT_OFF = 'the file ends before the run did';

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

describe('reading', () => {
  drawn('understands a file that was cut off at any byte, and knows that it was', async (draw) => {
    const sound = await linesOf(draw);
    const calls = sound.calls.slice(-2);
    const whole = { ...sound, calls, end: changed(sound.end, { calls: 2 }) };
    const bytes = Buffer.from(toText(whole));
    const ends = [whole.header, ...calls, whole.end].map((line) => Buffer.byteLength(line));
    const [headerEnds = 0] = ends;
    const wholeCalls = (length: number) => {
      const lines = [1, 2, 3].filter((count) => length >= sum(ends.slice(0, count + 1)) + count);
      return Math.min(2, lines.length);
    };
    const lineEnds = ends.map((_, line) => sum(ends.slice(0, line + 1)) + line);
    const stride = draws(9, 1);
    for (let length = 0; length < bytes.length - 1; length++) {
      if (length % stride !== 0 && !lineEnds.some((end) => Math.abs(length - end) <= 2)) continue;
      if (length < headerEnds) {
        expect(await refusalOf(bytes.subarray(0, length))).toContain('line 1: the file is empty, or cut off');
        continue;
      }
      const [run] = await read(files.write('cut.ndjson', bytes.subarray(0, length)));
      expect({ length, calls: run?.calls.length }).toEqual({ length, calls: wholeCalls(length) });
      expect(run).toMatchObject({ faults: [], incomplete: [CUT_OFF] });
    }
    for (const length of [bytes.length - 1, bytes.length]) {
      const [run] = await read(files.write('whole.ndjson', bytes.subarray(0, length)));
      expect(run?.incomplete).not.toContain(CUT_OFF);
    }
  });

  drawn('understands a run that was cut off before another', async (draw) => {
    const { header, calls, end } = await linesOf(draw);
    const text = [header, calls[0], header, ...calls, end, ''].join('\n');
    const [first, second] = await read(files.write('followed.ndjson', text));
    expect(first?.calls).toHaveLength(1);
    expect(first?.incomplete).toEqual(['another run follows before the end of this one']);
    expect(second?.calls).toHaveLength(calls.length);
  });

  drawn('leaves out a part of a first line after a whole run', async (draw) => {
    const sound = await linesOf(draw);
    const text = `${toText(sound)}${sound.header.slice(0, -2)}`;
    expect(await read(files.write('begun.ndjson', text))).toHaveLength(1);
  });

  drawn('refuses a part of a line that is not the last', async (draw) => {
    const { header, calls, end } = await linesOf(draw);
    const text = [header, calls[0]?.slice(0, -1), end, ''].join('\n');
    expect(await refusalOf(text)).toBe('line 2: it is not JSON');
  });

  it('refuses what is no part of a history', async () => {
    expect(await refusalOf('Each content gets one slot.')).toBe('line 1: it is not JSON');
    expect(await refusalOf(Buffer.of(0x7b, 0xff))).toBe('line 1: it is not UTF-8 text');
  });

  drawn('accepts no call after the end of the run', async (draw) => {
    const { header, calls, end } = await linesOf(draw);
    const text = [header, ...calls, end, calls[0], ''].join('\n');
    expect(await refusalOf(text)).toBe(`line ${calls.length + 3}: type is "call"; accepted: "run"`);
  });

  drawn('refuses a run with a call more or fewer than its end says', async (draw) => {
    const sound = await linesOf(draw);
    const { calls } = sound;
    const fewer = { ...sound, calls: calls.slice(1) };
    const more = { ...sound, calls: [...calls, ...calls.slice(0, 1)] };
    for (const spoilt of [fewer, more]) {
      const found = spoilt.calls.length;
      expect(await refusalOf(toText(spoilt))).toBe(
        `line ${found + 2}: calls is ${calls.length}, and the run has ${found}: lines are missing or were added`,
      );
    }
  });

  drawn('says what the first form was, and that it is not read', async (draw) => {
    const sound = await linesOf(draw);
    expect(await refusalOf(toText({ ...sound, header: changed(sound.header, { schemaVersion: 1 }) }))).toBe(
      'line 1: schemaVersion is 1, a form that no release wrote and none reads; accepted: 2, which els-assign run --history writes',
    );
  });

  const headerFaults: [what: string, changes: object, says: string][] = [
    ['another version', { schemaVersion: 3 }, 'schemaVersion is 3; accepted: 2'],
    ['an unknown field', { colour: 'red' }, 'unknown field "colour"'],
    [
      'no slots',
      { batches: [{ batchId: 'b', slots: 0 }] },
      'batches.0.slots is 0; accepted: a whole number, 1 or more',
    ],
    ['no batches', { batches: [] }, 'batches is a list'],
    ['a batch that is a text', { batches: ['b'] }, 'batches.0 is "b"; accepted: an object'],
    ['a batch without an id', { batches: [{ slots: 1 }] }, 'batches.0.batchId is missing'],
    [
      'a batch twice',
      { batches: [1, 2].map((slots) => ({ batchId: 'b', slots })) },
      'batches is a list; accepted: batches with different ids',
    ],
    ['no promises', { promises: undefined }, 'promises is missing; accepted: an object'],
    ['half a promise', { promises: { idempotent: true } }, 'promises.truthfulNoSlot is missing'],
    ['places of its own', { places: 'some' }, 'places is "some"; accepted: "named" or "counted"'],
    ['a target without a name', { target: {} }, 'target.name is missing'],
    ['no durability', { durable: undefined }, 'durable is missing; accepted: true or false'],
    [
      'a time that is none',
      { anchor: { monotonicMicros: 1, wallClock: 'noon' } },
      'anchor.wallClock is "noon"',
    ],
  ];
  for (const [what, changes, says] of headerFaults) {
    drawn(`refuses a run with ${what}`, async (draw) => {
      const sound = await linesOf(draw);
      const text = toText({ ...sound, header: changed(sound.header, changes) });
      expect(await refusalOf(text)).toContain(`line 1: ${says}`);
    });
  }

  const endFaults: [what: string, changes: object, says: string][] = [
    ['an unknown field', { colour: 'red' }, 'unknown field "colour"'],
    ['a fault of no known kind', { faults: [{ kind: 'earthquake' }] }, 'faults.0.kind is "earthquake"'],
    ['no count', { calls: undefined }, 'calls is missing; accepted: a whole number, 0 or more'],
    ['a reason that is no text', { incomplete: [7] }, 'incomplete.0 is 7'],
    ['half a durability', { durable: null }, 'durable is null; accepted: true or false'],
  ];
  for (const [what, changes, says] of endFaults) {
    drawn(`refuses an end with ${what}`, async (draw) => {
      const sound = await linesOf(draw);
      const text = toText({ ...sound, end: changed(sound.end, changes) });
      expect(await refusalOf(text)).toContain(`line ${sound.calls.length + 2}: ${says}`);
    });
  }

  const callFaults: [what: string, changes: object, says: string][] = [
    ['an unknown field', { recoverd: true }, 'unknown field "recoverd"'],
    ['an outcome of its own', { outcome: 'maybe' }, 'outcome is "maybe"; accepted: "created" or "reused"'],
    ['a moment that is no number', { startMicros: null }, 'startMicros is null; accepted: a finite number'],
    ['an end before its start', { startMicros: 5, endMicros: 4 }, 'endMicros is before startMicros'],
    ['an error that is no text', { errorCode: '' }, 'errorCode is ""'],
    ['a contradiction', { outcome: 'no_slot', slotId: 's' }, 'contradicts itself: no_slot with a slotId'],
    ['a batch of another run', { batchId: 'elsewhere' }, 'batchId is "elsewhere"'],
    ['a content without a name', { contentId: '' }, 'contentId is ""'],
    ['a very long value', { batchId: 'x'.repeat(100_000) }, 'batchId is "xxx'],
    ['another type', { type: 'shout' }, 'type is "shout"; accepted: "call", "end" or "run"'],
  ];
  for (const [what, changes, says] of callFaults) {
    drawn(`refuses a call with ${what}`, async (draw) => {
      const sound = await linesOf(draw);
      const at = draw.integer(0, sound.calls.length - 1);
      const calls = sound.calls.map((call, position) => (position === at ? changed(call, changes) : call));
      expect(await refusalOf(toText({ ...sound, calls }))).toContain(`line ${at + 2}: ${says}`);
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
      const { header, calls } = await linesOf(draw);
      const text = [`${header}\n${calls[0]}\n`, line, '\n'].map((part) => Buffer.from(part as string));
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
    const sound = Buffer.from(toText(await linesOf(draw)));
    for (let attempt = 0; attempt < draws(60, 300); attempt++) {
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
