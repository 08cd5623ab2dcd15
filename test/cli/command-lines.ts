import { createProgram } from '#els/main.js';

/** Every `els-assign …` in a text, up to what ends a shell command, without the name. */
export function commandLinesIn(text: string): string[][] {
  const found = text.matchAll(/^[^\n]*?\bels-assign (?<args>[a-z][^\n]*)$/gm);
  return [...found].map(({ groups }) => wordsOf(groups?.['args'] ?? ''));
}

/** Reads a command line as the tool does, without doing what it says; rejects where it is refused. */
export async function parseOnly(args: readonly string[]): Promise<void> {
  const program = createProgram(() => undefined);
  for (const command of program.commands) command.action(() => undefined);
  await program.parseAsync(args, { from: 'user' });
}

/** The words of a shell command, up to a pipe, a redirection, another command, a comment or two blanks. */
function wordsOf(line: string): string[] {
  const [command = ''] = line.split(/ {2}| [|>&#]|\)/);
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}
