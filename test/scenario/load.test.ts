import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FAULT_KINDS } from '#els/domain/fault.js';
import { SLOTS_ACCEPTED } from '#els/scenario/flag-values.js';
import { loadScenario } from '#els/scenario/load.js';
import { SCENARIO_FIELDS, scenarioFileSchema } from '#els/scenario/schema.js';
import { usageErrorOf } from './usage-error.js';

const FIELDS = SCENARIO_FIELDS.join(', ');
const NAMES =
  'batch-completion, cross-instance, high-concurrency, idempotent-duplicates, overflow, rollout, sustained';
const MINIMAL = { name: 'mine', description: 'My own.', slots: 7 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-scenario-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'mine.json');
  await writeFile(path, content);
  return path;
}

async function refusalOf(content: string | Uint8Array) {
  const path = await written(content);
  const { code, message } = await usageErrorOf(() => loadScenario(path));
  return { code, message: message.replace(JSON.stringify(path), '<file>') };
}

describe('a scenario file', () => {
  it('takes its defaults, and one content for every slot', async () => {
    expect(await loadScenario(await written(JSON.stringify({ ...MINIMAL, batches: 3 })))).toEqual({
      name: 'mine',
      description: 'My own.',
      batches: 3,
      slots: 7,
      contents: 21,
      deliveries: 1,
      arrival: 'burst',
      workers: 3,
      connections: 8,
      bulk: 1,
      faults: [],
      rttMs: 0,
      wire: false,
      gates: [],
    });
  });

  it('keeps what it says', async () => {
    const file = {
      name: 'a-2',
      description: 'Says all of it.',
      batches: 4,
      slots: 5,
      contents: 6,
      deliveries: 7,
      arrival: 'closed',
      workers: 8,
      connections: 9,
      bulk: 10,
      rttMs: 0.5,
      wire: true,
      gates: ['p95 < 500ms', 'created == contents'],
      checks: ['mine.throughput >= 0.95 * cte.throughput'],
    };
    const faults = ['kill-worker@250ms', 'lock-slots', 'hold-snapshot@0s'];
    const path = await written(JSON.stringify({ ...file, duration: '1.5s', faults }));
    expect(await loadScenario(path)).toEqual({
      ...file,
      durationMs: 1_500,
      faults: [
        { kind: 'kill-worker', atMs: 250 },
        { kind: 'lock-slots', atMs: 0 },
        { kind: 'hold-snapshot', atMs: 0 },
      ],
    });
  });

  it('keeps its rollout', async () => {
    const path = await written(JSON.stringify({ ...MINIMAL, ...LOOP, faults: ['kill-migration'] }));
    expect(await loadScenario(path)).toMatchObject({
      rollout: {
        steps: [
          { atMs: 500, strategy: 'cte' },
          { atMs: 2_000, strategy: 'inventory' },
        ],
      },
      faults: [{ kind: 'kill-migration', atMs: 0 }],
    });
  });

  it('may be closed without a duration', async () => {
    const path = await written(JSON.stringify({ ...MINIMAL, arrival: 'closed' }));
    expect(await loadScenario(path)).not.toHaveProperty('durationMs');
  });

  it('may start with a byte order mark', async () => {
    expect((await loadScenario(await written(`\ufeff${JSON.stringify(MINIMAL)}`))).slots).toBe(7);
  });

  it('is found relative to the working directory', async () => {
    const path = relative(process.cwd(), await written(JSON.stringify(MINIMAL)));
    expect((await loadScenario(path)).name).toBe('mine');
  });

  it('has a schema from which a JSON Schema can be made', () => {
    const schema = z.toJSONSchema(scenarioFileSchema, { io: 'input' });
    expect(schema.required).toEqual(['name', 'description', 'slots']);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties?.workers).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 3,
    });
  });

  it('may reach every limit', async () => {
    const limits = [
      { name: 'a'.repeat(63), workers: 64, connections: 256 },
      { slots: 1_000_000, batches: 10 },
      { slots: 1, batches: 100_000 },
      { contents: 10_000_000 },
      { contents: 1, deliveries: 10_000_000 },
      { contents: 10_000, deliveries: 1_000 },
      { gates: Array.from({ length: 100 }, () => 'error == 0') },
      { description: 'é'.repeat(500) },
    ];
    for (const limit of limits) {
      expect(await loadScenario(await written(JSON.stringify({ ...MINIMAL, ...limit })))).toMatchObject(
        limit,
      );
    }
  });
});

