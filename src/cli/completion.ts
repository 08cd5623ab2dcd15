import { Argument, type Command } from 'commander';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { knownValues } from './completion/known-values.js';
import { modelOf, type CommandModel } from './completion/model.js';
import { zshScript } from './completion/zsh.js';
import { printResult } from './console.js';

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

const HELP = `
Examples:
  source <(els-assign completion bash)                                      # in ~/.bashrc
  source <(els-assign completion zsh)                                       # in ~/.zshrc, after compinit
  els-assign completion fish > ~/.config/fish/completions/els-assign.fish`;

/** `els-assign completion bash|zsh|fish` */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that lets a shell complete commands, flags and their values')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action((shell: keyof typeof SHELLS) => printScript(program, SHELLS[shell]));
}

async function printScript(
  program: Command,
  script: (commands: readonly CommandModel[]) => string,
): Promise<void> {
  await printResult(script(modelOf(program, await knownValues())));
}
