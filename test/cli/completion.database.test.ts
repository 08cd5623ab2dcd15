import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { knownValues } from '#els/cli/completion/known-values.js';
import { createProgram } from '#els/main.js';
import { run } from '../support/command-line.js';
import { useTemporaryFolder } from './temporary-folder.js';

const files = useTemporaryFolder();
const program = createProgram(() => undefined);
const scenarios = readdirSync(new URL('../../scenarios/', import.meta.url)).map((file) =>
  file.replace('.json', ''),
);

let scriptPath = '';
beforeAll(async () => {
  const { code, stdout } = await run(['completion', 'bash']);
  expect(code).toBe(0);
  scriptPath = files.write('completion.bash', stdout);
});

/** What a real bash offers when Tab is pressed after these words, the last of them unfinished. */
function completed(...words: string[]): string[] {
  const line = ['els-assign', ...words];
  const script = `
    source "$1"; shift
    [[ $(complete -p els-assign) == 'complete -o default -F _els_assign els-assign' ]] || exit 9
    compopt() { echo "compopt $*"; }
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _els_assign
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const shown = execFileSync('bash', ['--norc', '-c', script, 'bash', scriptPath, ...line], {
    encoding: 'utf8',
  });
  return shown.split('\n').filter((each) => each !== '');
}

/** Files are offered, by readline, where no word fits. */
const NO_FILES = 'compopt +o default';
const words = (...line: string[]) => completed(...line).filter((each) => !each.startsWith('compopt'));

describe('completion bash', () => {
  it('offers every command', () => {
    const names = program.commands.map((command) => command.name());
    expect(words('').sort()).toEqual([...names, 'help', '--version', '--help'].sort());
    expect(words('sc')).toEqual(['scenarios']);
    expect(words('help', 'pro')).toEqual(['prove']);
  });

  it.each(program.commands.map((command) => [command.name(), command] as const))(
    'offers every flag of %s',
    (name, command) => {
      const flags = command.options.map(({ long }) => long);
      expect(words(name, '-').sort()).toEqual([...flags, '--help'].sort());
    },
  );

  it('offers the values that a flag or an argument takes', () => {
    expect(words('run', '--strategy', '')).toEqual(['legacy', 'cte', 'inventory']);
    expect(words('run', '--json', '--strategy', 'c')).toEqual(['cte']);
    expect(words('compare', '--scenario', '').sort()).toEqual(scenarios.sort());
    expect(words('scenarios', 'over')).toEqual(['overflow']);
    expect(words('completion', 'z')).toEqual(['zsh']);
    expect(words('run', '--fault', 'kill-w')).toEqual(['kill-worker']);
    expect(words('prove', '--callers', '')).toEqual(['2', '3']);
  });

  it('goes on in a list, after an equals sign, and without a blank where a value follows', () => {
    expect(words('compare', '--strategies', 'legacy,c')).toEqual(['legacy,cte']);
    expect(words('run', '--strategy', '=', 'inv')).toEqual(['inventory']);
    expect(words('run', '--strategy', '=').length).toBe(3);
    expect(completed('run', '--sweep', 'conn')).toEqual([NO_FILES, 'compopt -o nospace', 'connections=']);
  });

  it('leaves files to the shell where a flag takes one, and offers none elsewhere', () => {
    expect(completed('run', '--strategy', './m')).toEqual([]);
    expect(completed('run', '--history', '')).toEqual([]);
    expect(completed('run', '--slots', '')).toEqual([NO_FILES]);
  });

  it('evaluates nothing of what was typed', () => {
    const trap = files.path('trap');
    completed('compare', '--strategies', `$(touch ${trap}),c`);
    completed('run', '--strategy', `\`touch ${trap}\``);
    expect(() => execFileSync('ls', [trap], { stdio: 'ignore' })).toThrow();
  });
});

describe('what completion knows', () => {
  const valued = program.commands.flatMap((command) =>
    command.options.map((option) => [command.name(), option.long ?? '', option] as const),
  );

  it.each(valued.filter(([, , { argChoices }]) => argChoices !== undefined))(
    'is every choice of %s %s',
    (command, flag, { argChoices }) => expect(words(command, flag, '')).toEqual(argChoices),
  );

  it('is what every flag takes that names its values', async () => {
    const known = Object.keys(await knownValues());
    const listed = valued.filter(([, flag, { argChoices }]) => argChoices || known.includes(flag));
    const flags = new Set(listed.map(([, flag]) => flag));
    const expected = [
      '--strategy',
      '--strategies',
      '--scenario',
      '--fault',
      '--sweep',
      '--spacing',
      '--callers',
      '--to',
    ];
    expect([...flags].sort()).toEqual(expected.sort());
    // A placeholder such as <poisson|constant> is a list of values that the definition should have.
    const spelt = valued.filter(([, , { flags: shown }]) => /<(?!name)\w+\|/.test(shown));
    expect(spelt.map(([, flag]) => flag)).toEqual([]);
  });

  it('belongs to flags and arguments that there are', async () => {
    const known = Object.keys(await knownValues());
    const flags = program.commands.flatMap(({ options }) => options.map(({ long }) => long ?? ''));
    const names = program.commands.flatMap(({ registeredArguments }) =>
      registeredArguments.map((each) => each.name()),
    );
    expect([...flags, ...names]).toEqual(expect.arrayContaining(known));
  });
});

const installed = (shell: string) => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe.each(['zsh', 'fish'])('completion %s', (shell) => {
  it('names every command and flag', async () => {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    for (const command of program.commands) {
      expect(stdout).toContain(command.name());
      for (const { long } of command.options) expect(stdout).toContain(long?.replace('--', '') ?? '');
    }
  });

  it.runIf(installed(shell))('is a script that the shell accepts', async () => {
    const { stdout } = await run(['completion', shell]);
    const path = files.write(`completion.${shell}`, stdout);
    execFileSync(shell, ['-n', path]);
  });
});
