import type { Argument, Command, Option } from 'commander';
import { LISTS, type KnownValues } from './known-values.js';

/** What a flag or an argument takes. */
export interface Values {
  /** As the help names it: `name|file`. */
  readonly placeholder: string;
  readonly words: readonly string[];
  readonly takesFiles: boolean;
  readonly isList: boolean;
}

export interface FlagModel {
  /** `--strategy` */
  readonly flag: string;
  readonly description: string;
  /** Undefined where it takes none. */
  readonly values: Values | undefined;
}

export interface CommandModel {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagModel[];
  readonly argument: Values | undefined;
}

/** What can be completed: the commands of a program as commander knows them, with `help` and every `--help`. */
export function modelOf(program: Command, known: KnownValues): CommandModel[] {
  const help = program.createHelp();
  const names = program.commands.map((command) => command.name());
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: help.visibleOptions(command).map((option) => flagModel(option, known)),
    argument:
      command.name() === 'help'
        ? { placeholder: 'command', words: names, takesFiles: false, isList: false }
        : argumentModel(command.registeredArguments[0], known),
  }));
}

function flagModel(
  { long, flags, description, argChoices, required }: Option,
  known: KnownValues,
): FlagModel {
  const flag = long ?? flags;
  const placeholder = /<(?<name>.+)>/.exec(flags)?.groups?.['name'] ?? '';
  const words = argChoices ?? known[flag] ?? [];
  return {
    flag,
    description,
    values: required ? values(placeholder, words, LISTS.includes(flag)) : undefined,
  };
}

function argumentModel(argument: Argument | undefined, known: KnownValues): Values | undefined {
  if (argument === undefined) return undefined;
  return values(argument.name(), argument.argChoices ?? known[argument.name()] ?? [], false);
}

function values(placeholder: string, words: readonly string[], isList: boolean): Values {
  return { placeholder, words, takesFiles: /file/.test(placeholder), isList };
}
