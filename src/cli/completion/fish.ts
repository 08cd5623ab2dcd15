import type { CommandModel, FlagModel, Values } from './model.js';

const COMPLETE = 'complete -c els-assign';

/** A script that completes `els-assign` in fish. */
export function fishScript(commands: readonly CommandModel[]): string {
  const lines = [
    '# fish completion for els-assign: els-assign completion fish | source',
    `${COMPLETE} -f`,
    `${COMPLETE} -n __fish_use_subcommand -l version -d 'print the version'`,
    `${COMPLETE} -n __fish_use_subcommand -l help -d 'print help'`,
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, description, flags, argument }: CommandModel): string[] {
  const inCommand = `${COMPLETE} -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `${COMPLETE} -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...flags.map((flag) => `${inCommand} ${flagPart(flag)}`),
    ...(argument ? [`${inCommand}${argument.takesFiles ? ' -F' : ''}${candidates(argument)}`] : []),
  ];
}

function flagPart({ flag, description, values }: FlagModel): string {
  const takes = values === undefined ? '' : values.takesFiles ? ' -r -F' : ' -x';
  const long = flag.replace(/^--/, '');
  return `-l ${long}${takes}${values ? candidates(values) : ''} -d ${quoted(description)}`;
}

function candidates({ words, isList }: Values): string {
  if (words.length === 0) return '';
  const all = words.join(' ');
  return ` -a ${quoted(isList ? `(__fish_append , ${all})` : all)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
