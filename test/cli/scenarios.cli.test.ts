import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runHosted } from '../support/hosted-command.js';
import { linesOf } from './document.js';
import { useTemporaryFolder } from './temporary-folder.js';

const files = useTemporaryFolder();
const FOLDER = new URL('../../scenarios/', import.meta.url);
const NAMES = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

const stated = (name: string) =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as { slots: number; gates: string[] };

const textOf = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runHosted(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

describe('scenarios', () => {
  it('lists every built-in scenario', async () => {
    expect(linesOf(await textOf('scenarios')).filter((line) => !line.startsWith(' '))).toEqual(NAMES.sort());
    const listed = JSON.parse(await textOf('scenarios', '--json')) as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(NAMES.sort());
  });

  it.each(NAMES)('shows %s with its gates', async (name) => {
    const { gates, slots } = stated(name);
    const text = await textOf('scenarios', name);
    expect(linesOf(text)[0]).toBe(name);
    for (const gate of gates) expect(text).toContain(gate);
    expect(text).toContain(`${slots} slots`);
    expect(JSON.parse(await textOf('scenarios', name, '--json'))).toMatchObject({ name, gates, slots });
  });

  it('shows a file of the user', async () => {
    const scenario = { name: 'mine', description: 'of my own', slots: 3, gates: ['max < 2s'] };
    const text = await textOf('scenarios', files.write('mine.json', JSON.stringify(scenario)));
    for (const part of ['mine', 'of my own', '3 slots', 'max < 2s']) expect(text).toContain(part);
  });

  it('shows all that an open loop has, and counts one thing as one', async () => {
    const stages = [
      { rate: 300, duration: '0s' },
      { rate: 300, duration: '1500ms' },
    ];
    const open = { arrival: 'open', rate: 100, spacing: 'constant', stages, latencyLimit: '250ms' };
    const few = { batches: 1, slots: 1, workers: 1, connections: 1 };
    const scenario = { name: 'ramp', description: 'a ramp', ...few, ...open };
    const path = files.write('ramp.json', JSON.stringify(scenario));
    const text = await textOf('scenarios', path);
    for (const part of [
      'open loop at 100/s · to 300/s at once · to 300/s in 1.5 s · constant · latency limit 250ms',
      '1 content × 1 delivery on 1 batch × 1 slot',
      '1 worker × 1 connection\n',
    ]) {
      expect(text.replace(/\s*\n +(?=to|1)/g, ' ')).toContain(part);
    }
    expect(JSON.parse(await textOf('scenarios', path, '--json'))).toMatchObject({
      ...{ rate: 100, spacing: 'constant', latencyLimitMs: 250, durationMs: 1_500 },
      stages: [
        { rate: 300, durationMs: 0 },
        { rate: 300, durationMs: 1_500 },
      ],
    });
  });
});

describe('els-assign', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };

  it('explains the flags of the service where they count', async () => {
    const help = await textOf('run', '--help');
    for (const flag of ['ELS_USE_CTE_UPSERT_ASSIGNMENT', 'ELS_USE_ESSAY_STATES_AS_INVENTORY', '--seed']) {
      expect(help).toContain(flag);
    }
  });

  it('says its version', async () => {
    expect((await textOf('--version')).trim()).toBe(version);
  });

  it('names every command in its help', async () => {
    const help = await textOf('--help');
    for (const command of ['setup', 'run', 'compare', 'scenarios', 'status']) {
      expect(help).toMatch(new RegExp(`^ +${command} `, 'm'));
    }
  });

  it.each(['setup', 'run', 'compare', 'scenarios', 'status'])(
    'explains %s with an example',
    async (command) => {
      const help = await textOf(command, '--help');
      expect(help).toContain(`els-assign ${command}`);
      expect(help).toMatch(/Examples?:\n/);
    },
  );
});
