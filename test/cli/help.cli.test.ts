import { describe, expect, it } from 'vitest';
import { createProgram } from '#els/main.js';
import { run } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';
import { commandLinesIn, parseOnly } from './command-lines.js';

const commands = createProgram(() => undefined).commands.map((command) => command.name());

const helpOf = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runHosted([...args, '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

const complaintAbout = async (...args: string[]): Promise<string> => {
  const { code, stderr } = await runHosted(args);
  expect(code).toBe(2);
  return stderr;
};

describe('--help', () => {
  it.concurrent.each([[], ...commands.map((name) => [name])])(
    'has examples that work: %s',
    async (...args) => {
      const [, examples = ''] = (await helpOf(...args)).split(/Examples?:\n/);
      const lines = commandLinesIn(examples);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) if (line[0] !== 'help') await parseOnly(line);
    },
  );

  it.concurrent('reads no statement: a command reads those that it needs', async () => {
    const env = { NODE_OPTIONS: `--import ${new URL('../support/tell-sql.js', import.meta.url).href}` };
    expect(await run(['--help'], env)).toMatchObject({ code: 0, stderr: '' });
    const refused = await run(['run', '--strategy', 'cte', '--scenario', 'none'], env);
    expect(refused.stderr).toMatch(/\/cte\.sql\n/);
  });

  it.concurrent('shows defaults', async () => {
    const help = await helpOf('compare');
    const compare = help.replace(/\s+/g, ' ');
    for (const shown of [
      '"legacy,cte,inventory"',
      '(default: 8, of bursts 3)',
      '(default: 10s)',
      'els_assign',
    ]) {
      expect(compare).toContain(shown);
    }
    expect(help).toMatch(/Load \(default: as the scenario says\):\n +--batches/);
  });
});

describe('the flags of an open loop', () => {
  it.concurrent.each(['run', 'compare'])('have examples and defaults in the help of %s', async (command) => {
    const help = await helpOf(command);
    const flags = help.replace(/\s+/g, ' ');
    expect(flags).toMatch(/--rate <n> [^-]*e\.g\. 500 \(default: none, the scenario's arrival\)/);
    expect(flags).toMatch(/--spacing <kind> [^-]*\(default: poisson\)/);
    expect(flags).toMatch(/--stages <rate:time,\.\.\.> .*?e\.g\. 1000:5s/);
    expect(flags).toMatch(/--latency-limit <time> .*?e\.g\. 100ms \(default: none\)/);
    expect(help).toMatch(new RegExp(`els-assign ${command} .*--rate \\d`));
  });
});

describe('what is almost right', () => {
  const near: [args: string[], hint: string][] = [
    [['rnu'], 'Did you mean run?'],
    [['run', '--strategi', 'cte'], 'Did you mean --strategy?'],
    [['run', '--strategy', 'inventroy'], 'did you mean inventory?'],
    [['compare', '--strategies', 'cte,legcy'], 'did you mean legacy?'],
    [['prove', '--strategy', 'ctee'], 'did you mean cte?'],
    [['run', '--scenario', 'sustaned'], 'did you mean sustained?'],
    [['scenarios', 'overflw'], 'did you mean overflow?'],
    [['run', '--sweep', 'conections=1,2'], 'did you mean connections?'],
    [['run', '--fault', 'kill-wroker@1s'], 'did you mean kill-worker?'],
    [['completion', 'bsh'], 'Allowed choices are bash, zsh, fish'],
  ];
  it.concurrent.each(near)('%j', async (args, hint) => {
    expect(await complaintAbout(...args)).toContain(hint);
  });
});

it('of a command that there is not is refused in one line', async () => {
  const { code, stdout, stderr } = await runHosted(['help', 'rum'], {});
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^els-assign: help of unknown command "rum" \(did you mean run\?\); accepted: setup, run, .*\n$/,
  );
});