const FAULT_ACCEPTED = `a fault and the time after the start, such as kill-worker@500ms; faults are ${FAULT_KINDS.join(', ')}, the last one without a time`;
const NAME = 'kebab-case such as my-scenario, at most 63 characters';
const LINE = 'one line of 1 to 500 characters';
const upTo = (max: number) => `a whole number from 1 to ${max}`;
/** A rollout that is accepted. */
const LOOP = {
  ...{ arrival: 'closed', duration: '3s' },
  rollout: {
    steps: [
      { at: '500ms', strategy: 'cte' },
      { at: '2s', strategy: 'inventory' },
    ],
  },
};
const DURATION = '250ms, 5s, 1m or plain seconds, from 1ms to 24 hours (1440m)';

describe('a scenario file with a wrong field', () => {
  it.each([
    [{ slots: undefined }, `slots is missing; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: 0 }, `slots is 0; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: -3 }, `slots is -3; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: 1.5 }, `slots is 1.5; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: '7' }, `slots is "7"; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: null }, `slots is null; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: [] }, `slots is a list; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: [7, 0] }, `slots[1] is 0; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: Array(101).fill(1) }, `slots is a list; accepted: ${SLOTS_ACCEPTED}`],
    [
      { slots: [1_000_000, 1_000_000], batches: 11 },
      'batches × slots is 11 × 1000000,1000000 = 11000000; accepted: at most 10000000',
    ],
    [{ slots: { a: 1 } }, `slots is an object; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: 1_000_001 }, `slots is 1000001; accepted: ${SLOTS_ACCEPTED}`],
    [{ slots: 1e300 }, `slots is 1e+300; accepted: ${SLOTS_ACCEPTED}`],
    [{ batches: 100_001 }, `batches is 100001; accepted: ${upTo(100_000)}`],
    [{ contents: 10_000_001 }, `contents is 10000001; accepted: ${upTo(10_000_000)}`],
    [{ contents: null }, `contents is null; accepted: ${upTo(10_000_000)}`],
    [{ deliveries: 10_000_001 }, `deliveries is 10000001; accepted: ${upTo(10_000_000)}`],
    [{ workers: 65 }, `workers is 65; accepted: ${upTo(64)}`],
    [{ bulk: 1_001 }, `bulk is 1001; accepted: ${upTo(1_000)}`],
    [{ connections: 257 }, `connections is 257; accepted: ${upTo(256)}`],
    [{ connections: true }, `connections is true; accepted: ${upTo(256)}`],
    [{ arrival: 'Burst' }, 'arrival is "Burst"; accepted: "burst", "closed" or "open"'],
    [{ arrival: 1 }, 'arrival is 1; accepted: "burst", "closed" or "open"'],
    [{ name: 'Mine' }, `name is "Mine"; accepted: ${NAME}`],
    [{ name: 'my--own' }, `name is "my--own"; accepted: ${NAME}`],
    [{ name: '-own' }, `name is "-own"; accepted: ${NAME}`],
    [{ name: 'a\n' }, `name is "a\\n"; accepted: ${NAME}`],
    [{ name: '' }, `name is ""; accepted: ${NAME}`],
    [{ name: 'a'.repeat(64) }, `name is "${'a'.repeat(60)}…"; accepted: ${NAME}`],
    [{ name: undefined }, `name is missing; accepted: ${NAME}`],
    [{ description: undefined }, `description is missing; accepted: ${LINE}`],
    [{ description: '' }, `description is ""; accepted: ${LINE}`],
    [{ description: 'a\u2028b' }, `description is "a\\u2028b"; accepted: ${LINE}`],
    [{ description: '\u001b[2J' }, `description is "\\u001b[2J"; accepted: ${LINE}`],
    [{ arrival: 'closed', duration: 5 }, `duration is 5; accepted: ${DURATION}`],
    [{ arrival: 'closed', duration: '0s' }, `duration is "0s"; accepted: ${DURATION}`],
    [{ arrival: 'closed', duration: '25h' }, `duration is "25h"; accepted: ${DURATION}`],
    [
      { duration: '5s' },
      'duration is "5s" but arrival is "burst"; accepted: a duration with arrival "closed" or "open" only',
    ],
    [{ faults: 'kill-worker' }, 'faults is "kill-worker"; accepted: a list of at most 20 faults'],
    [{ faults: ['kill-workers'] }, `faults[0] is "kill-workers"; accepted: ${FAULT_ACCEPTED}`],
    [{ faults: ['lock-slots@soon'] }, `faults[0] is "lock-slots@soon"; accepted: ${FAULT_ACCEPTED}`],
    [
      { faults: ['lock-slots', 'lock-slots@1s@2s'] },
      `faults[1] is "lock-slots@1s@2s"; accepted: ${FAULT_ACCEPTED}`,
    ],
    [{ faults: ['kill-migration@1s'] }, `faults[0] is "kill-migration@1s"; accepted: ${FAULT_ACCEPTED}`],
    [{ faults: ['kill-migration'] }, 'fault kill-migration without a rollout; accepted: with a rollout only'],
    [{ rollout: [] }, 'rollout is a list; accepted: an object with a list of steps'],
    [{ rollout: { steps: [] } }, 'rollout.steps is a list; accepted: a list of 1 to 20 steps'],
    [
      { rollout: { steps: [{ at: '1s', strategy: '' }] } },
      'rollout.steps[0].strategy is ""; accepted: the name of a strategy',
    ],
    [{ rollout: { steps: [{ at: 1, strategy: 'cte' }] } }, `rollout.steps[0].at is 1; accepted: ${DURATION}`],
    [
      { rollout: { steps: [{ at: '1s', strategy: 'cte' }] } },
      'a rollout but no duration; accepted: a rollout with arrival "closed" or "open" and a duration only',
    ],
    [
      { ...LOOP, faults: ['kill-worker@1s'] },
      'fault kill-worker beside a rollout; accepted: faults that kill no worker',
    ],
    [
      { ...LOOP, duration: '2s' },
      'rollout.steps[1].at is 2000ms; accepted: before the end of the duration, 2000ms',
    ],
    [
      { ...LOOP, rollout: { steps: [...LOOP.rollout.steps, { at: '2s', strategy: 'legacy' }] } },
      'rollout.steps[2].at is 2000ms; accepted: times that rise from step to step',
    ],
    [{ rttMs: -1 }, 'rttMs is -1; accepted: milliseconds from 0 to 1000'],
    [{ rttMs: '1ms' }, 'rttMs is "1ms"; accepted: milliseconds from 0 to 1000'],
    [{ checks: 5 }, 'checks is 5; accepted: a list of at most 20 checks'],
    [
      { checks: [1] },
      'checks[0] is 1; accepted: a check such as "mine.throughput >= 0.95 * other.throughput"',
    ],
    [
      { checks: ['a.throughput > b.throughput'] },
      'line 1 column 60, checks[0]: check "a.throughput > b.throughput": column 14: a check has one form; accepted: A.throughput >= 0.95 * B.throughput, of two strategies and a number above 0',
    ],
    [{ gates: 'error == 0' }, 'gates is "error == 0"; accepted: a list of at most 100 gates'],
    [{ gates: Array(101).fill('error == 0') }, 'gates is a list; accepted: a list of at most 100 gates'],
    [{ gates: ['error == 0', 5] }, 'gates[1] is 5; accepted: a gate such as "p95 < 500ms"'],
    [
      { gates: ['error == 0', 'p95 < 500'] },
      'line 1 column 72, gates[1]: gate "p95 < 500": column 7: a unit is missing after 500; accepted: 500us, 500ms or 500s',
    ],
    [
      { slots: 1_000_000, batches: 11 },
      'batches × slots is 11 × 1000000 = 11000000; accepted: at most 10000000',
    ],
    [
      { contents: 5_000_000, deliveries: 3 },
      'contents × deliveries is 5000000 × 3 = 15000000; accepted: at most 10000000',
    ],
    [
      { batches: 10, slots: 1_000_000, deliveries: 2 },
      'contents × deliveries is 10000000 × 2 = 20000000; accepted: at most 10000000',
    ],
    [{ slot: 3 }, `unknown field "slot" (did you mean slots?); accepted: ${FIELDS}`],
    [{ slots: undefined, slot: 3 }, `unknown field "slot" (did you mean slots?); accepted: ${FIELDS}`],
    [{ 'a\nb': 3 }, `unknown field "a\\nb"; accepted: ${FIELDS}`],
    [{ constructor: 3 }, `unknown field "constructor"; accepted: ${FIELDS}`],
  ])('%j: %s', async (change, problem) => {
    expect(await refusalOf(JSON.stringify({ ...MINIMAL, ...change }))).toEqual({
      code: 'invalid_scenario',
      message: `scenario file <file>: ${problem}`,
    });
  });
});

describe('a file that is no scenario', () => {
  it.each([
    ['nothing', '', 'line 1 column 1: value expected'],
    ['only a byte order mark', '\ufeff', 'line 1 column 1: value expected'],
    ['a trailing comma', '{\n  "slots": 3,\n}', 'line 3 column 1: property name expected'],
    ['a list', '[]', 'the file is a list; accepted: an object with the fields of a scenario'],
    ['null', 'null', 'the file is null; accepted: an object with the fields of a scenario'],
    ['a number', '5', 'the file is 5; accepted: an object with the fields of a scenario'],
    ['a __proto__ field', '{"__proto__": {"slots": 3}}', `unknown field "__proto__"; accepted: ${FIELDS}`],
    [
      'an infinite number',
      '{"name": "a", "description": "b", "slots": 1e999}',
      `slots is Infinity; accepted: ${SLOTS_ACCEPTED}`,
    ],
    [
      'deep nesting',
      `{"name": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      `name is a list; accepted: ${NAME}`,
    ],
    ['nesting without an end', '['.repeat(9), 'line 1 column 10: close bracket expected'],
  ])('%s', async (_, content, problem) => {
    expect(await refusalOf(content)).toEqual({
      code: 'invalid_scenario',
      message: `scenario file <file>: ${problem}`,
    });
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['a NUL byte', '{"name": "a\0"}', 'it is not text: it contains a NUL byte'],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'it is not UTF-8 text'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'it is not UTF-8 text'],
    ['more than a mebibyte', ' '.repeat(1_048_577), 'it has 1048577 bytes; accepted: at most 1048576'],
  ])('%s', async (_, content, problem) => {
    expect(await refusalOf(content)).toEqual({
      code: 'unreadable_scenario',
      message: `cannot read scenario file <file>: ${problem}`,
    });
  });

  it.each([
    ['./no-such-file.json', '"./no-such-file.json"', 'no such file or directory'],
    ['no-such-folder/x', '"no-such-folder/x"', 'no such file or directory'],
    ['back\\slash', '"back\\\\slash"', 'no such file or directory'],
    ['package.json/x', '"package.json/x"', 'not a directory'],
    ['new\nline.json', '"new\\nline.json"', 'no such file or directory'],
    ['nul\0.json', '"nul\\u0000.json"', 'its name contains a NUL'],
    ['/dev/null', '"/dev/null"', 'it is not a regular file'],
    [`/${'x'.repeat(300)}`, `"/${'x'.repeat(199)}…"`, 'name too long'],
  ])('%j', async (path, shown, problem) => {
    expect(await usageErrorOf(() => loadScenario(path))).toEqual({
      code: 'unreadable_scenario',
      message: `cannot read scenario file ${shown}: ${problem}`,
    });
  });

  it('a directory, even one named like a file', async () => {
    const path = join(folder, 'folder.json');
    await mkdir(path);
    expect(await usageErrorOf(() => loadScenario(path))).toEqual({
      code: 'unreadable_scenario',
      message: `cannot read scenario file "${path}": it is a directory`,
    });
  });
});

describe('a name that no built-in scenario has', () => {
  it.each([
    ['overflw', '"overflw" (did you mean overflow?)'],
    ['Sustained', '"Sustained" (did you mean sustained?)'],
    ['cross_instance', '"cross_instance" (did you mean cross-instance?)'],
    ['nothing-like-it', '"nothing-like-it"'],
    ['', '""'],
    ['..', '".."'],
    ['__proto__', '"__proto__"'],
    ['over\nflow\0', '"over\\nflow\\u0000" (did you mean overflow?)'],
  ])('%j', async (name, shown) => {
    expect(await usageErrorOf(() => loadScenario(name))).toEqual({
      code: 'unknown_scenario',
      message: `unknown scenario ${shown}; accepted: ${NAMES}, or the path of a .json file`,
    });
  });
});
